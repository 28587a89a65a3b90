import type { Risk } from '@stocktool/contracts';
import { jointMoments } from '../statistics/covariance';
import { isNegligible, mean, standardDeviation } from '../statistics/moments';
import { normalQuantile } from '../statistics/normal-distribution';
import type { ReturnSample } from '../statistics/return-sample';

type Parts = Required<Pick<Risk, 'componentVar' | 'marginalVar' | 'incrementalVar'>>;

/** What a holding is in the portfolio's return: r_p,t = sum of contribution_i,t. */
export interface HoldingReturns {
  symbol: string;
  /** At the end of the period. */
  weight: number;
  returns: Float64Array;
  /** Times `scale`: weight of the period before times return. */
  contributions: Float64Array;
  scale: number;
}

const z = normalQuantile(0.05);

/**
 * The parametric VaR at 95 % of the portfolio, -(m + z s), by holding (Jorion, Value at Risk, 3rd ed., chapter 7); c_i is what the
 * holding contributes to each period's return.
 * component: -(mean(c_i) + z cov(c_i, r_p) / s), Euler's decomposition; they sum to the VaR.
 * marginal: component per unit of weight; for a weight of 0 its limit, -(m_i + z cov(r_i, r_p) / s).
 * incremental: the VaR less that of the portfolio with the holding turned into cash; at most the component, for VaR here is convex.
 */
export function valueAtRiskByHolding(portfolio: ReturnSample, holdings: readonly HoldingReturns[]): Parts {
  const deviation = standardDeviation(portfolio.moments);
  if (deviation === null || isNegligible(deviation)) {
    const unavailable = { code: 'no-variation', reason: 'The returns of the portfolio do not vary.' };
    return { componentVar: { unavailable }, marginalVar: { unavailable }, incrementalVar: { unavailable } };
  }
  const total = -(portfolio.moments.mean + z * deviation);
  const parts = holdings.map(({ symbol, weight, returns, contributions, scale }) => {
    const beside = (of: Float64Array, factor: number) => {
      const ofMean = mean(of);
      const centre = ofMean * factor;
      const joint = jointMoments(portfolio.returns, portfolio.moments.mean, of, ofMean, factor);
      return {
        slope: -(centre + (z * joint.covariance!) / deviation),
        without: -(portfolio.moments.mean - centre + z * joint.deviationOfDifference!),
      };
    };
    const { slope: component, without } = beside(contributions, scale);
    const marginal = weight > 0 ? component / weight : beside(returns, 1).slope;
    return { symbol, component, marginal, incremental: total - without };
  });
  const named = (figure: 'component' | 'marginal' | 'incremental') =>
    Object.fromEntries(parts.map((part) => [part.symbol, part[figure]]));
  return {
    componentVar: named('component'),
    marginalVar: named('marginal'),
    incrementalVar: named('incremental'),
  };
}
