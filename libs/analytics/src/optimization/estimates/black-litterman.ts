import { inner, smallestPivot, times } from '../matrix';
import { smallSolve } from '../quadratic/small-solve';

/** What one view says: the portfolio of these weights returns this much; `variance` is that of its error, 0 when certain. */
export interface WeighedView {
  readonly portfolio: Float64Array;
  readonly return: number;
  readonly variance: number;
}

export interface Posterior {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Returns that make `weights` the best portfolio of somebody with risk aversion `delta` (Black and Litterman 1992): delta S w + rf. */
export const equilibriumReturns = (
  covariance: Float64Array,
  weights: ArrayLike<number>,
  { delta, riskFreeRate }: { delta: number; riskFreeRate: number },
): Float64Array => times(covariance, weights).map((each) => delta * each + riskFreeRate);

/**
 * Variance of a view's error. Without a confidence that of its portfolio under the prior, tau p'Sp (He and Litterman 1999); with
 * confidence c by Idzorek's method in the closed form of Walters (2014): tau p'Sp (1 - c) / c. Undefined at confidence 0: no view.
 */
export function viewVariance(
  covariance: Float64Array,
  portfolio: Float64Array,
  { tau, confidence }: { tau: number; confidence: number | undefined },
): number | undefined {
  if (confidence === 0) return undefined;
  const prior = tau * inner(portfolio, times(covariance, portfolio));
  return confidence === undefined ? prior : (prior * (1 - confidence)) / confidence;
}

/**
 * Posterior of Black and Litterman: mean pi + tau S P' (P tau S P' + Omega)^-1 (Q - P pi), and the covariance of returns
 * S + tau S - tau S P' (P tau S P' + Omega)^-1 P tau S. Undefined when certain views contradict or repeat each other.
 */
export function blackLitterman(prior: Posterior, views: readonly WeighedView[], tau: number): Posterior | undefined {
  const n = prior.mean.length;
  const k = views.length;
  const spread = views.map(({ portfolio }) => times(prior.covariance, portfolio).map((each) => tau * each));
  const matrix = new Float64Array(k * k);
  for (let r = 0; r < k; r++)
    for (let c = 0; c < k; c++)
      matrix[r * k + c] = inner(views[r]!.portfolio, spread[c]!) + (r === c ? views[r]!.variance : 0);
  if (k > 0 && !(smallestPivot(matrix) > 1e-12)) return undefined;
  const solve = (rhs: Float64Array) => {
    smallSolve(matrix.slice(), rhs);
    return rhs;
  };
  const surprise = solve(Float64Array.from(views, (view) => view.return - inner(view.portfolio, prior.mean)));
  const mean = prior.mean.map((each, i) => each + spread.reduce((sum, s, r) => sum + s[i]! * surprise[r]!, 0));
  const covariance = prior.covariance.map((each) => (1 + tau) * each);
  for (let j = 0; j < n; j++) {
    const known = solve(Float64Array.from(spread, (each) => each[j]!));
    for (let i = 0; i < n; i++) spread.forEach((each, r) => (covariance[i * n + j]! -= each[i]! * known[r]!));
  }
  return { mean, covariance };
}
