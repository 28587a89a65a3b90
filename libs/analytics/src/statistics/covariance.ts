import { mean, type Sample } from './moments';

/** Sample covariance (ddof 1), about the means; null under two values. */
export const covariance = (x: Sample, y: Sample): number | null => jointMoments(x, mean(x), y, mean(y)).covariance;

/**
 * Covariance of two series and the standard deviation of their difference, both about the means and with ddof 1; null under two values.
 * `scaleY` multiplies the second series.
 */
export function jointMoments(
  x: Sample,
  meanX: number,
  y: Sample,
  meanY: number,
  scaleY = 1,
): { covariance: number | null; deviationOfDifference: number | null } {
  let products = 0;
  let squares = 0;
  let first = 0;
  for (let i = 0; i < x.length; i++) {
    const fromX = x[i]! - meanX;
    const fromY = (y[i]! - meanY) * scaleY;
    const apart = fromX - fromY;
    products += fromX * fromY;
    squares += apart * apart;
    first += apart;
  }
  const freedom = x.length - 1;
  if (freedom < 1) return { covariance: null, deviationOfDifference: null };
  const variance = Math.max(squares - (first * first) / x.length, 0) / freedom;
  return { covariance: products / freedom, deviationOfDifference: Math.sqrt(variance) };
}
