import type { Interval, PriceRow } from '@stocktool/contracts';

const millisecondsPerDay = 86_400_000;

/** The Monday that an ISO week begins with, as a key. */
function weekOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  const sinceMonday = (day.getUTCDay() + 6) % 7;
  return new Date(day.getTime() - sinceMonday * millisecondsPerDay).toISOString().slice(0, 10);
}

const periodOf: Record<Exclude<Interval, '1d'>, (date: string) => string> = {
  '1wk': weekOf,
  '1mo': (date) => date.slice(0, 7),
};

/** null as soon as one is missing: the extreme or sum of half a week is not that of the week. */
function combine(values: readonly (number | null)[], reduce: (a: number, b: number) => number): number | null {
  return values.reduce((a, b) => (a === null || b === null ? null : reduce(a, b)));
}

function merge(rows: readonly PriceRow[]): PriceRow {
  const first = rows[0]!;
  const last = rows[rows.length - 1]!;
  return {
    date: last.date,
    open: first.open,
    high: combine(
      rows.map(({ high }) => high),
      Math.max,
    ),
    low: combine(
      rows.map(({ low }) => low),
      Math.min,
    ),
    close: last.close,
    adjClose: last.adjClose,
    volume: combine(
      rows.map(({ volume }) => volume),
      (a, b) => a + b,
    ),
  };
}

/**
 * Daily rows made into ISO weeks (Monday to Sunday) or calendar months: first open, highest high, lowest low, last
 * close, sum of volume. A row carries the date of its last trading day, so that no row is later than what it knows; the
 * first and the last period may be partial.
 */
export function aggregateRows(rows: readonly PriceRow[], interval: Interval): PriceRow[] {
  if (interval === '1d') return [...rows];
  const groups = new Map<string, PriceRow[]>();
  for (const row of rows) {
    const period = periodOf[interval](row.date);
    const group = groups.get(period);
    if (group) group.push(row);
    else groups.set(period, [row]);
  }
  return [...groups.values()].map(merge);
}
