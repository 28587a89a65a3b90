import { jointMoments } from '../statistics/covariance';
import { isNegligible, mean, type Sample } from '../statistics/moments';
import { weightedReturns } from '../series/portfolio-returns';

/**
 * Each asset's share of the variance of the portfolio with these weights: w_i cov(r_i, r_p) / var(r_p), Euler's
 * decomposition w_i (S w)_i / w'S w without the matrix. The shares sum to 1; null where the portfolio does not vary.
 * `portfolio`: the returns at these weights, where they are known already.
 */
export function riskContribution(
  assets: readonly Sample[],
  weights: readonly number[],
  portfolio: Sample = weightedReturns(assets, weights),
): (number | null)[] {
  const centre = mean(portfolio);
  const variance = jointMoments(portfolio, centre, portfolio, centre).covariance;
  if (variance === null || isNegligible(Math.sqrt(variance))) return assets.map(() => null);
  return assets.map((returns, i) => {
    const joint = jointMoments(returns, mean(returns), portfolio, centre).covariance!;
    return (weights[i]! * joint) / variance;
  });
}
