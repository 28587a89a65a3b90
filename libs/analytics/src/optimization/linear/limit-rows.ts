import type { Limits } from '../limits';

/** Rows of a linear program, a_k'x >= bound_k, with a weight for each; added one after the other. */
export class Rows {
  private readonly values: Float64Array[] = [];
  private readonly bounds: number[] = [];
  private readonly weights: number[] = [];

  constructor(readonly dimension: number) {}

  get count(): number {
    return this.values.length;
  }

  add(coefficients: ArrayLike<number> | Readonly<Record<number, number>>, bound: number, weight: number): void {
    const row = new Float64Array(this.dimension);
    for (const [at, value] of Object.entries(coefficients)) row[Number(at)] = value;
    this.values.push(row);
    this.bounds.push(bound);
    this.weights.push(weight);
  }

  /** Sum of weights (row 0), lower bounds (1 ..), upper bounds (1 + n ..), groups; for x that begins with the weights. */
  static ofLimits({ lower, upper, groups }: Limits, dimension: number, weight: number): Rows {
    const rows = new Rows(dimension);
    const n = lower.length;
    rows.add(new Float64Array(n).fill(1), 1, weight);
    for (let i = 0; i < n; i++) rows.add({ [i]: 1 }, lower[i]!, weight);
    for (let i = 0; i < n; i++) rows.add({ [i]: -1 }, -upper[i]!, weight);
    for (const { coefficients, min, max } of groups) {
      if (min > -Infinity) rows.add(coefficients, min, weight);
      if (max < Infinity)
        rows.add(
          coefficients.map((each) => -each),
          -max,
          weight,
        );
    }
    return rows;
  }

  /** The program that these rows make; equality in row 0. */
  program(cost: Float64Array, weights: ArrayLike<number> = this.weights) {
    const { dimension } = this;
    const rows = new Float64Array(this.count * dimension);
    this.values.forEach((row, at) => rows.set(row, at * dimension));
    return {
      dimension,
      cost,
      rows,
      bounds: Float64Array.from(this.bounds),
      weights: Float64Array.from(weights),
      equalities: [0],
    };
  }

  /** The active rows at weights of which all but one are at a bound. */
  static cornerOf({ lower, upper }: Limits, weights: Float64Array): number[] {
    const n = weights.length;
    const inner = Math.max(
      0,
      weights.findIndex((each, i) => each > lower[i]! && each < upper[i]!),
    );
    const active = [0];
    for (let i = 0; i < n; i++) if (i !== inner) active.push(weights[i]! > lower[i]! ? 1 + n + i : 1 + i);
    return active;
  }
}
