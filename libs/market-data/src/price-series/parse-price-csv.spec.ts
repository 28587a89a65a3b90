import { Problem } from '@stocktool/contracts';
import fc from 'fast-check';
import { parsePriceCsv } from './parse-price-csv';

const read = (text: string) => parsePriceCsv(text, '2024-12-31');

function faultsOf(text: string) {
  try {
    read(text);
  } catch (error) {
    if (error instanceof Problem && error.code === 'validation-failed') return error.errors;
    throw error;
  }
  return [];
}

describe('parsePriceCsv', () => {
  it('reads columns in any order and case, rows in any order, with a byte order mark and Windows line ends', () => {
    const text = '\uFEFFClose,Date,volume,ADJCLOSE\r\n11.5,2024-01-03,,11\r\n10,2024-01-02,0,9.75\r\n\r\n';
    expect(read(text)).toEqual({
      dates: ['2024-01-02', '2024-01-03'],
      columns: { close: [10, 11.5], adjClose: [9.75, 11], volume: [0, null] },
    });
  });

  it.each([
    ['', '1', /header/],
    ['date,close', '2', /no row/],
    ['date;close\n2024-01-02;1', '1.date;close', /unknown column/],
    ['date,open\n2024-01-02,1', '1.close', /missing/],
    ['date,close,close\n2024-01-02,1,1', '1.close', /twice/],
    ['date,close\n2024-02-30,1', '2.date', /not a date/],
    ['date,close\n02/01/2024,1', '2.date', /not a date/],
    ['date,close\n2025-01-01,1', '2.date', /future/],
    ['date,close\n2024-01-02,1\n2024-01-03,', '3.close', /above 0/],
    ['date,close\n2024-01-02,NaN', '2.close', /above 0/],
    ['date,close\n2024-01-02,Infinity', '2.close', /above 0/],
    ['date,close\n2024-01-02,1e999', '2.close', /above 0/],
    ['date,close\n2024-01-02,1e400', '2.close', /above 0/],
    ['date,close\n2024-01-02,-1', '2.close', /above 0/],
    ['date,close\n2024-01-02,0', '2.close', /above 0/],
    ['date,close\n2024-01-02,0x10', '2.close', /above 0/],
    ['date,close\n2024-01-02,"1,000"', '2.close', /above 0/],
    ['date,close,adjClose\n2024-01-02,1,', '2.adjClose', /above 0/],
    ['date,close,volume\n2024-01-02,1,-5', '2.volume', /0 or more/],
    ['date,close,high,low\n2024-01-02,1,1,2', '2.high', /below the low/],
    ['date,close\n2024-01-02,1,7', '2', /3 cells/],
    ['date,close\n2024-01-02,1\n2024-01-03,2\n2024-01-02,3', '4.date', /line 2 too/],
    ['date,close\n2024-01-02,"1', '2', /line 2/],
  ])('refuses %j at %s', (text, path, message) => {
    const [fault] = faultsOf(text);
    expect(fault).toEqual({ path, message: expect.stringMatching(message) });
  });

  it('names every fault of a file, up to a bound', () => {
    expect(faultsOf('date,close\nx,1\n2024-01-02,y').map(({ path }) => path)).toEqual(['2.date', '3.close']);
    expect(faultsOf(`date,close\n${'x,y\n'.repeat(1000)}`)).toHaveLength(50);
  });

  it('takes 20 000 rows and refuses one more', () => {
    const day = (i: number) => new Date(Date.UTC(1960, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
    const rows = Array.from({ length: 20_001 }, (_, i) => `${day(i)},${i + 1}`);
    expect(read(`date,close\n${rows.slice(1).join('\n')}`).dates).toHaveLength(20_000);
    expect(faultsOf(`date,close\n${rows.join('\n')}`)[0]?.message).toMatch(/more than 20000 rows/);
  });

  it('gives back exactly the numbers that were written', () => {
    const price = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 28 }), (prices) => {
        const rows = prices.map((value, i) => `2024-02-${String(i + 1).padStart(2, '0')},${value}`);
        expect(read(`date,close\n${rows.join('\n')}`).columns.close).toEqual(prices);
      }),
    );
  });

  it('either reads a text or refuses it with a problem, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void faultsOf(`date,close\n${text}`)));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void faultsOf(text)));
  });
});
