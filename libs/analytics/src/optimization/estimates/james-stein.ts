/**
 * Means shrunk towards their average by (trace - 2 largest eigenvalue of S) / |mean - average|^2 / T, held within [0, 1]
 * (James and Stein 1961 in the form of Feng and Palomar 2016, "A signal processing perspective on financial engineering", 3.2).
 */
export function jamesSteinMean(mean: Float64Array, covariance: Float64Array, count: number): Float64Array {
  const n = mean.length;
  const average = mean.reduce((total, each) => total + each, 0) / n;
  const distance = mean.reduce((total, each) => total + (each - average) ** 2, 0);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += covariance[i * n + i]!;
  const share = (trace - 2 * largestEigenvalue(covariance, n)) / distance / count;
  const shrinkage = distance === 0 ? 1 : Math.max(0, Math.min(1, share));
  return mean.map((each) => (1 - shrinkage) * each + shrinkage * average);
}

/** By the power method: the Rayleigh quotient converges with the square of the ratio of the two largest. */
function largestEigenvalue(matrix: Float64Array, n: number): number {
  let vector = new Float64Array(n).map((_, i) => 1 + i / (7 * n));
  let value = 0;
  for (let step = 0; step < 20_000; step++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) next[i]! += matrix[i * n + j]! * vector[j]!;
    const length = Math.hypot(...next);
    if (length === 0) return 0;
    const norm = vector.reduce((total, each) => total + each * each, 0);
    const found = next.reduce((total, each, i) => total + each * vector[i]!, 0) / norm;
    vector = next.map((each) => each / length);
    if (Math.abs(found - value) <= 1e-15 * Math.abs(found)) return found;
    value = found;
  }
  return value;
}
