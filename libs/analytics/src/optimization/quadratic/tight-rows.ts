import type { GrowingFactor } from './growing-factor';
import { smallSolve } from './small-solve';
import { dot } from './vectors';

/** A S^-1 A' of the active rows A, which the factor carries after the change that it carries first. */
export function gram({ carried, size }: GrowingFactor): Float64Array {
  const m = carried.length - 1;
  const matrix = new Float64Array(m * m);
  for (let r = 0; r < m; r++)
    for (let c = 0; c <= r; c++) matrix[r * m + c] = matrix[c * m + r] = dot(carried[r + 1]!, carried[c + 1]!, size);
  return matrix;
}

/** Takes out of h = L^-1 b what the active rows forbid (their part of `excess` is left); the multipliers that do so. */
export function withoutRows(factor: GrowingFactor, h: Float64Array, excess?: Float64Array): Float64Array {
  const { carried } = factor;
  const k = h.length;
  const dy = new Float64Array(carried.length - 1);
  for (let r = 0; r < dy.length; r++) dy[r] = dot(carried[r + 1]!, h, k) - (excess ? excess[r]! : 0);
  if (dy.length === 1) dy[0] = dy[0]! / dot(carried[1]!, carried[1]!, k);
  else smallSolve(gram(factor), dy);
  for (let r = 0; r < dy.length; r++) {
    const row = carried[r + 1]!;
    const multiplier = dy[r]!;
    for (let j = 0; j < k; j++) h[j] = h[j]! - multiplier * row[j]!;
  }
  return dy;
}
