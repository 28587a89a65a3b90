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

/** The deepest drawdown, the first of equals; undefined when wealth never fell. */
export const maxDrawdown = (wealth: Sample): DrawdownPeriod | undefined =>
  drawdownPeriods(wealth).reduce<DrawdownPeriod | undefined>(
    (deepest, period) => (deepest && deepest.depth >= period.depth ? deepest : period),
    undefined,
  );

/** Ulcer index (Martin and McCann 1989): root mean square of the drawdown over all n periods, a fraction. */
export function ulcerIndex(wealth: Sample): number {
  let highest = wealth[0]!;
  let squares = 0;
  for (let i = 1; i < wealth.length; i++) {
    highest = Math.max(highest, wealth[i]!);
    squares += (1 - wealth[i]! / highest) ** 2;
  }
  return Math.sqrt(squares / (wealth.length - 1));
}
