import { Problem, type PriceHistory } from '@stocktool/contracts';
import type { MarketData, SeriesColumns } from '@stocktool/market-data';
import { latestKnown, type ToolContext } from './tool';

interface Asked {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly asOf?: string | undefined;
}

/** Daily prices up to what may be known; the start is left to the caller, who may need the close before it. */
export async function pricesUpTo(
  market: MarketData,
  symbol: string,
  asked: Pick<Asked, 'to' | 'asOf'>,
  context: ToolContext,
): Promise<SeriesColumns> {
  const options = { userId: context.userId, to: asked.to, asOf: latestKnown(asked, context) };
  const series = await market.series(symbol, options);
  const [first, last] = [series.dates[0], series.dates.at(-1)];
  if (first === undefined || last === undefined)
    throw new Problem(
      'no-date-overlap',
      `There are no prices of ${symbol} up to ${asked.to ?? options.asOf ?? 'then'}.`,
    );
  return series;
}

/** The adjusted daily rows, at least one, of all that may be known: indicators are warmed up on what lies before a period. */
export async function adjustedRows(
  market: MarketData,
  symbol: string,
  asked: Pick<Asked, 'to' | 'asOf'>,
  context: ToolContext,
): Promise<PriceHistory> {
  const options = { userId: context.userId, to: asked.to, asOf: latestKnown(asked, context) };
  const history = await market.history(symbol, { ...options, interval: '1d', adjusted: true });
  if (history.rows.length === 0)
    throw new Problem(
      'no-date-overlap',
      `There are no prices of ${symbol} up to ${asked.to ?? options.asOf ?? 'then'}.`,
    );
  return history;
}

const minDaysForAnnual = 365;

/** Annualising less than a year says nothing. */
export function spansYear({ from, to }: { from: string; to: string }): boolean {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 >= minDaysForAnnual - 1;
}
