import { crossProducts } from './sample-moments';

/** The mean variance on the diagonal, nothing beside it. */
export function scaledIdentity(covariance: Float64Array, n: number): Float64Array {
  const level = traceOf(covariance, n) / n;
  return covariance.map((_, at) => (at % (n + 1) === 0 ? level : 0));
}

function traceOf(matrix: Float64Array, n: number): number {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += matrix[i * n + i]!;
  return trace;
}

const squaresOf = (matrix: Float64Array): number => matrix.reduce((total, each) => total + each * each, 0);

/**
 * Share of the identity (Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices"; S over T):
 * min(b, d) / d with d = |S - mu I|^2 and b the mean of |x_t x_t' - S|^2 over T.
 */
export function ledoitWolfShrinkage(deviations: readonly Float64Array[]): number {
  const n = deviations.length;
  const count = deviations[0]?.length ?? 0;
  if (n < 2) return 0;
  const covariance = crossProducts(deviations).map((each) => each / count);
  const fourth = crossProducts(deviations.map((each) => each.map((value) => value * value)));
  const squares = squaresOf(covariance);
  const distance = squares - traceOf(covariance, n) ** 2 / n;
  const spread = (fourth.reduce((total, each) => total + each, 0) / count - squares) / count;
  return spread <= 0 ? 0 : Math.min(spread, distance) / distance;
}

/** Share of the identity by oracle approximation (Chen, Wiesel, Eldar and Hero 2010, equation 23, without its terms in 2 / n; S over T). */
export function oracleApproximatingShrinkage(covariance: Float64Array, n: number, count: number): number {
  if (n < 2) return 0;
  const alpha = squaresOf(covariance) / (n * n);
  const level = (traceOf(covariance, n) / n) ** 2;
  const spread = (count + 1) * (alpha - level / n);
  return spread === 0 ? 1 : Math.min((alpha + level) / spread, 1);
}
