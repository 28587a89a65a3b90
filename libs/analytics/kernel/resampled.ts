import { addReturn, chunkBytes, endPaths, endStep, startPaths, startStep } from './paths';
import { randomBits } from './random';

/** The byte offset of the row that each of sixteen paths reads. */
const positions = memory.data(64, 16);

let assets: i32 = 0;
let rows: u32 = 0;
let table: usize = 0;
let blockLength: i32 = 0;
let volatility: usize = 0;
let variances: usize = 0;

/** `tableAt`: `rowCount` days of `count` values, in blocks of `length` days that may run over the end to the beginning. */
export function describeHistory(count: i32, rowCount: i32, tableAt: usize, length: i32): void {
  assets = count;
  rows = rowCount;
  table = tableAt;
  blockLength = length;
}

/**
 * With `volatilityAt` the values are residuals of unit variance: an asset returns mean + sqrt(h) * residual, and
 * h becomes omega + alpha * (return - mean)^2 + beta * h. Five numbers an asset: mean, omega, alpha, beta, first h;
 * `variancesAt` has room for 64 bytes an asset. Without (0) the values are the returns.
 */
export function describeVolatility(volatilityAt: usize, variancesAt: usize): void {
  volatility = volatilityAt;
  variances = variancesAt;
}

/** Simulates `chunks` times sixteen paths. */
export function simulateResampled(steps: i32, chunks: i32, out: usize): void {
  for (let chunk = 0; chunk < chunks; chunk++) {
    startPaths();
    if (volatility) startVariances();
    let left = 0;
    for (let step = 1; step <= steps; step++) {
      if (left == 0) {
        drawPositions();
        left = blockLength;
      } else {
        advance();
      }
      left--;
      startStep(0);
      for (let asset = 0; asset < assets; asset++) {
        for (let v: usize = 0; v < chunkBytes; v += 16) {
          const value = valuesAt(asset, v);
          const moved = volatility ? filtered(asset, v, value) : value;
          addReturn(asset, v, f32x4.splat(1), f32x4.splat(0), moved);
        }
      }
      endStep(step, out);
    }
    endPaths(out);
    out += chunkBytes;
  }
}

function startVariances(): void {
  for (let asset = 0; asset < assets; asset++) {
    const first = v128.load32_splat(volatility + <usize>asset * 20, 16);
    for (let v: usize = 0; v < chunkBytes; v += 16) v128.store(variances + ((<usize>asset) << 6) + v, first);
  }
}

/** A random day for each path: 32 random bits times the number of days, the upper half of the product. */
function drawPositions(): void {
  const rowBytes = <u32>assets << 2;
  for (let v: usize = 0; v < chunkBytes; v += 16) {
    v128.store(positions + v, randomBits());
    for (let at = positions + v; at < positions + v + 16; at += 4) {
      const day = <u32>((<u64>load<u32>(at) * <u64>rows) >> 32);
      store<u32>(at, day * rowBytes);
    }
  }
}

function advance(): void {
  const rowBytes = <u32>assets << 2;
  const end = rowBytes * rows;
  for (let at = positions; at < positions + chunkBytes; at += 4) {
    const next = load<u32>(at) + rowBytes;
    store<u32>(at, next == end ? 0 : next);
  }
}

@inline
function valuesAt(asset: i32, v: usize): v128 {
  const column = table + ((<usize>asset) << 2);
  const at = positions + v;
  let value = v128.load32_zero(column + load<u32>(at));
  value = v128.load_lane<f32>(column + load<u32>(at, 4), value, 1);
  value = v128.load_lane<f32>(column + load<u32>(at, 8), value, 2);
  return v128.load_lane<f32>(column + load<u32>(at, 12), value, 3);
}

@inline
function filtered(asset: i32, v: usize, residual: v128): v128 {
  const parameters = volatility + <usize>asset * 20;
  const at = variances + ((<usize>asset) << 6) + v;
  const variance = v128.load(at);
  const surprise = f32x4.mul(f32x4.sqrt(variance), residual);
  const fromSurprise = f32x4.mul(v128.load32_splat(parameters, 8), f32x4.mul(surprise, surprise));
  const kept = f32x4.mul(v128.load32_splat(parameters, 12), variance);
  v128.store(at, f32x4.add(v128.load32_splat(parameters, 4), f32x4.add(fromSurprise, kept)));
  return f32x4.add(v128.load32_splat(parameters), surprise);
}
