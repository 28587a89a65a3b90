import { covariance } from '../statistics/covariance';
import { isNegligible, type Sample } from '../statistics/moments';
import { weightedReturns } from '../series/portfolio-returns';

/**
 * Each asset's share of the variance of the portfolio with these weights: w_i cov(r_i, r_p) / var(r_p), Euler's
 * decomposition w_i (S w)_i / w'S w without the matrix. The shares sum to 1; null where the portfolio does not vary.
 */
export function riskContribution(assets: readonly Sample[], weights: readonly number[]): (number | null)[] {
  const portfolio = weightedReturns(assets, weights);
  const variance = covariance(portfolio, portfolio);
  if (variance === null || isNegligible(Math.sqrt(variance))) return assets.map(() => null);
  return assets.map((returns, i) => (weights[i]! * covariance(returns, portfolio)!) / variance);
}
