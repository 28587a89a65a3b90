import type { PriceRow } from '@stocktool/contracts';
import { closeOf } from './calendar/exchange-calendar';
import type { Coverage, DateRange, SourceQuote } from './market-data-source';
import { priceChange } from './price-change';

export const priceColumns = ['open', 'high', 'low', 'close', 'adjClose', 'volume'] as const;
export type PriceColumn = (typeof priceColumns)[number];

/**
 * Daily bars of one symbol, column by column, dates ascending and unique. A column that the source lacks is absent; NaN
 * marks a single missing value. Every row has an `adjClose`. Shared by all readers: nobody writes to it.
 */
export interface DailySeries {
  readonly symbol: string;
  readonly currency: string;
  readonly source: string;
  readonly dates: readonly string[];
  /** A newer one was due, and nobody could tell it. */
  readonly stale?: true;
  /** Which cache had it; absent where the source keeps none. */
  readonly cache?: 'memory' | 'dynamodb' | 'origin';
  readonly columns: Partial<Record<PriceColumn, Float64Array>> & { readonly adjClose: Float64Array };
}

/** Index of the first date that is not before `date`: binary search, dates ascending. */
function firstAtOrAfter(dates: readonly string[], date: string): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (dates[middle]! < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** [start, end) of the rows inside an inclusive range of dates. */
export function rowsWithin({ dates }: DailySeries, { from, to }: DateRange): { start: number; end: number } {
  const start = from === undefined ? 0 : firstAtOrAfter(dates, from);
  const end = to === undefined ? dates.length : firstAtOrAfter(dates, `${to}~`); // `~` sorts after every date of that day
  return { start, end: Math.max(start, end) };
}

/** One value, null where the source has none. */
function valueAt(series: DailySeries, column: PriceColumn, row: number): number | null {
  const value = series.columns[column]?.[row];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/**
 * The rows of a range. `adjusted`: open, high, low and close are scaled by adjClose/close, so that `close` is the
 * adjusted close and a chart has no jump at a split or dividend (open, high, low are null where there is no raw close to
 * scale by). Raw otherwise: `close` is what was paid, null where the source has only adjusted prices. Volume is as traded.
 */
export function dailyRows(series: DailySeries, range: DateRange, adjusted: boolean): PriceRow[] {
  const { start, end } = rowsWithin(series, range);
  const rows: PriceRow[] = [];
  for (let row = start; row < end; row++) {
    const close = valueAt(series, 'close', row);
    const adjClose = series.columns.adjClose[row]!;
    const scaled = (column: PriceColumn): number | null => {
      const value = valueAt(series, column, row);
      if (!adjusted) return value;
      return value === null || close === null ? null : value * (adjClose / close);
    };
    rows.push({
      date: series.dates[row]!,
      open: scaled('open'),
      high: scaled('high'),
      low: scaled('low'),
      close: adjusted ? adjClose : close,
      adjClose,
      volume: valueAt(series, 'volume', row),
    });
  }
  return rows;
}

/** The quote at the last row not after `to`, with the row before as previous close; undefined when there is none. */
export function quoteAt(series: DailySeries, to?: string): SourceQuote | undefined {
  const last = rowsWithin(series, { to }).end - 1;
  if (last < 0) return undefined;
  const raw = valueAt(series, 'close', last) !== null && (last === 0 || valueAt(series, 'close', last - 1) !== null);
  const column = raw ? 'close' : 'adjClose'; // one basis for both, so that the change means something
  const price = valueAt(series, column, last)!;
  const previousClose = last === 0 ? null : valueAt(series, column, last - 1);
  return {
    symbol: series.symbol,
    price,
    currency: series.currency,
    previousClose,
    ...priceChange(price, previousClose),
    asOf: closeOf(series.dates[last]!).toISOString(),
    source: series.source,
  };
}

export function coverageOf({ dates, currency }: DailySeries): Coverage {
  return { from: dates[0]!, to: dates[dates.length - 1]!, rows: dates.length, currency };
}
