import type { Unavailable } from '@stocktool/contracts';
import { commonDates, returnsBetween } from '../factors/common-dates';
import type { PortfolioData } from '../portfolio-data';
import { linkedEffects, type Brinson } from './brinson-effects';
import type { WeightAt } from './holding-weights';
import { unavailable } from './unavailable';

/** Brinson-Fachler by sector against a benchmark portfolio rebalanced to its weights on each date; undefined when not asked for. */
export function brinson(data: PortfolioData, weightAt: WeightAt): Brinson | Unavailable | undefined {
  const sectors = data.request.attribution?.sectors;
  const { benchmarkHoldings } = data;
  if (!sectors || benchmarkHoldings.length === 0) return undefined;
  const without = data.symbols.filter((symbol) => sectors[symbol] === undefined);
  if (without.length > 0) return unavailable('sectors-missing', `No sector is given for ${without.join(', ')}.`);
  const common = commonDates(
    data.timeline.dates,
    benchmarkHoldings.map(({ prices }) => prices),
  );
  if (!common)
    return unavailable(
      'no-date-overlap',
      'The holdings of the benchmark portfolio have no two dates in common with it.',
    );
  const { dates, positions, returns } = common;
  const own = data.symbols.map((symbol, asset) => ({
    sector: sectors[symbol]!,
    weightAt: (period: number) => weightAt(asset, positions[period]!),
    returns: returnsBetween(positions, data.assetReturns[asset]!),
  }));
  const other = benchmarkHoldings.map(({ prices, weight }, i) => ({
    sector: sectors[prices.symbol]!,
    weightAt: () => weight,
    returns: returns[i]!,
  }));
  const result = linkedEffects(own, other, dates);
  const figures = result.sectors.flatMap(({ allocation, selection, interaction }) => [
    allocation,
    selection,
    interaction,
  ]);
  if (![...figures, result.activeReturn].every(Number.isFinite))
    return unavailable(
      'total-loss',
      'One side lost everything or grew beyond any number: its returns cannot be linked.',
    );
  return result;
}
