import type { AnalysisResult } from '@stocktool/contracts';
import { dayNumber } from '../series/day-number';
import type { Sample } from '../statistics/moments';

/** A fall below the highest wealth so far; positions count from 0, the base point before the first return. */
export interface DrawdownPeriod {
  peak: number;
  trough: number;
  /** First position back at the peak; null while still below it at the end. */
  recovery: number | null;
  /** Fraction lost from peak to trough, positive. */
  depth: number;
}

/** A return to the same price is a recovery, though the product of the returns may miss 1 by rounding. */
const rounding = 1e-12;

/** Every drawdown in order of time, from wealth that starts at 1 (a loss on the first day counts). */
export function drawdownPeriods(wealth: Sample): DrawdownPeriod[] {
  const periods: DrawdownPeriod[] = [];
  let current: DrawdownPeriod | undefined;
  let peak = 0;
  for (let i = 1; i < wealth.length; i++) {
    const depth = 1 - wealth[i]! / wealth[peak]!;
    if (depth > rounding) {
      if (!current) periods.push((current = { peak, trough: i, recovery: null, depth }));
      else if (depth > current.depth) Object.assign(current, { trough: i, depth });
      continue;
    }
    // The peak is the first day at its height, except that a drawdown never begins before the last one has recovered.
    if (current || wealth[i]! > wealth[peak]!) peak = i;
    if (current) current.recovery = i;
    current = undefined;
  }
  return periods;
}

/** The deepest drawdown of `drawdownPeriods`, the first of equals; undefined when wealth never fell. */
export function maxDrawdown(wealth: Sample): DrawdownPeriod | undefined {
  let deepest: DrawdownPeriod | undefined;
  let peak = 0;
  let inverse = 1 / wealth[0]!;
  // Deeper than any so far: a fall that stays shallower needs no more than the comparison.
  let depth = rounding;
  let below = false;
  for (let i = 1; i < wealth.length; i++) {
    const value = wealth[i]!;
    const fall = 1 - value * inverse;
    if (fall > rounding) {
      below = true;
      if (fall > depth) {
        depth = fall;
        if (deepest?.peak === peak) Object.assign(deepest, { trough: i, depth });
        else deepest = { peak, trough: i, recovery: null, depth };
      }
    } else if (below || fall < 0) {
      if (deepest?.peak === peak) deepest.recovery = i;
      below = false;
      peak = i;
      inverse = 1 / value;
    }
  }
  return deepest;
}

/** Ulcer index (Martin and McCann 1989): root mean square of the drawdown over all n periods, a fraction. */
export function ulcerIndex(wealth: Sample): number {
  let highest = wealth[0]!;
  let inverse = 1 / highest;
  let squares = 0;
  for (let i = 1; i < wealth.length; i++) {
    const value = wealth[i]!;
    if (value > highest) {
      highest = value;
      inverse = 1 / value;
    }
    const fall = (highest - value) * inverse;
    squares += fall * fall;
  }
  return Math.sqrt(squares / (wealth.length - 1));
}

const listed = 10;

/**
 * The ten deepest drawdowns, the deepest first. `days`: calendar days from the peak to the recovery, or to the last date while there is none.
 * Undefined where wealth grows beyond any number.
 */
export function deepestDrawdowns(
  wealth: Sample,
  dates: readonly string[],
): AnalysisResult['portfolio']['drawdowns'] | undefined {
  if (!Number.isFinite(wealth[wealth.length - 1])) return undefined;
  const deepest = drawdownPeriods(wealth).sort((a, b) => b.depth - a.depth || a.peak - b.peak);
  return deepest.slice(0, listed).map(({ peak, trough, recovery, depth }) => ({
    peak: dates[peak]!,
    trough: dates[trough]!,
    recovery: recovery === null ? null : dates[recovery]!,
    depth,
    days: dayNumber(dates[recovery ?? dates.length - 1]!) - dayNumber(dates[peak]!),
  }));
}
