import path from 'node:path';
import { BundledSource } from '@stocktool/market-data';
import { dayInNewYork, isTradingDay } from './us-market-calendar';

const dataDir = path.resolve(import.meta.dirname, '../../../data');
/** Days of mourning, storms and attacks, which no rule foresees. */
const unforeseen = new Set([
  '1994-04-27', // funeral of Richard Nixon
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11', // funeral of Ronald Reagan
  '2007-01-02', // day of mourning for Gerald Ford
  '2012-10-29', // hurricane Sandy
  '2012-10-30',
  '2018-12-05', // day of mourning for George H. W. Bush
]);

describe('isTradingDay', () => {
  it('agrees with the days on which the S&P 500 was quoted from 1991 to 2022', async () => {
    const source = await BundledSource.open(dataDir);
    const series = await source.history('^GSPC');
    const quoted = new Set(series!.dates);
    const wrong: string[] = [];
    for (let day = Date.parse('1991-01-02'); day <= Date.parse('2022-12-28'); day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10);
      if (isTradingDay(date) !== quoted.has(date) && !unforeseen.has(date)) wrong.push(date);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ['2026-01-01', false], // New Year
    ['2027-12-31', true], // New Year 2028 is a Saturday and is not moved back
    ['2026-04-03', false], // Good Friday
    ['2026-06-19', false], // Juneteenth
    ['2026-07-03', false], // Independence Day is a Saturday
    ['2026-11-26', false], // Thanksgiving
    ['2026-11-27', true],
  ])('%s: %s, as published by the exchange', (date, open) => expect(isTradingDay(date)).toBe(open));
});

describe('dayInNewYork', () => {
  it('is the day before where midnight has passed in London only', () =>
    expect(dayInNewYork(new Date('2026-03-10T02:00:00Z'))).toBe('2026-03-09'));
});
