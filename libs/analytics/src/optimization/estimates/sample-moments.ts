import { mean } from '../../statistics/moments';

/** Means and covariances of one period; matrices are row-major. */
export interface SampleMoments {
  readonly count: number;
  readonly mean: Float64Array;
  /** ddof 1. */
  readonly covariance: Float64Array;
}

/** Each series less its mean. */
export const deviationsOf = (returns: readonly Float64Array[]): Float64Array[] =>
  returns.map((each) => {
    const centre = mean(each);
    return each.map((value) => value - centre);
  });

/** Sample covariance: sum of products of deviations from the means, over T - 1. */
export function sampleMoments(returns: readonly Float64Array[], deviations = deviationsOf(returns)): SampleMoments {
  const count = returns[0]?.length ?? 0;
  const covariance = crossProducts(deviations).map((each) => each / (count - 1));
  return { count, mean: Float64Array.from(returns, mean), covariance };
}

/** The matrix of sums of x_i x_j over time. */
export function crossProducts(series: readonly Float64Array[]): Float64Array {
  const n = series.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = dot(series[i]!, series[j]!);
  return matrix;
}

/** Four independent sums: the additions do not wait for each other, and rounding stays small. */
function dot(x: Float64Array, y: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = x.length - (x.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += x[i]! * y[i]!;
    b += x[i + 1]! * y[i + 1]!;
    c += x[i + 2]! * y[i + 2]!;
    d += x[i + 3]! * y[i + 3]!;
  }
  for (let i = whole; i < x.length; i++) a += x[i]! * y[i]!;
  return a + b + (c + d);
}
