import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PriceRow } from '@stocktool/contracts';
import fc from 'fast-check';
import { aggregateRows } from './aggregate-rows';
import { BundledSource } from './bundled-source';
import { dailyRows, quoteAt, type DailySeries } from './daily-series';

const source = await BundledSource.open(path.resolve(import.meta.dirname, '../../../data'));
const ibm = (await source.history('IBM'))!;
const apple = (await source.history('AAPL'))!;
const range = { from: '2012-10-22', to: '2013-01-11' };
// Made by reference/aggregates.py with pandas.
const reference = JSON.parse(
  await readFile(path.resolve(import.meta.dirname, '../reference/ibm-aggregates.json'), 'utf8'),
) as Record<'1wk' | '1mo', { raw: PriceRow[]; adjusted: PriceRow[] }>;

describe('weekly and monthly rows', () => {
  it.each([
    ['1wk', 'raw'],
    ['1wk', 'adjusted'],
    ['1mo', 'raw'],
    ['1mo', 'adjusted'],
  ] as const)('agree with pandas: %s %s', (interval, kind) => {
    const rows = aggregateRows(dailyRows(ibm, range, kind === 'adjusted'), interval);
    const expected = reference[interval][kind];
    expect(rows.map(({ date }) => date)).toEqual(expected.map(({ date }) => date));
    for (const [i, row] of rows.entries()) {
      for (const column of ['open', 'high', 'low', 'close', 'adjClose', 'volume'] as const) {
        expect(Math.abs(row[column]! / expected[i]![column]! - 1)).toBeLessThan(1e-14);
      }
    }
  });

  it('put New Year into the ISO week around it, dated by its last trading day', () => {
    const rows = aggregateRows(dailyRows(ibm, { from: '2012-12-31', to: '2013-01-06' }, true), '1wk');
    expect(rows.map(({ date }) => date)).toEqual(['2013-01-04']);
  });

  it('keep null what the source lacks', () => {
    const rows = aggregateRows(dailyRows(apple, { from: '2020-01-01', to: '2020-03-31' }, true), '1mo');
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatchObject({ open: null, high: null, low: null, volume: null });
    expect(rows.every(({ close, adjClose }) => close === adjClose && close !== null)).toBe(true);
  });

  it('are null where one day of the period is', () => {
    const day = { open: 1, high: 2, low: 1, close: 2, adjClose: 2, volume: 10 };
    const rows = [
      { ...day, date: '2024-01-02' },
      { ...day, date: '2024-01-03', high: null, volume: null },
    ];
    expect(aggregateRows(rows, '1wk')).toEqual([{ ...day, date: '2024-01-03', high: null, volume: null }]);
  });

  it('neither lose a day nor invent one', () => {
    const dates = fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(dates, fc.constantFrom('1wk', '1mo', '1d'), (days, interval) => {
        const rows = days
          .sort((a, b) => a - b)
          .map((day) => {
            const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
            return { date, open: day, high: day + 1, low: day - 1, close: day, adjClose: day, volume: 1 };
          });
        const merged = aggregateRows(rows, interval);
        expect(merged.reduce((sum, { volume }) => sum + volume!, 0)).toBe(rows.length);
        expect(merged.at(-1)!.date).toBe(rows.at(-1)!.date);
        expect(merged.every(({ date }) => rows.some((row) => row.date === date))).toBe(true);
        expect(Math.max(...merged.map(({ high }) => high!))).toBe(rows.at(-1)!.high);
      }),
    );
  });
});

describe('daily rows', () => {
  it('scale open, high and low by adjClose/close when adjusted, and are raw otherwise', () => {
    const day = { from: '2000-03-01', to: '2000-03-01' };
    expect(dailyRows(ibm, day, false)).toEqual([
      {
        date: '2000-03-01',
        open: 102,
        high: 105.5,
        low: 100.06,
        close: 100.25,
        adjClose: 73.667718762847,
        volume: 10807800,
      },
    ]);
    const [adjusted] = dailyRows(ibm, day, true);
    expect(adjusted!.close).toBe(73.667718762847);
    expect(adjusted!.open).toBeCloseTo((102 * 73.667718762847) / 100.25, 10);
    expect(adjusted!.volume).toBe(10807800);
  });

  it('have no raw close where the source has only adjusted prices', () => {
    expect(dailyRows(apple, { from: '2022-12-28' }, false)[0]).toMatchObject({ close: null, adjClose: 125.674 });
  });

  it('are within the range, both ends inclusive, also when these are no trading days', () => {
    const dates = dailyRows(ibm, { from: '2012-10-27', to: '2012-11-02' }, true).map(({ date }) => date);
    expect(dates).toEqual(['2012-10-31', '2012-11-01', '2012-11-02']); // closed on the 29th and 30th: the storm Sandy
    expect(dailyRows(ibm, { from: '2050-01-01' }, true)).toEqual([]);
    expect(dailyRows(ibm, { to: '1990-01-01' }, true)).toEqual([]);
  });
});

describe('quoteAt', () => {
  it('never uses a later row than it may', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 25_000 }), (day) => {
        const to = new Date(day * 86_400_000).toISOString().slice(0, 10);
        const quote = quoteAt(ibm, to);
        if (quote === undefined) expect(to < ibm.dates[0]!).toBe(true);
        else expect(quote.asOf.slice(0, 10) <= to).toBe(true);
      }),
    );
  });

  it('takes price and previous close on one basis when a raw close is missing', () => {
    const series: DailySeries = {
      symbol: 'X',
      currency: 'USD',
      source: 'test',
      dates: ['2024-07-01', '2024-07-02'],
      columns: { adjClose: Float64Array.of(5, 6), close: Float64Array.of(Number.NaN, 12) },
    };
    expect(quoteAt(series)).toMatchObject({ price: 6, previousClose: 5, change: 1, asOf: '2024-07-02T20:00:00.000Z' });
  });

  it('has no change on the first day', () => {
    expect(quoteAt(ibm, '2000-03-01')).toMatchObject({
      price: 100.25,
      previousClose: null,
      change: null,
      changePercent: null,
    });
  });
});
