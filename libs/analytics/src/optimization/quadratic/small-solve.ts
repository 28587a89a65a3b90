/** Solves the small symmetric positive definite system in place of its right-hand side (Cholesky); the matrix is overwritten. */
export function smallSolve(matrix: Float64Array, rhs: Float64Array): void {
  const m = rhs.length;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      let value = matrix[i * m + j]!;
      for (let k = 0; k < j; k++) value -= matrix[i * m + k]! * matrix[j * m + k]!;
      matrix[i * m + j] = i === j ? Math.sqrt(value) : value / matrix[j * m + j]!;
    }
    let value = rhs[i]!;
    for (let k = 0; k < i; k++) value -= matrix[i * m + k]! * rhs[k]!;
    rhs[i] = value / matrix[i * m + i]!;
  }
  for (let i = m - 1; i >= 0; i--) {
    rhs[i]! /= matrix[i * m + i]!;
    for (let k = 0; k < i; k++) rhs[k]! -= matrix[i * m + k]! * rhs[i]!;
  }
}
