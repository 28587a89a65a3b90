/** A square row-major matrix times x; zeros of x are skipped. */
export function times(matrix: Float64Array, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  const product = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    const factor = x[j]!;
    if (factor !== 0) for (let i = 0; i < n; i++) product[i]! += factor * matrix[j * n + i]!;
  }
  return product;
}

export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** x'Sx of a symmetric matrix; zeros of x are skipped. */
export function quadraticForm(matrix: Float64Array, x: ArrayLike<number>): number {
  const n = x.length;
  const held = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) if (x[i] !== 0) held[count++] = i;
  let total = 0;
  for (let a = 0; a < count; a++) {
    const row = held[a]! * n;
    let beside = 0;
    for (let b = 0; b < a; b++) beside += matrix[row + held[b]!]! * x[held[b]!]!;
    const value = x[held[a]!]!;
    total += value * (2 * beside + value * matrix[row + held[a]!]!);
  }
  return total;
}

/** Square roots of the diagonal. */
export const volatilitiesOf = (covariance: Float64Array): Float64Array => {
  const n = Math.round(Math.sqrt(covariance.length));
  return Float64Array.from({ length: n }, (_, i) => Math.sqrt(covariance[i * n + i]!));
};

/** Smallest pivot of the correlation matrix by Cholesky: what of an asset the ones before it leave unexplained. At most 0 when singular. */
export function smallestPivot(covariance: Float64Array): number {
  const deviation = volatilitiesOf(covariance);
  const n = deviation.length;
  const factor = new Float64Array(n * n);
  let least = 1;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let value = covariance[i * n + j]! / (deviation[i]! * deviation[j]!);
      for (let k = 0; k < j; k++) value -= factor[i * n + k]! * factor[j * n + k]!;
      if (i !== j) factor[i * n + j] = value / factor[j * n + j]!;
      else {
        if (!(value > 0)) return 0;
        least = Math.min(least, value);
        factor[i * n + i] = Math.sqrt(value);
      }
    }
  }
  return least;
}
