import { quantile } from '../statistics/quantile';

/** Returns in ascending order that grow by one at a time, with the sums of the worst that the expected tail losses ask for. */
export class OrderedReturns {
  private values: Float64Array;
  private count: number;
  private readonly tails: { tail: number; worst: number; sum: number }[];

  constructor(returns: Float64Array, tails: readonly number[]) {
    this.values = new Float64Array(2 * returns.length + 16);
    this.values.set(returns);
    this.values.subarray(0, returns.length).sort();
    this.count = returns.length;
    this.tails = tails.map((tail) => ({ tail, worst: 0, sum: 0 }));
    this.grow();
  }

  get length(): number {
    return this.count;
  }

  at(rank: number): number {
    return this.values[rank]!;
  }

  add(value: number): void {
    const { values } = this;
    if (this.count === values.length) {
      this.values = new Float64Array(2 * values.length);
      this.values.set(values);
    }
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    for (const each of this.tails) if (low < each.worst) each.sum += value - this.values[each.worst - 1]!;
    this.values.copyWithin(low + 1, low, this.count++);
    this.values[low] = value;
    this.grow();
  }

  /** As `valueAtRisk` and `conditionalValueAtRisk`, historical. */
  losses(index: number): { valueAtRisk: number; expected: number } {
    const { tail, worst, sum } = this.tails[index]!;
    return { valueAtRisk: -quantile(this, tail), expected: -sum / worst };
  }

  private grow(): void {
    for (const each of this.tails) {
      const worst = Math.floor((this.count - 1) * each.tail + 1e-9) + 1;
      while (each.worst < worst) each.sum += this.values[each.worst++]!;
    }
  }
}
