import fc from 'fast-check';
import { findPeriod } from './period';

const today = '2022-12-28';
const read = (text: string) => {
  const { spans: _, ...dates } = findPeriod(text, today);
  return dates;
};

describe('findPeriod', () => {
  it.each([
    ['How did AAPL do since 2015?', { from: '2015-01-01' }],
    ['since March 2015', { from: '2015-03-01' }],
    ['since March 3rd, 2015', { from: '2015-03-03' }],
    ['from 2015-06-30 onwards', { from: '2015-06-30' }],
    ['AAPL in 2020', { from: '2020-01-01', to: '2020-12-31' }],
    ['in February 2020', { from: '2020-02-01', to: '2020-02-29' }],
    ['between 2010 and 2015', { from: '2010-01-01', to: '2015-12-31' }],
    ['from January 2010 to 15 March 2012', { from: '2010-01-01', to: '2012-03-15' }],
    ['2014-2017', { from: '2014-01-01', to: '2017-12-31' }],
    ['2014-01-02 to 2017-12-29', { from: '2014-01-02', to: '2017-12-29' }],
    ['over the last 3 years', { from: '2019-12-28', to: '2022-12-28' }],
    ['in the past six months', { from: '2022-06-28', to: '2022-12-28' }],
    ['past decade', { from: '2012-12-28', to: '2022-12-28' }],
    ['the 5-year return', { from: '2017-12-28', to: '2022-12-28' }],
    ['over ten years', { from: '2012-12-28', to: '2022-12-28' }],
    ['year to date', { from: '2022-01-01', to: '2022-12-28' }],
    ['this year', { from: '2022-01-01', to: '2022-12-28' }],
    ['price on 2015-03-02', { on: '2015-03-02' }],
    ['close of March 2, 2015', { on: '2015-03-02' }],
    ['since 2010 until 2012', { from: '2010-01-01', to: '2012-12-31' }],
    ['up to 2018', { to: '2018-12-31' }],
    ['between 2015 and 2010', { from: '2010-01-01', to: '2015-12-31' }],
    ['the S&P 500 at 100%', {}],
    ['2000 dollars and 2010 shares of AAPL', {}],
    ['on 2015-02-31', {}],
  ])('%s', (text, expected) => expect(read(text)).toEqual(expected));

  it('counts back to the end of a shorter month', () => {
    expect(findPeriod('last month', '2022-03-31')).toMatchObject({ from: '2022-02-28', to: '2022-03-31' });
  });

  it('gives an ordered range of real dates whatever the years', () => {
    const years = fc.integer({ min: 1950, max: 2099 });
    fc.assert(
      fc.property(years, years, (a, b) => {
        const { from, to } = findPeriod(`between ${a} and ${b}`, today);
        expect(from! <= to!).toBe(true);
      }),
    );
  });
});
