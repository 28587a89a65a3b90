import { violationOf, type Limits } from '../limits';
import { CriticalLine } from '../quadratic/critical-line';

/** The weights themselves where they are within the limits, else those within that are nearest (least squares). */
export function nearestAllowed(weights: Float64Array, limits: Limits, start: Float64Array): Float64Array {
  if (violationOf(weights, limits) <= 1e-12) return weights;
  const n = weights.length;
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  const line = new CriticalLine(identity, limits, start);
  line.follow(weights, 0, undefined, 1);
  return line.x;
}
