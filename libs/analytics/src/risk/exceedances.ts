import type { Sample } from '../statistics/moments';
import { select } from '../statistics/order-statistics';

/**
 * 1 for each return after the first `window` that is below the quantile (type 7) of the `window` returns before it.
 * Kept are the least values of the window in ascending order, a few more than the quantile needs: most returns come and go above them and cost one
 * comparison. They are taken anew when they have run low or grown many.
 */
export function exceedances(returns: Sample, window: number, probability: number): Uint8Array {
  const rank = probability * (window - 1);
  const below = Math.floor(rank);
  const fewest = below + 2;
  const tail = new Float64Array(window);
  const exceeded = new Uint8Array(returns.length - window);
  let count = 0;
  let bound = 0;
  for (let i = 0; i < exceeded.length; i++) {
    if (count < fewest || count > 4 * fewest) {
      count = leastOf(returns, i, window, Math.min(2 * fewest, window), tail);
      bound = tail[count - 1]!;
    }
    const lower = tail[below]!;
    const entering = returns[window + i]!;
    if (entering < lower + (tail[below + 1]! - lower) * (rank - below)) exceeded[i] = 1;
    const leaving = returns[i]!;
    if (leaving <= bound) {
      let at = --count;
      for (let moved = tail[at]!; moved !== leaving;) {
        const next = tail[--at]!;
        tail[at] = moved;
        moved = next;
      }
    }
    if (entering <= bound) {
      let at = count++;
      for (; at > 0 && tail[at - 1]! > entering; at--) tail[at] = tail[at - 1]!;
      tail[at] = entering;
    }
  }
  return exceeded;
}

/** Puts at least the `count` least of a window in order at the start of `tail`, and all that are equal to the last of them; gives their number. */
function leastOf(returns: Sample, start: number, window: number, count: number, tail: Float64Array): number {
  for (let i = 0; i < window; i++) tail[i] = returns[start + i]!;
  select(tail, count - 1, 0, window - 1);
  const bound = tail[count - 1]!;
  let kept = count;
  for (let i = count; i < window; i++)
    if (tail[i] === bound) {
      tail[i] = tail[kept]!;
      tail[kept++] = bound;
    }
  tail.subarray(0, kept).sort();
  return kept;
}
