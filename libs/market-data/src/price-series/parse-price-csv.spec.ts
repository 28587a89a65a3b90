import { Problem } from '@stocktool/contracts';
import fc from 'fast-check';
import { parsePriceCsv } from './parse-price-csv';

const read = (text: string) => parsePriceCsv(text, '2024-12-31');

async function faultsOf(text: string) {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof Problem && error.code === 'validation-failed') return error.errors;
    throw error;
  }
  return [];
}

describe('parsePriceCsv', () => {
  it('reads columns in any order and case, rows in any order, with a byte order mark and Windows line ends', async () => {
    const text = '\uFEFFClose,Date,volume,ADJCLOSE\r\n11.5,2024-01-03,,11\r\n10,2024-01-02,0,9.75\r\n\r\n';
    expect(await read(text)).toEqual({
      dates: ['2024-01-02', '2024-01-03'],
      columns: { close: [10, 11.5], adjClose: [9.75, 11], volume: [0, null] },
    });
  });

  it('reads cells in quotes, with spaces, and lines that end as on an old Macintosh', async () => {
    expect(await read('"date", "close"\r"2024-01-02",\t"10"\r \r 2024-01-03 , 11 ')).toEqual({
      dates: ['2024-01-02', '2024-01-03'],
      columns: { close: [10, 11] },
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
    ['date,close\n2024-01-02,"1,000"', '2', /3 cells|quote/],
    ['date,close\n2024-01-02,1"0', '2', /quote/],
    ['"date,close\n2024-01-02,1', '1', /quote/],
    [`date,close\n2024-01-02,${'1'.repeat(300)}`, '2', /more than 300 characters/],
    [`date,close\n\n\r\n${' '.repeat(301)}`, '4', /more than 300 characters/],
    ['date,close,adjClose\n2024-01-02,1,', '2.adjClose', /above 0/],
    ['date,close,volume\n2024-01-02,1,-5', '2.volume', /0 or more/],
    ['date,close,high,low\n2024-01-02,1,1,2', '2.high', /below the low/],
    ['date,close\n2024-01-02,1,7', '2', /3 cells/],
    ['date,close\n2024-01-02,1\n2024-01-03,2\n2024-01-02,3', '4.date', /line 2 too/],
    ['date,close\n2024-01-02,"1', '2', /line 2/],
  ])('refuses %j at %s', async (text, path, message) => {
    const [fault] = await faultsOf(text);
    expect(fault).toEqual({ path, message: expect.stringMatching(message) });
  });

  it('names every fault of a file, up to a bound', async () => {
    expect((await faultsOf('date,close\nx,1\n2024-01-02,y')).map(({ path }) => path)).toEqual(['2.date', '3.close']);
    expect(await faultsOf(`date,close\n${'x,y\n'.repeat(1000)}`)).toHaveLength(50);
  });

  it('takes 20 000 rows and refuses one more', async () => {
    const day = (i: number) => new Date(Date.UTC(1960, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
    const rows = Array.from({ length: 20_001 }, (_, i) => `${day(i)},${i + 1}`);
    expect((await read(`date,close\n${rows.slice(1).join('\n')}`)).dates).toHaveLength(20_000);
    expect((await faultsOf(`date,close\n${rows.join('\n')}`))[0]?.message).toMatch(/more than 20000 rows/);
  });

  it('gives back exactly the numbers that were written', async () => {
    const price = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(price, { minLength: 1, maxLength: 28 }), async (prices) => {
        const rows = prices.map((value, i) => `2024-02-${String(i + 1).padStart(2, '0')},${value}`);
        expect((await read(`date,close\n${rows.join('\n')}`)).columns.close).toEqual(prices);
      }),
    );
  });

  it('either reads a text or refuses it with a problem, whatever it is', async () => {
    await fc.assert(fc.asyncProperty(fc.string(), async (text) => void (await faultsOf(`date,close\n${text}`))));
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => void (await faultsOf(text))));
  });

  const day = (i: number) => new Date(Date.UTC(1960, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
  const fiveMegabytes = 5 * 1024 * 1024;
  const rowsOf = (count: number, cells: string) =>
    Array.from({ length: count }, (_, i) => `${day(i)},${cells}\n`).join('');
  it.each([
    ['one line of commas', 'refused', () => `date,close\n${','.repeat(fiveMegabytes)}`],
    ['a header of 800 000 cells', 'refused', () => 'close,'.repeat(800_000)],
    ['empty lines', 'refused', () => `date,close${'\n'.repeat(fiveMegabytes)}`],
    ['blank lines', 'refused', () => `date,close${'\n '.repeat(fiveMegabytes / 2)}`],
    ['short lines', 'refused', () => `date,close\n${'x\n'.repeat(fiveMegabytes / 2)}`],
    ['lines of commas', 'refused', () => `date,close\n${`${','.repeat(250)}\n`.repeat(20_000)}`],
    ['very long numbers', 'read', () => `date,close\n${rowsOf(20_000, `0.${'7'.repeat(245)}`)}`],
    [
      'every column',
      'read',
      () => `date,open,high,low,close,adjClose,volume\n${rowsOf(20_000, '1.25,2,1,1.5,1.5,700')}`,
    ],
  ])('never holds the event loop long: %s (%s)', async (_, outcome, make) => {
    const text = make();
    let turnStart = process.threadCpuUsage();
    let longestMs = 0;
    const endTurn = () => {
      const { user, system } = process.threadCpuUsage(turnStart);
      longestMs = Math.max(longestMs, (user + system) / 1000);
      turnStart = process.threadCpuUsage();
    };
    let running = true;
    const watch = () => {
      endTurn();
      if (running) setImmediate(watch);
    };
    setImmediate(watch);
    const faults = await faultsOf(text);
    endTurn();
    running = false;
    expect(faults.length > 0 ? 'refused' : 'read').toBe(outcome);
    expect(longestMs).toBeLessThan(150);
  });
});
