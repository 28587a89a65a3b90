import type { PriceHistory, PriceRow } from '@stocktool/contracts';

/** Daily bars, dates ascending; NaN is a missing value, and a column that the source lacks is absent. Every row has a close. */
export interface PriceBars {
  readonly symbol: string;
  readonly dates: readonly string[];
  readonly closes: Float64Array;
  readonly highs?: Float64Array | undefined;
  readonly lows?: Float64Array | undefined;
  readonly volumes?: Float64Array | undefined;
}

/** The adjusted daily rows of a history as columns. */
export function barsOf({ symbol, rows }: Pick<PriceHistory, 'symbol' | 'rows'>): PriceBars {
  const column = (name: Exclude<keyof PriceRow, 'date'>) => Float64Array.from(rows, (row) => row[name] ?? Number.NaN);
  return {
    symbol,
    dates: rows.map(({ date }) => date),
    closes: column('adjClose'),
    highs: column('high'),
    lows: column('low'),
    volumes: column('volume'),
  };
}
