/** min <= sum of coefficient * weight <= max; without a limit on one side it is infinite. */
export interface LinearLimit {
  readonly coefficients: Float64Array;
  readonly min: number;
  readonly max: number;
}

/** What weights may be: they sum to 1, each within its bounds, and within the limits of groups and of trading. */
export interface Limits {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly groups: readonly LinearLimit[];
  readonly trading?: Trading;
}

/** Weights held now; the sum of absolute changes from them may be at most `turnover`, each costs `cost` of what is traded. */
export interface Trading {
  readonly held: Float64Array;
  readonly turnover: number;
  readonly cost: number;
}

/** Sum of absolute changes. */
export function turnoverOf(weights: ArrayLike<number>, held: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += Math.abs(weights[i]! - held[i]!);
  return total;
}

/** By how much the bounds, the groups or the turnover are missed at most; 0 inside. */
export function violationOf(weights: ArrayLike<number>, { lower, upper, groups, trading }: Limits): number {
  let worst = 0;
  for (let i = 0; i < weights.length; i++) worst = Math.max(worst, lower[i]! - weights[i]!, weights[i]! - upper[i]!);
  for (const { coefficients, min, max } of groups) {
    const value = coefficients.reduce((sum, each, i) => sum + each * weights[i]!, 0);
    worst = Math.max(worst, min - value, value - max);
  }
  return trading ? Math.max(worst, turnoverOf(weights, trading.held) - trading.turnover) : worst;
}
