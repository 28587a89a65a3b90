import type { DailySeries } from '../daily-series';
import { closeOf } from '../calendar/exchange-calendar';
import type { SourceNews, SourceQuote } from '../market-data-source';
import { VendorFailure } from '../vendors/vendor-failure';

/** Clocks differ a little. */
const clockToleranceMs = 2 * 60_000;
const dayMs = 86_400_000;
const oldest = Date.parse('1900-01-01');

/**
 * What no vendor may tell us, whatever its format allows: prices that are not positive and finite, times in the future,
 * dates out of order, another symbol than was asked. Throws `garbage`, naming the field.
 */
export function soundQuote(quote: SourceQuote, symbol: string, now: Date): SourceQuote {
  const check = checker(quote.source);
  check(quote.symbol === symbol, 'symbol');
  check(isPrice(quote.price), 'price');
  check(quote.previousClose === null || isPrice(quote.previousClose), 'previousClose');
  check(quote.currency.trim() !== '', 'currency');
  const asOfMs = Date.parse(quote.asOf);
  check(asOfMs > oldest && asOfMs <= now.getTime() + clockToleranceMs, 'asOf');
  return quote;
}

/**
 * Checked, and without the rows of a session that is not over: what would be a close is still a price on its way.
 */
export function soundSeries(series: DailySeries, symbol: string, now: Date): DailySeries {
  const check = checker(series.source);
  const { dates, columns } = series;
  const lastPossible = new Date(now.getTime() + dayMs).toISOString().slice(0, 10); // east of here it is tomorrow
  check(series.symbol === symbol, 'symbol');
  check(series.currency.trim() !== '', 'currency');
  check(columns.adjClose.length === dates.length, 'adjClose');
  dates.forEach((date, row) => check(row === 0 || dates[row - 1]! < date, `dates.${row}`));
  check(dates.length === 0 || (dates[0]! >= '1900' && dates.at(-1)! <= lastPossible), 'dates');
  for (const [column, values] of Object.entries(columns)) {
    check(values.length === dates.length, column);
    const least = column === 'volume' ? 0 : Number.MIN_VALUE;
    values.forEach((value, row) => {
      const missing = Number.isNaN(value) && column !== 'adjClose';
      check(missing || (value >= least && value < Number.POSITIVE_INFINITY), `${column}.${row}`);
    });
  }
  return closedSessions(series, now);
}

function closedSessions(series: DailySeries, now: Date): DailySeries {
  let rows = series.dates.length;
  while (rows > 0 && closeOf(series.dates[rows - 1]!) > now) rows--;
  if (rows === series.dates.length) return series;
  const columns = Object.fromEntries(
    Object.entries(series.columns).map(([column, values]) => [column, values.slice(0, rows)]),
  ) as DailySeries['columns'];
  return { ...series, dates: series.dates.slice(0, rows), columns };
}

/** A story of the future is left out, the others stay: one outlet's clock is no reason to have no news. */
export function soundNews(stories: SourceNews[], now: Date): SourceNews[] {
  return stories.filter(({ publishedAt }) => Date.parse(publishedAt) <= now.getTime() + clockToleranceMs);
}

const isPrice = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;

const checker = (vendor: string) => (sound: boolean, field: string) => {
  if (!sound) throw new VendorFailure(vendor, 'garbage', `${field} (impossible)`);
};
