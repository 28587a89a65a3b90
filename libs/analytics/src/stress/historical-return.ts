import { isUsable, type AssetPrices } from '../series/alignment';
import type { PortfolioData } from '../portfolio-data';
import { weightedReturns } from '../series/portfolio-returns';
import { compoundedReturn, simpleReturns } from '../series/returns';
import { coveredPart, finite, type StressRow } from './covered-part';
import type { HistoricalWindow } from './historical-windows';

/** A price at most so old stands for that of a day without one: a weekend and holidays. */
const staleDays = 7;

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

interface PricesInWindow {
  first: number;
  last: number;
  /** Strictly between the two ends. */
  between: Map<string, number>;
}

/** How many of the ascending dates are not after the date. */
function datesUpTo(dates: readonly string[], date: string): number {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dates[middle]! <= date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last usable price on a date or shortly before it; undefined when there is none. */
function priceAt({ dates, adjClose }: AssetPrices, date: string): number | undefined {
  for (let i = datesUpTo(dates, date) - 1; i >= 0; i--) {
    if (dayOf(date) - dayOf(dates[i]!) > staleDays) return undefined;
    const price = adjClose[i];
    if (isUsable(price)) return price;
  }
  return undefined;
}

function pricesIn(series: AssetPrices, { from, to }: HistoricalWindow): PricesInWindow | undefined {
  const [first, last] = [priceAt(series, from), priceAt(series, to)];
  if (first === undefined || last === undefined) return undefined;
  const between = new Map<string, number>();
  for (let i = datesUpTo(series.dates, from); i < series.dates.length && series.dates[i]! < to; i++) {
    const price = series.adjClose[i];
    if (isUsable(price)) between.set(series.dates[i]!, price);
  }
  return { first, last, between };
}

/**
 * Today's weights in a window of the past. `portfolioReturn` is rebalanced to them on each date that all covered holdings have,
 * as the returns of a portfolio by weight are; `heldReturn` buys them at the start and does not trade. A holding without a
 * price at either end has no data, and the weights of the others are scaled up.
 */
export function historicalReturn(data: PortfolioData, window: HistoricalWindow): StressRow {
  const { scenario, from, to } = window;
  const { members, coverage, uncovered } = coveredPart(
    data,
    data.assets.map((series) => pricesIn(series, window)),
  );
  const weights = members.map(({ weight }) => weight);
  const [leader] = members;
  const dates = [...(leader?.known.between.keys() ?? [])].filter((date) =>
    members.every(({ known }) => known.between.has(date)),
  );
  const returns = members.map(({ known: { first, between, last } }) =>
    simpleReturns([first, ...dates.map((date) => between.get(date)!), last]),
  );
  const held = members.reduce((sum, { known: { first, last }, weight }) => sum + (weight * (last - first)) / first, 0);
  const market = pricesIn(data.benchmark, window);
  return {
    scenario,
    from,
    to,
    portfolioReturn: leader ? finite(compoundedReturn(weightedReturns(returns, weights))) : null,
    coverage,
    uncovered,
    heldReturn: leader ? finite(held) : null,
    benchmarkReturn: market ? finite((market.last - market.first) / market.first) : null,
  };
}
