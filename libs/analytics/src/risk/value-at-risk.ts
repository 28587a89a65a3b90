import { biasedExcessKurtosis, biasedSkewness, standardDeviation } from '../statistics/moments';
import { normalDensity, normalQuantile } from '../statistics/normal-distribution';
import { quantile } from '../statistics/quantile';
import type { ReturnSample } from '../statistics/return-sample';

/** 1 - confidence without its binary dust, so that 0.9 of 11 returns means exactly the second worst. */
function tailOf(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not in (0, 1)`);
  return Number((1 - confidence).toPrecision(12));
}

export interface ValueAtRisk {
  historical: number | null;
  parametric: number | null;
  cornishFisher: number | null;
}

/**
 * Value at risk over one period: the loss exceeded with probability 1 - confidence. Losses are positive, and it is negative
 * when even that day gained.
 * historical: minus the quantile of the returns, type 7. parametric: -(mean + z s), z the normal quantile, s with ddof 1.
 * cornishFisher: z corrected for biased skewness S and excess kurtosis K,
 * z + (z^2-1)S/6 + (z^3-3z)K/24 - (2z^3-5z)S^2/36 (Cornish and Fisher 1938).
 */
export function valueAtRisk({ sorted, moments }: ReturnSample, confidence: number): ValueAtRisk {
  const tail = tailOf(confidence);
  const deviation = standardDeviation(moments);
  const z = normalQuantile(tail);
  const S = biasedSkewness(moments);
  const K = biasedExcessKurtosis(moments);
  const corrected =
    S === null || K === null
      ? null
      : z + ((z ** 2 - 1) * S) / 6 + ((z ** 3 - 3 * z) * K) / 24 - ((2 * z ** 3 - 5 * z) * S ** 2) / 36;
  return {
    historical: sorted.length === 0 ? null : -quantile(sorted, tail),
    parametric: deviation === null ? null : -(moments.mean + z * deviation),
    cornishFisher: deviation === null || corrected === null ? null : -(moments.mean + corrected * deviation),
  };
}

/**
 * Expected loss in the tail beyond the value at risk, over one period, losses positive.
 * historical: minus the mean of the k = floor((n-1)(1-confidence)) + 1 worst returns; a fixed k keeps it sub-additive, also with ties.
 * parametric: the closed form for the normal distribution, -(mean - s density(z) / (1 - confidence)), s with ddof 1.
 */
export function conditionalValueAtRisk(
  { sorted, moments }: ReturnSample,
  confidence: number,
): Omit<ValueAtRisk, 'cornishFisher'> {
  const tail = tailOf(confidence);
  const worst = Math.floor((sorted.length - 1) * tail + 1e-9) + 1;
  const deviation = standardDeviation(moments);
  let loss = 0;
  for (let i = 0; i < worst && i < sorted.length; i++) loss -= sorted[i]!;
  return {
    historical: sorted.length === 0 ? null : loss / worst,
    parametric: deviation === null ? null : -moments.mean + (deviation * normalDensity(normalQuantile(tail))) / tail,
  };
}
