import { alignByDate } from '@stocktool/analytics';
import type { SeriesColumns } from '@stocktool/market-data';
import type { CommonPrices } from '../compute/analyses-job';

/**
 * Prices on the dates that all series have, so that figures that are compared are of the same days. Problem `no-date-overlap`
 * when there are fewer than two.
 */
export function commonPrices(series: readonly SeriesColumns[], range: { from?: string; to?: string }): CommonPrices {
  const { dates, prices } = alignByDate(series, range);
  const columns = series.map(({ symbol, currency, source, dates: own, close: asTraded }, i) => {
    const close = new Float64Array(dates.length);
    for (let day = 0, row = 0; day < dates.length; day++) {
      while (own[row] !== dates[day]) row++;
      close[day] = asTraded[row] ?? Number.NaN;
    }
    return { symbol, currency, source, adjClose: prices[i]!, close };
  });
  return { dates, columns };
}

/** As traded on the last of the dates; the adjusted close where the source has no other, as an analysis does. */
export function lastPricesIn({ columns }: CommonPrices): ReadonlyMap<string, number> {
  return new Map(
    columns.map(({ symbol, adjClose, close }) => {
      const last = close.at(-1)!;
      return [symbol, last > 0 && Number.isFinite(last) ? last : adjClose.at(-1)!];
    }),
  );
}
