import type { Unavailable } from '@stocktool/contracts';
import { turnoverOf, violationOf, type Limits } from './limits';
import { Rows } from './linear/limit-rows';
import { minimise } from './linear/piecewise-linear-program';

/** Weights within all limits, or what keeps them from existing. */
export type Start = { weights: Float64Array } | Unavailable;

const tolerance = 1e-9;
const refused = (code: string, reason: string): Unavailable => ({ unavailable: { code, reason } });

/**
 * Weights within all limits: by filling up in the order of `preference`, or where groups or trading are limited, those of the smallest
 * trade (a linear program, which also proves that there are none).
 */
export function feasibleStart(limits: Limits, preference: readonly number[]): Start {
  const { lower, upper, groups, trading } = limits;
  const least = lower.reduce((sum, each) => sum + each, 0);
  const most = upper.reduce((sum, each) => sum + each, 0);
  const crossed = lower.findIndex((each, i) => each > upper[i]!);
  if (crossed >= 0) return refused('infeasible-bounds', 'A lower bound is above its upper bound.');
  if (most < 1 - tolerance)
    return refused('infeasible-bounds', `The upper bounds sum to ${short(most)}: weights cannot sum to 1.`);
  if (least > 1 + tolerance)
    return refused('infeasible-bounds', `The lower bounds sum to ${short(least)}: weights cannot sum to 1.`);
  const filled = filledUp(limits, preference);
  if (groups.length === 0 && !(trading && trading.turnover < Infinity)) return { weights: filled };
  return smallestTrade(limits, filled);
}

/** Each weight in turn as high as it may be, until the sum is 1; all but one are at a bound. */
export function filledUp({ lower, upper }: Limits, preference: readonly number[]): Float64Array {
  const weights = lower.slice();
  let rest = 1 - weights.reduce((sum, each) => sum + each, 0);
  for (const i of preference) {
    const whole = upper[i]! - lower[i]!;
    // What is left over after rounding is not worth a weight of its own.
    weights[i] = rest >= whole - 1e-12 ? upper[i]! : lower[i]! + Math.max(rest, 0);
    rest = rest >= whole - 1e-12 ? rest - whole : 0;
  }
  return weights;
}

function smallestTrade(limits: Limits, filled: Float64Array): Start {
  const { trading, ...untraded } = limits;
  const n = limits.lower.length;
  const rows = Rows.ofLimits(limits, n, Infinity);
  const limited = rows.count;
  const held = trading && trading.turnover < Infinity ? trading.held : undefined;
  for (let i = 0; held && i < n; i++) {
    rows.add({ [i]: 1 }, held[i]!, 1);
    rows.add({ [i]: -1 }, -held[i]!, 1);
  }
  const cost = new Float64Array(n);
  const towardsLimits = Array.from({ length: rows.count }, (_, row) => (row < limited ? 1 : 0));
  const inside = minimise(rows.program(cost, towardsLimits), Rows.cornerOf(limits, filled));
  if (!inside) return refused('not-solved', 'The search for weights within the limits did not end.');
  if (violationOf(inside.x, untraded) > tolerance)
    return refused('infeasible-groups', 'No weights are within all bounds and groups.');
  if (!held) return { weights: tidied(limits, inside.x) };
  const smallest = minimise(rows.program(cost), inside.active);
  if (!smallest) return refused('not-solved', 'The search for the smallest trade did not end.');
  const turnover = turnoverOf(smallest.x, held);
  if (turnover <= trading!.turnover + tolerance) return { weights: tidied(limits, smallest.x) };
  const needed = `Bounds and groups need a turnover of ${short(turnover)}`;
  return refused('infeasible-turnover', `${needed}, the limit is ${trading!.turnover}.`);
}

/** A weight that misses a breakpoint by rounding is put on it. */
function tidied({ lower, upper, trading }: Limits, x: Float64Array): Float64Array {
  return x.map((each, i) => {
    const points = [lower[i]!, upper[i]!, trading?.held[i] ?? NaN];
    return points.find((point) => Math.abs(each - point) < 1e-12) ?? each;
  });
}

const short = (value: number): number => Number(value.toPrecision(6));
