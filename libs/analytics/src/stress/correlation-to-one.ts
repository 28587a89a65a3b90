import { momentsOf, standardDeviation } from '../statistics/moments';
import type { PortfolioData } from '../portfolio-data';
import { weightedReturns } from '../series/portfolio-returns';
import { coveredPart, finite, type StressRow } from './covered-part';

const deviations = 3;

/**
 * Every holding falls by three of its own standard deviations (of one period, over the analysis) in the same period, which is what
 * three deviations of the portfolio are when all correlations are 1: -3 sum w_i s_i. Beside it the same fall at the
 * correlations measured, -3 s of the portfolio at today's weights; the difference is what diversification is counted on for.
 */
export function correlationToOne(data: PortfolioData): StressRow {
  const spreads = data.assetReturns.map((returns) => standardDeviation(momentsOf(returns)));
  const { members, coverage, uncovered } = coveredPart(
    data,
    spreads.map((spread) => (spread === null || !Number.isFinite(spread) ? undefined : spread)),
  );
  const together = members.reduce((sum, { known, weight }) => sum + weight * known, 0);
  const measured = standardDeviation(momentsOf(weightedReturns(data.assetReturns, data.weights)));
  return {
    scenario: `all correlations 1, a fall of ${deviations} standard deviations in one period`,
    shock: { factor: 'correlation', move: 1 },
    portfolioReturn: members.length > 0 ? finite(Math.max(-deviations * together, -1)) : null,
    coverage,
    uncovered,
    atMeasuredCorrelation:
      measured === null || uncovered.length > 0 ? null : finite(Math.max(-deviations * measured, -1)),
  };
}
