/**
 * Sixteen paths at a time, as four vectors of four: their wealth, its peak and its deepest fall. When shares are held every asset
 * keeps a value of its own; otherwise the portfolio is brought back to its weights at each step, and one return moves all of it.
 */

/** Bytes of sixteen values. */
export const chunkBytes: usize = 64;

const wealth = memory.data(64, 16);
const peak = memory.data(64, 16);
const fall = memory.data(64, 16);
/** The portfolio's return in this step; when shares are held, the values of the assets so far. */
const total = memory.data(64, 16);

let assets: i32 = 0;
let held: bool = false;
let weights: usize = 0;
let values: usize = 0;
let recordings: i32 = 0;
let recordedSteps: usize = 0;
let rowBytes: usize = 0;
let recorded: i32 = 0;

/** `weightsAt` holds a number an asset, `valuesAt` has room for 64 bytes an asset. */
export function describePortfolio(sharesHeld: bool, count: i32, weightsAt: usize, valuesAt: usize): void {
  held = sharesHeld;
  assets = count;
  weights = weightsAt;
  values = valuesAt;
}

/** At each of the given steps (ascending) wealth goes into a row of its own; one more row takes the deepest fall. */
export function describeRecord(count: i32, stepsAt: usize, bytesOfRow: usize): void {
  recordings = count;
  recordedSteps = stepsAt;
  rowBytes = bytesOfRow;
}

export function startPaths(): void {
  for (let v: usize = 0; v < chunkBytes; v += 16) {
    v128.store(wealth + v, f32x4.splat(1));
    v128.store(peak + v, f32x4.splat(1));
    v128.store(fall + v, f32x4.splat(0));
    for (let asset = 0; held && asset < assets; asset++) {
      const weight = v128.load32_splat(weights + ((<usize>asset) << 2));
      v128.store(values + ((<usize>asset) << 6) + v, weight);
    }
  }
  recorded = 0;
}

@inline
export function startStep(constant: f32): void {
  const first = f32x4.splat(constant);
  v128.store(total, first);
  v128.store(total, first, 16);
  v128.store(total, first, 32);
  v128.store(total, first, 48);
}

/**
 * Vector `v` (a byte offset) of an asset's returns, constant + slope * shock: its part of the portfolio's return, whose constants
 * were summed before and whose slopes hold the weights, or what its shares become. Nothing loses more than all of its value.
 */
@inline
export function addReturn(asset: i32, v: usize, slope: v128, constant: v128, shock: v128): void {
  let part = f32x4.mul(slope, shock);
  if (held) {
    const at = values + ((<usize>asset) << 6) + v;
    const value = v128.load(at);
    part = f32x4.add(value, f32x4.mul(value, f32x4.pmax(f32x4.add(constant, part), f32x4.splat(-1))));
    v128.store(at, part);
  }
  v128.store(total + v, f32x4.add(v128.load(total + v), part));
}

/** Ends step number `step`, from 1, and records it when it is one of those to be recorded. */
export function endStep(step: i32, out: usize): void {
  for (let v: usize = 0; v < chunkBytes; v += 16) {
    const before = v128.load(wealth + v);
    const sum = v128.load(total + v);
    const now = held ? sum : f32x4.add(before, f32x4.mul(before, f32x4.pmax(sum, f32x4.splat(-1))));
    const highest = f32x4.pmax(v128.load(peak + v), now);
    const below = f32x4.sub(f32x4.splat(1), f32x4.div(now, highest));
    v128.store(wealth + v, now);
    v128.store(peak + v, highest);
    v128.store(fall + v, f32x4.pmax(v128.load(fall + v), below));
  }
  if (recorded == recordings || load<i32>(recordedSteps + ((<usize>recorded) << 2)) != step) return;
  memory.copy(out + <usize>recorded * rowBytes, wealth, chunkBytes);
  recorded++;
}

export function endPaths(out: usize): void {
  memory.copy(out + <usize>recordings * rowBytes, fall, chunkBytes);
}
