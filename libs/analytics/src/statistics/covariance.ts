import { mean, type Sample } from './moments';

/** Sample covariance (ddof 1), about the means; null under two values. */
export function covariance(x: Sample, y: Sample): number | null {
  if (x.length < 2) return null;
  const [meanX, meanY] = [mean(x), mean(y)];
  let total = 0;
  for (let i = 0; i < x.length; i++) total += (x[i]! - meanX) * (y[i]! - meanY);
  return total / (x.length - 1);
}
