/** Adds factor_j * row_j of a matrix for the rows named; four at a time, so that each sum is loaded and stored once for the four. */
export function addRows(
  matrix: Float64Array,
  n: number,
  which: Int32Array,
  factors: Float64Array,
  into: Float64Array,
): void {
  let j = 0;
  for (; j + 3 < factors.length; j += 4) {
    const a = which[j]! * n;
    const b = which[j + 1]! * n;
    const c = which[j + 2]! * n;
    const d = which[j + 3]! * n;
    const fa = factors[j]!;
    const fb = factors[j + 1]!;
    const fc = factors[j + 2]!;
    const fd = factors[j + 3]!;
    for (let i = 0; i < n; i++)
      into[i] = into[i]! + fa * matrix[a + i]! + fb * matrix[b + i]! + (fc * matrix[c + i]! + fd * matrix[d + i]!);
  }
  for (; j < factors.length; j++) {
    const at = which[j]! * n;
    const factor = factors[j]!;
    for (let i = 0; i < n; i++) into[i] = into[i]! + factor * matrix[at + i]!;
  }
}

export function dot(a: Float64Array, b: Float64Array, length: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  return i < length ? even + a[i]! * b[i]! + odd : even + odd;
}

export function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > most) most = size;
  }
  return most;
}

/** Whether the last row of a matrix of inner products is no combination of those before it. */
export function lastIsIndependent(gram: Float64Array, m: number): boolean {
  const last = m - 1;
  const factor = gram.slice();
  let rest = 0;
  for (let i = 0; i < m; i++)
    for (let j = 0; j <= i; j++) {
      let value = factor[i * m + j]!;
      for (let k = 0; k < j; k++) value -= factor[i * m + k]! * factor[j * m + k]!;
      factor[i * m + j] = i === j ? Math.sqrt(Math.max(value, 0)) : value / factor[j * m + j]!;
      if (i === last && j === last) rest = value;
    }
  return rest > 1e-10 * gram[last * m + last]!;
}
