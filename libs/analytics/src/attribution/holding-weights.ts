import type { PortfolioData } from '../portfolio-data';
import { wealthOf } from '../series/returns';

/** What part of the portfolio a holding is at a date, by its position among the dates: before the returns of the next. */
export type WeightAt = (asset: number, position: number) => number;

/** By weight those of the request, at every date; by quantity what the shares are worth at each date beside the others. */
export function weightsOverTime({ request, weights, assetReturns, timeline }: PortfolioData): WeightAt {
  if (!request.holdings.some(({ quantity }) => quantity !== undefined)) return (asset) => weights[asset]!;
  const values = assetReturns.map((returns, asset) => {
    const wealth = wealthOf(returns);
    const shares = weights[asset]! / wealth.at(-1)!;
    return wealth.map((each) => each * shares);
  });
  const totals = timeline.dates.map((_, position) => values.reduce((sum, each) => sum + each[position]!, 0));
  return (asset, position) => values[asset]![position]! / totals[position]!;
}
