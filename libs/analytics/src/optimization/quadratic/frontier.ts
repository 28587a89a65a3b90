import type { Limits } from '../limits';
import { turnoverOf } from '../limits';
import { inner, times } from '../matrix';
import { CriticalLine } from './critical-line';

/** The corners of an efficient frontier from least variance to most return; between two neighbours weights are mixed linearly. */
export interface Frontier {
  readonly corners: readonly Corner[];
  readonly covariance: Float64Array;
}

interface Corner {
  readonly weights: Float64Array;
  /** Net of the cost of trading. */
  readonly return: number;
}

/** Corners nearer to each other than this in return are one. */
const sameReturn = 1e-13;

export interface FrontierProblem {
  readonly covariance: Float64Array;
  readonly expected: Float64Array;
  readonly limits: Limits;
}

/** Expected return less what the trades cost. */
export function netReturn(weights: ArrayLike<number>, expected: Float64Array, { trading }: Limits): number {
  const cost = trading && trading.cost > 0 ? trading.cost * turnoverOf(weights, trading.held) : 0;
  return inner(weights, expected) - cost;
}

/** The whole frontier, exact, from weights that are within the limits. */
export function frontierFrom(start: Float64Array, { covariance, expected, limits }: FrontierProblem): Frontier {
  const line = new CriticalLine(covariance, limits, start);
  const corners: Corner[] = [];
  line.follow(expected, limits.trading?.cost ?? 0, (weights) => {
    const reached = netReturn(weights, expected, limits);
    if (corners.length === 0 || reached > corners.at(-1)!.return + sameReturn)
      corners.push({ weights: weights.slice(), return: reached });
  });
  return { corners, covariance };
}

function mix(a: Float64Array, b: Float64Array, share: number): Float64Array {
  if (share <= 0) return a;
  if (share >= 1) return b;
  const mixed = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) mixed[i] = a[i]! + share * (b[i]! - a[i]!);
  return mixed;
}

/** Weights of least variance that return this much; of the frontier's ends when it is beyond them. */
export function atReturn({ corners }: Frontier, target: number): Float64Array {
  const next = corners.findIndex((corner) => corner.return >= target);
  if (next < 0) return corners.at(-1)!.weights;
  if (next === 0) return corners[0]!.weights;
  const [below, above] = [corners[next - 1]!, corners[next]!];
  return mix(below.weights, above.weights, (target - below.return) / (above.return - below.return));
}

/** Points at equal distances in return, both ends included; one where all portfolios return the same. */
export function evenly(frontier: Frontier, points: number): Float64Array[] {
  const { corners } = frontier;
  const [least, most] = [corners[0]!.return, corners.at(-1)!.return];
  if (corners.length === 1) return [corners[0]!.weights];
  const found: Float64Array[] = [];
  let next = 1;
  for (let point = 0; point < points; point++) {
    const target = least + ((most - least) * point) / (points - 1);
    while (next < corners.length - 1 && corners[next]!.return < target) next++;
    const [below, above] = [corners[next - 1]!, corners[next]!];
    found.push(mix(below.weights, above.weights, (target - below.return) / (above.return - below.return)));
  }
  return found;
}

/** Weights of most return with at most this variance; undefined below the least. */
export function atVariance(frontier: Frontier, target: number): Float64Array | undefined {
  const { corners, covariance } = frontier;
  const least = inner(corners[0]!.weights, times(covariance, corners[0]!.weights));
  if (target < least * (1 - 1e-12)) return undefined;
  for (const { from, to, variance: v } of segments(frontier)) {
    if (v.end < target) continue;
    const [a, b] = [v.start - 2 * v.cross + v.end, v.cross - v.start];
    // a t^2 + 2 b t + (start - target) = 0; this form of the root keeps its digits when a is small.
    const c = Math.min(0, v.start - target);
    return mix(from.weights, to.weights, -c / (b + Math.sqrt(Math.max(0, b * b - a * c))) || 0);
  }
  return corners.at(-1)!.weights;
}

/** Weights of the greatest (return - base) / volatility; undefined when no portfolio returns more than the base. */
export function bestRatio(frontier: Frontier, base: number): Float64Array | undefined {
  const { corners } = frontier;
  if (!(corners.at(-1)!.return > base)) return undefined;
  let best = -Infinity;
  let weights: Float64Array | undefined;
  const offer = (ratio: number, found: () => Float64Array) => {
    if (!(ratio > best)) return;
    best = ratio;
    weights = found();
  };
  if (corners.length === 1) return corners[0]!.weights;
  for (const { from, to, variance: v } of segments(frontier)) {
    const rise = to.return - from.return;
    const excess = from.return - base;
    const [a, b] = [v.start - 2 * v.cross + v.end, v.cross - v.start];
    // Where the derivative of (excess + t rise) / sqrt(start + 2 b t + a t^2) is zero.
    const t = (rise * v.start - excess * b) / (excess * a - rise * b);
    for (const share of [0, 1, t])
      if (share >= 0 && share <= 1)
        offer((excess + share * rise) / Math.sqrt(v.start + 2 * b * share + a * share * share), () =>
          mix(from.weights, to.weights, share),
        );
  }
  return weights;
}

function* segments({ corners, covariance }: Frontier) {
  let from = corners[0]!;
  let risk = times(covariance, from.weights);
  for (const to of corners.slice(1)) {
    const next = times(covariance, to.weights);
    const variance = {
      start: inner(from.weights, risk),
      cross: inner(to.weights, risk),
      end: inner(to.weights, next),
    };
    yield { from, to, variance };
    from = to;
    risk = next;
  }
}
