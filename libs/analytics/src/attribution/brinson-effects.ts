import type { Attribution, Unavailable } from '@stocktool/contracts';
import { windowOfDates } from '../factors/common-dates';
import { linkingCoefficient } from './linking';

export type Brinson = Exclude<NonNullable<Attribution['brinson']>, Unavailable>;
type Effects = Omit<Brinson['sectors'][number], 'sector'>;

/** A holding of the portfolio or of its benchmark. */
export interface Member {
  sector: string;
  weightAt: (period: number) => number;
  returns: Float64Array;
}

/** Portfolio or benchmark in one period: weight, and weight times return, of each sector and in all. */
interface Side {
  weights: Float64Array;
  earned: Float64Array;
  weight: number;
  total: number;
}

function sideOf(members: readonly Member[], sectorOf: readonly number[], sectors: number, period: number): Side {
  const side = { weights: new Float64Array(sectors), earned: new Float64Array(sectors), weight: 0, total: 0 };
  members.forEach(({ weightAt, returns }, i) => {
    const weight = weightAt(period);
    const earned = weight * returns[period]!;
    side.weights[sectorOf[i]!]! += weight;
    side.earned[sectorOf[i]!]! += earned;
    side.weight += weight;
    side.total += earned;
  });
  return side;
}

const noEffects: Effects = { allocation: 0, selection: 0, interaction: 0 };

/**
 * One sector in one period (G. Brinson and N. Fachler, "Measuring non-US equity portfolio performance", Journal of Portfolio
 * Management 11(3), 1985): allocation (wp - wb)(rb - B), selection wb (rp - rb), interaction (wp - wb)(rp - rb). A sector that one
 * side does not hold takes the return of the other side: to hold none of it, or what the benchmark lacks, is allocation alone.
 * Weights that sum to 1 only nearly are scaled in the term of B, so that the effects add up to the active return all the same.
 */
function effectsOf(sector: number, portfolio: Side, benchmark: Side): Effects {
  const [own, other] = [portfolio.weights[sector]!, benchmark.weights[sector]!];
  if (!(own > 0) && !(other > 0)) return noEffects;
  const compared = other > 0 ? benchmark.earned[sector]! / other : portfolio.earned[sector]! / own;
  const earned = own > 0 ? portfolio.earned[sector]! / own : compared;
  const share = own / portfolio.weight - other / benchmark.weight;
  return {
    allocation: (own - other) * compared - share * benchmark.total,
    selection: other * (earned - compared),
    interaction: (own - other) * (earned - compared),
  };
}

/** Each period's effects, linked by Cariño so that all of them add up to the active return of the whole window. */
export function linkedEffects(own: readonly Member[], other: readonly Member[], dates: readonly string[]): Brinson {
  const names = [...new Set([...own, ...other].map(({ sector }) => sector))].sort();
  const [ownSectors, otherSectors] = [own, other].map((members) => members.map(({ sector }) => names.indexOf(sector)));
  const sums = names.map((sector) => ({ sector, ...noEffects }));
  let [portfolioReturn, benchmarkReturn] = [0, 0];
  for (let period = 0; period < dates.length - 1; period++) {
    const portfolio = sideOf(own, ownSectors!, names.length, period);
    const benchmark = sideOf(other, otherSectors!, names.length, period);
    const linking = linkingCoefficient(portfolio.total, benchmark.total);
    sums.forEach((sum, sector) => {
      const { allocation, selection, interaction } = effectsOf(sector, portfolio, benchmark);
      sum.allocation += allocation * linking;
      sum.selection += selection * linking;
      sum.interaction += interaction * linking;
    });
    portfolioReturn += portfolio.total * (1 + portfolioReturn);
    benchmarkReturn += benchmark.total * (1 + benchmarkReturn);
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
