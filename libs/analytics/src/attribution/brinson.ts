import type { Attribution, Unavailable } from '@stocktool/contracts';
import { commonDates, returnsBetween, windowOfDates } from '../factors/common-dates';
import type { PortfolioData } from '../portfolio-data';
import type { WeightAt } from './holding-weights';
import { linkingCoefficient } from './linking';
import { unavailable } from './unavailable';

type Brinson = Exclude<NonNullable<Attribution['brinson']>, Unavailable>;
type Effects = Omit<Brinson['sectors'][number], 'sector'>;

/** A portfolio or its benchmark in one sector and one period. */
interface Slice {
  weight: number;
  /** Weight times return. */
  earned: number;
}
type BySector = ReadonlyMap<string, Slice>;

interface Member {
  sector: string;
  weightAt: (period: number) => number;
  returns: Float64Array;
}

const nothing: Slice = { weight: 0, earned: 0 };

function slices(members: readonly Member[], period: number): BySector {
  const sectors = new Map<string, Slice>();
  for (const { sector, weightAt, returns } of members) {
    const before = sectors.get(sector) ?? nothing;
    const weight = weightAt(period);
    sectors.set(sector, { weight: before.weight + weight, earned: before.earned + weight * returns[period]! });
  }
  return sectors;
}

const total = (sectors: BySector, of: (slice: Slice) => number): number =>
  [...sectors.values()].reduce((sum, slice) => sum + of(slice), 0);

const weightOf = ({ weight }: Slice): number => weight;
const earnedOf = ({ earned }: Slice): number => earned;

/**
 * One period (G. Brinson and N. Fachler, "Measuring non-US equity portfolio performance", Journal of Portfolio Management 11(3), 1985):
 * allocation (wp - wb)(rb - B), selection wb (rp - rb), interaction (wp - wb)(rp - rb). A sector that one side does not hold takes
 * the return of the other side: holding none of it, or what the benchmark lacks, is allocation alone. Weights that sum to 1 only
 * nearly are scaled in the term of B, so that the effects add up to the active return all the same.
 */
function effectsOf(sector: string, portfolio: BySector, benchmark: BySector): Effects {
  const [own, other] = [portfolio.get(sector) ?? nothing, benchmark.get(sector) ?? nothing];
  const share = own.weight / total(portfolio, weightOf) - other.weight / total(benchmark, weightOf);
  const ownReturn = own.weight > 0 ? own.earned / own.weight : other.earned / other.weight;
  const otherReturn = other.weight > 0 ? other.earned / other.weight : ownReturn;
  if (!(own.weight > 0) && !(other.weight > 0)) return { allocation: 0, selection: 0, interaction: 0 };
  return {
    allocation: (own.weight - other.weight) * otherReturn - share * total(benchmark, earnedOf),
    selection: other.weight * (ownReturn - otherReturn),
    interaction: (own.weight - other.weight) * (ownReturn - otherReturn),
  };
}

/** Each period's effects, linked by Cariño so that all of them add up to the active return of the whole window. */
function linked(own: readonly Member[], other: readonly Member[], dates: readonly string[]): Brinson {
  const names = [...new Set([...own, ...other].map(({ sector }) => sector))].sort();
  const sums = names.map((sector) => ({ sector, allocation: 0, selection: 0, interaction: 0 }));
  let [portfolioReturn, benchmarkReturn] = [0, 0];
  for (let period = 0; period < dates.length - 1; period++) {
    const [portfolio, benchmark] = [slices(own, period), slices(other, period)];
    const [earned, compared] = [total(portfolio, earnedOf), total(benchmark, earnedOf)];
    const linking = linkingCoefficient(earned, compared);
    for (const sum of sums) {
      const { allocation, selection, interaction } = effectsOf(sum.sector, portfolio, benchmark);
      sum.allocation += allocation * linking;
      sum.selection += selection * linking;
      sum.interaction += interaction * linking;
    }
    portfolioReturn += earned * (1 + portfolioReturn);
    benchmarkReturn += compared * (1 + benchmarkReturn);
  }
  const whole = linkingCoefficient(portfolioReturn, benchmarkReturn);
  const sectors = sums.map(({ sector, allocation, selection, interaction }) => ({
    sector,
    allocation: allocation / whole,
    selection: selection / whole,
    interaction: interaction / whole,
  }));
  const activeReturn = portfolioReturn - benchmarkReturn;
  return { window: windowOfDates(dates), sectors, portfolioReturn, benchmarkReturn, activeReturn };
}

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
  const result = linked(own, other, dates);
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
