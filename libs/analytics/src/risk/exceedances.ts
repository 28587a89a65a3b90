import type { Sample } from '../statistics/moments';

/** 1 for each return after the first `window` that is below the quantile (type 7) of the `window` returns before it. */
export function exceedances(returns: Sample, window: number, probability: number): Uint8Array {
  const tail = new LowerTail(returns, window, probability);
  const exceeded = new Uint8Array(returns.length - window);
  for (let i = 0; i < exceeded.length; i++) {
    exceeded[i] = returns[window + i]! < tail.quantile() ? 1 : 0;
    tail.slide();
  }
  return exceeded;
}

/**
 * The least values of a sliding window in ascending order, a few more than the quantile needs: most returns come and go above them
 * and cost one comparison. Filled anew when it has run low or grown long.
 */
class LowerTail {
  private readonly tail: Float64Array;
  private readonly below: number;
  private readonly fraction: number;
  private count = 0;
  private bound = 0;
  private start = 0;

  constructor(
    private readonly returns: Sample,
    private readonly window: number,
    probability: number,
  ) {
    const rank = probability * (window - 1);
    this.below = Math.floor(rank);
    this.fraction = rank - this.below;
    this.tail = new Float64Array(window);
    this.fill();
  }

  quantile(): number {
    const lower = this.tail[this.below]!;
    return lower + (this.tail[this.below + 1]! - lower) * this.fraction;
  }

  slide(): void {
    const { returns, start, window, tail } = this;
    const [leaving, entering] = [returns[start]!, returns[start + window]!];
    this.start++;
    if (leaving <= this.bound) {
      let at = this.count-- - 1;
      let moved = tail[at]!;
      while (moved !== leaving) {
        const next = tail[--at]!;
        tail[at] = moved;
        moved = next;
      }
    }
    if (entering <= this.bound) {
      let at = this.count++;
      for (; at > 0 && tail[at - 1]! > entering; at--) tail[at] = tail[at - 1]!;
      tail[at] = entering;
    }
    if (this.count < this.below + 2 || this.count > 6 * (this.below + 2)) this.fill();
  }

  private fill(): void {
    const { start, window, below } = this;
    const values = new Float64Array(window);
    for (let i = 0; i < window; i++) values[i] = this.returns[start + i] ?? Number.POSITIVE_INFINITY;
    values.sort();
    this.bound = values[Math.min(3 * (below + 2), window) - 1]!;
    this.count = window;
    while (this.count > below + 2 && values[this.count - 1]! > this.bound) this.count--;
    this.tail.set(values);
  }
}
