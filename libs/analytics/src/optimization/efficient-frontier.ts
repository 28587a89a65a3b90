import { feasibleStart } from './feasible-start';
import { inner, quadraticForm } from './matrix';
import { evenly, frontierFrom } from './quadratic/frontier';

export interface FrontierPoint {
  readonly weights: Float64Array;
  readonly return: number;
  readonly variance: number;
}

/**
 * The efficient frontier of weights that sum to 1 within bounds: points at equal distances in return, from minimum variance to the most return;
 * exact, by the critical line. `covariance` is row-major and positive definite. Throws a RangeError where no weights exist.
 */
export function efficientFrontier(
  { expected, covariance, lower, upper }: Record<'expected' | 'covariance' | 'lower' | 'upper', Float64Array>,
  points: number,
): FrontierPoint[] {
  const n = expected.length;
  const limits = { lower, upper, groups: [] };
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => covariance[a * n + a]! - covariance[b * n + b]!);
  const start = feasibleStart(limits, order);
  if ('unavailable' in start) throw new RangeError(start.unavailable.reason);
  const frontier = frontierFrom(start.weights, { covariance, expected, limits });
  return evenly(frontier, points).map((weights) => ({
    weights,
    return: inner(weights, expected),
    variance: quadraticForm(covariance, weights),
  }));
}
