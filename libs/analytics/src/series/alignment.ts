import { Problem } from '@stocktool/contracts';

/** Prices of one symbol, dates ascending (ISO, one row a date). */
export interface AssetPrices {
  symbol: string;
  currency: string;
  source: string;
  dates: readonly string[];
  /** Adjusted for splits and dividends. */
  adjClose: ArrayLike<number | null>;
  /** As traded; null where the source has none. */
  close: ArrayLike<number | null>;
}

export interface Alignment {
  /** The dates that every series has, ascending. */
  dates: readonly string[];
  /** Adjusted closes on those dates, in the order of the series. */
  prices: Float64Array[];
  /** Rows of each series whose price is missing, zero, negative or beyond any market; such a date counts as absent. */
  unusable: number[];
  /** The most dates inside the common range that one series has and the alignment lacks. */
  dropped: number;
}

interface Range {
  from?: string | undefined;
  to?: string | undefined;
}

/** Wider than any market; outside, a ratio of two prices would not be a number any more. */
const priceBounds = { least: 1e-12, most: 1e15 };

export const isUsable = (price: number | null | undefined): price is number =>
  typeof price === 'number' && price >= priceBounds.least && price <= priceBounds.most;

interface UsableRows {
  dates: readonly string[];
  prices: Float64Array;
  unusable: number;
}

/** Arrays of dates that were seen to ascend; the same ones come with every request. */
const ascending = new WeakSet<readonly string[]>();

function refuseDisorder({ symbol, dates }: AssetPrices): void {
  if (ascending.has(dates)) return;
  for (let i = 1; i < dates.length; i++)
    if (dates[i - 1]! >= dates[i]!) throw new RangeError(`dates of ${symbol} do not ascend at ${dates[i]}`);
  ascending.add(dates);
}

/** How many of the ascending dates are before `date`. */
function countBefore(dates: readonly string[], date: string): number {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dates[middle]! < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

function usableRows(series: AssetPrices, { from = '', to }: Range): UsableRows {
  refuseDisorder(series);
  const { dates, adjClose } = series;
  const start = countBefore(dates, from);
  // Right after the last day of the range comes what only a longer text than a date can be before.
  const end = to === undefined ? dates.length : countBefore(dates, `${to}~`);
  const count = Math.max(end - start, 0);
  const prices = new Float64Array(count);
  let bad: number[] | undefined;
  for (let i = 0; i < count; i++) {
    const price = adjClose[start + i];
    if (isUsable(price)) prices[i] = price;
    else (bad ??= []).push(i);
  }
  const kept = count === dates.length ? dates : dates.slice(start, start + count);
  if (!bad) return { dates: kept, prices, unusable: 0 };
  const gone = new Set(bad);
  return {
    dates: kept.filter((_, i) => !gone.has(i)),
    prices: prices.filter((_, i) => !gone.has(i)),
    unusable: bad.length,
  };
}

/** Both ascending. Equality is asked first: nearly all dates are shared, and mostly all of them. */
function intersection(left: readonly string[], right: readonly string[]): readonly string[] {
  if (left === right) return left;
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  if (same === left.length) return left;
  const both = left.slice(0, same);
  for (let i = same, j = same; i < left.length && j < right.length;) {
    const a = left[i]!;
    const b = right[j]!;
    if (a === b) {
      both.push(a);
      i++;
      j++;
    } else if (a < b) i++;
    else j++;
  }
  return both;
}

/** `dates` are among those of the rows: as many of them are the same. */
function pricesOn(dates: readonly string[], rows: UsableRows): Float64Array {
  if (rows.dates.length === dates.length) return rows.prices;
  const prices = new Float64Array(dates.length);
  let row = 0;
  for (let i = 0; i < dates.length; i++) {
    while (rows.dates[row] !== dates[i]) row++;
    prices[i] = rows.prices[row]!;
  }
  return prices;
}

const describeRange = ({ dates }: UsableRows): string =>
  dates.length === 0 ? 'no usable price' : `${dates[0]} to ${dates.at(-1)}`;

/**
 * Inner join by date: only dates within the range on which every series has a usable price, never a match by position.
 * Refuses with `no-date-overlap` when fewer than two remain, for without two prices there is no return.
 */
export function alignByDate(series: readonly AssetPrices[], range: Range = {}): Alignment {
  const rows = series.map((each) => usableRows(each, range));
  const dates = rows.map((each) => each.dates).reduce(intersection);
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined || dates.length < 2) {
    const ranges = series.slice(0, 10).map(({ symbol }, i) => `${symbol} ${describeRange(rows[i]!)}`);
    const more = series.length > ranges.length ? ` and ${series.length - ranges.length} more` : '';
    throw new Problem(
      'no-date-overlap',
      `Fewer than two dates are common to all series in the period asked for: ${ranges.join('; ')}${more}`,
    );
  }
  const inside = ({ dates: own }: UsableRows) => own.lastIndexOf(last) - own.indexOf(first) + 1;
  return {
    dates,
    prices: rows.map((each) => pricesOn(dates, each)),
    unusable: rows.map((each) => each.unusable),
    dropped: Math.max(...rows.map(inside)) - dates.length,
  };
}
