import type { Sample } from '../statistics/moments';

export interface LeastSquares {
  coefficients: number[];
  residuals: Float64Array;
  /** Orthonormal columns that span the regressors. */
  q: readonly Float64Array[];
  /** Upper triangular, X = QR; row by row. */
  r: readonly (readonly number[])[];
}

/** A column shorter than this beside what it was, once the others are taken out of it, is their combination but for rounding. */
const rankTolerance = 1e-10;

export function dot(x: Sample, y: Sample): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!;
  return total;
}

/** Of a column, which is divided by it, so that squares neither overflow nor vanish. */
function largest(column: Sample): number {
  let most = 0;
  for (let i = 0; i < column.length; i++) most = Math.max(most, Math.abs(column[i]!));
  return most;
}

export function takeOut(from: Float64Array, factor: number, direction: Sample): void {
  for (let i = 0; i < from.length; i++) from[i]! -= factor * direction[i]!;
}

/** Solves R x = b for upper triangular R. */
export function backSubstitute(r: readonly (readonly number[])[], b: Sample): number[] {
  const x = new Array<number>(b.length).fill(0);
  for (let i = b.length - 1; i >= 0; i--) {
    let left = b[i]!;
    for (let j = i + 1; j < b.length; j++) left -= r[i]![j]! * x[j]!;
    x[i] = left / r[i]![i]!;
  }
  return x;
}

/**
 * Ordinary least squares y = X b + e by a QR factorisation: modified Gram-Schmidt, each column made orthogonal twice, which is as
 * accurate as Householder (Giraud, Langou, Rozloznik 2005), and never through X'X, whose condition is that of X squared.
 * undefined when the columns depend on each other, or there are no more rows than columns.
 */
export function leastSquares(y: Sample, columns: readonly Sample[]): LeastSquares | undefined {
  if (y.length <= columns.length) return undefined;
  const q: Float64Array[] = [];
  const r = columns.map(() => new Array<number>(columns.length).fill(0));
  for (const [j, column] of columns.entries()) {
    const scale = largest(column);
    if (!(scale > 0) || !Number.isFinite(scale)) return undefined;
    const rest = new Float64Array(column).map((each) => each / scale);
    const before = Math.sqrt(dot(rest, rest));
    const passes = [1, 2];
    for (const _pass of passes)
      q.forEach((direction, i) => {
        const along = dot(direction, rest);
        r[i]![j]! += along * scale;
        takeOut(rest, along, direction);
      });
    const length = Math.sqrt(dot(rest, rest));
    if (!(length > rankTolerance * before)) return undefined;
    r[j]![j] = length * scale;
    q.push(rest.map((each) => each / length));
  }
  const residuals = new Float64Array(y);
  const projection = q.map((direction) => {
    const along = dot(direction, residuals);
    takeOut(residuals, along, direction);
    return along;
  });
  return { coefficients: backSubstitute(r, projection), residuals, q, r };
}
