import type { Moments, Sample } from './moments';

/** Values that are put in order only where a rank is asked for (Hoare's selection, 1961). */
class PartlyOrdered {
  /** Ranks whose value is in place, ascending: what lies between two of them is between their values. */
  private readonly placed: number[] = [];

  constructor(readonly values: Float64Array) {}

  at(rank: number): number {
    const next = this.placed.findIndex((known) => known >= rank);
    if (this.placed[next] === rank) return this.values[rank]!;
    const after = next < 0 ? this.placed.length : next;
    select(this.values, rank, (this.placed[after - 1] ?? -1) + 1, (this.placed[after] ?? this.values.length) - 1);
    this.placed.splice(after, 0, rank);
    return this.values[rank]!;
  }
}

/** Puts the value of `rank` in its place among those of the ranks from `first` to `last`, the lesser before it. */
export function select(values: Float64Array, rank: number, first: number, last: number): void {
  let left = first;
  let right = last;
  while (left < right) {
    const pivot = medianOfThree(values[left]!, values[(left + right) >> 1]!, values[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const held = values[i]!;
      values[i++] = values[j]!;
      values[j--] = held;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else return;
  }
}

const medianOfThree = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/** Beyond about this many standard deviations lie the tails that are asked for, and little more. */
const tailDeviations = 1.25;

let scratch = { low: new Float64Array(4096), high: new Float64Array(4096) };

/**
 * The values of a sample in ascending order, asked for by rank. The figures of risk ask for the two ends only: one pass takes
 * the ends out, and no more of them is put in order than a rank needs. No value is NaN.
 */
export class OrderStatistics {
  private readonly low: PartlyOrdered;
  private readonly high: PartlyOrdered;
  private all: PartlyOrdered | undefined;

  constructor(
    private readonly values: Sample,
    { mean, second }: Moments,
  ) {
    const n = values.length;
    if (scratch.low.length <= n) scratch = { low: new Float64Array(2 * n), high: new Float64Array(2 * n) };
    const { low, high } = scratch;
    const reach = tailDeviations * Math.sqrt(Math.max(second, 0));
    const [under, over] = [mean - reach, mean + reach];
    let lows = 0;
    let highs = 0;
    for (let i = 0; i < n; i++) {
      const value = values[i]!;
      // Written always and kept only where it belongs: which side a return is on no processor can predict.
      low[lows] = value;
      high[highs] = value;
      lows += Number(value < under);
      highs += Number(value > over);
    }
    this.low = new PartlyOrdered(low.slice(0, lows));
    this.high = new PartlyOrdered(high.slice(0, highs));
  }

  get length(): number {
    return this.values.length;
  }

  /** The value of a rank, 0 the least. */
  at(rank: number): number {
    const { low, high, length } = this;
    if (rank < low.values.length) return low.at(rank);
    const above = length - high.values.length;
    return rank >= above ? high.at(rank - above) : this.whole().at(rank);
  }

  /** Of the `count` least values. */
  sumOfLeast(count: number): number {
    if (count < 1) return 0;
    const side = count <= this.low.values.length ? this.low : this.whole();
    side.at(count - 1);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += side.values[i]!;
    return sum;
  }

  private whole(): PartlyOrdered {
    return (this.all ??= new PartlyOrdered(new Float64Array(this.values)));
  }
}
