import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BundledSource } from './bundled-source';

const dataDir = path.resolve(import.meta.dirname, '../../../data');
const source = await BundledSource.open(dataDir);

describe('BundledSource', () => {
  it('has the files that the build script wrote, byte for byte', async () => {
    const directory = path.join(dataDir, 'prices');
    const { symbols } = JSON.parse(await readFile(path.join(directory, 'symbols.json'), 'utf8'));
    expect(symbols).toHaveLength(29);
    for (const { file, sha256 } of symbols) {
      const digest = createHash('sha256')
        .update(await readFile(path.join(directory, file)))
        .digest('hex');
      expect([file, digest]).toEqual([file, sha256]);
    }
  });

  // Read by eye from the CSV files inside the two wheels.
  it.each([
    ['AAPL', '1990-01-02', 'adjClose', 0.264],
    ['AAPL', '2022-12-28', 'adjClose', 125.674],
    ['MSFT', '1990-01-03', 'adjClose', 0.386],
    ['UNH', '2022-12-27', 'adjClose', 527.935],
    ['^GSPC', '1990-01-02', 'close', 359.69],
    ['^GSPC', '2022-12-28', 'adjClose', 3783.22],
    ['MTUM', '2014-01-02', 'adjClose', 52.704],
    ['VLUE', '2022-12-28', 'adjClose', 88.473],
    ['IBM', '2000-03-01', 'open', 102],
    ['IBM', '2013-03-01', 'adjClose', 175.27118333217],
    ['GOOG', '2004-08-19', 'high', 104.06],
    ['GOOG', '2013-03-01', 'adjClose', 404.3431686260103],
    ['FB', '2012-05-18', 'volume', 573576400],
    ['FB', '2013-03-01', 'close', 27.78],
  ] as const)('gives %s on %s: %s %d exactly', async (symbol, date, column, value) => {
    const series = (await source.history(symbol))!;
    expect(series.columns[column]?.[series.dates.indexOf(date)]).toBe(value);
  });

  it('has unique ascending dates and positive adjusted closes everywhere', async () => {
    for (const { symbol, from, to } of await source.universe()) {
      const { dates, columns } = (await source.history(symbol))!;
      expect([dates[0], dates.at(-1)]).toEqual([from, to]);
      expect(dates.every((date, i) => i === 0 || date > dates[i - 1]!)).toBe(true);
      expect(columns.adjClose).toHaveLength(dates.length);
      expect(columns.adjClose.every((price) => Number.isFinite(price) && price > 0)).toBe(true);
    }
  });

  it('stands at the close of its last date, winter time in New York', () => {
    expect(source.now().toISOString()).toBe('2022-12-28T21:00:00.000Z');
  });

  it('quotes the last row against the one before it', async () => {
    const quote = (await source.quote('AAPL'))!;
    expect(quote).toMatchObject({ price: 125.674, previousClose: 129.652, currency: 'USD', source: 'bundled' });
    expect(quote.asOf).toBe('2022-12-28T21:00:00.000Z');
    expect(quote.change).toBeCloseTo(-3.978, 10);
    expect(quote.changePercent).toBeCloseTo(-3.0682133, 6); // 125.674 / 129.652 - 1, in percent points
  });

  it('quotes the traded close where the source has one', async () => {
    expect(await source.quote('IBM')).toMatchObject({ price: 202.91, asOf: '2013-03-01T21:00:00.000Z' });
  });

  it('does not know what it does not have', async () => {
    expect(await source.quote('TSLA')).toBeUndefined();
    expect(await source.history('../../etc/passwd')).toBeUndefined();
    expect(await source.coverage('__proto__')).toBeUndefined();
  });

  it('tells what a symbol covers', async () => {
    expect(await source.coverage('MTUM')).toEqual({
      from: '2014-01-02',
      to: '2022-12-28',
      rows: 2264,
      currency: 'USD',
    });
  });

  it.each([
    ['aapl', 'AAPL'],
    ['apple', 'AAPL'],
    ['s&p', '^GSPC'],
    ['gspc', '^GSPC'],
    ['meta', 'FB'],
    ['alphabet', 'GOOG'],
    ['morgan', 'JPM'],
    ['momentum', 'MTUM'],
    ['ge', 'GE'],
  ])('finds %s as %s first', async (query, symbol) => {
    expect((await source.search(query, 5))[0]?.symbol).toBe(symbol);
  });

  it('finds nothing for nonsense and keeps to the limit', async () => {
    expect(await source.search('zzzz', 5)).toEqual([]);
    expect(await source.search('a', 3)).toHaveLength(3);
  });

  it('names a damaged file, and works again once it is repaired', async () => {
    const copy = await mkdtemp(path.join(os.tmpdir(), 'prices-'));
    try {
      await cp(path.join(dataDir, 'prices'), path.join(copy, 'prices'), { recursive: true });
      const file = path.join(copy, 'prices', 'AAPL.bin');
      const whole = await readFile(file);
      await writeFile(file, whole.subarray(0, 1000));
      const damaged = await BundledSource.open(copy);
      await expect(damaged.history('AAPL')).rejects.toThrow('AAPL.bin is damaged');
      await writeFile(file, whole);
      expect(await damaged.coverage('AAPL')).toMatchObject({ rows: 8313 });
    } finally {
      await rm(copy, { recursive: true });
    }
  });
});
