import { biasedExcessKurtosis, biasedSkewness, standardDeviation } from '../statistics/moments';
import { normalDensity, normalQuantile } from '../statistics/normal-distribution';
import { quantile } from '../statistics/quantile';
import type { ReturnSample } from '../statistics/return-sample';

/** 1 - confidence without its binary dust, so that 0.9 of 11 returns means exactly the second worst. */
function tailOf(confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`confidence ${confidence} is not in (0, 1)`);
  return Math.round((1 - confidence) * 1e12) / 1e12;
}

/** The same few tails are asked for again and again. */
const knownQuantiles = new Map([0.05, 0.01].map((tail) => [tail, normalQuantile(tail)]));
const normalQuantileOf = (tail: number): number => knownQuantiles.get(tail) ?? normalQuantile(tail);

/** Returns in ascending order, asked for by rank. */
export interface Ordered {
  readonly length: number;
  at: (rank: number) => number;
  sumOfLeast: (count: number) => number;
}

/** Minus the quantile of the returns, type 7; null of none. */
export const historicalValueAtRisk = (order: Ordered, confidence: number): number | null =>
  order.length === 0 ? null : -quantile(order, tailOf(confidence));

/** Minus the mean of the k = floor((n-1)(1-confidence)) + 1 worst returns; a fixed k keeps it sub-additive, also with ties. Null of none. */
export function historicalExpectedLoss(order: Ordered, confidence: number): number | null {
  const worst = Math.floor((order.length - 1) * tailOf(confidence) + 1e-9) + 1;
  return order.length === 0 ? null : -order.sumOfLeast(worst) / worst;
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
export function valueAtRisk({ order, moments }: ReturnSample, confidence: number): ValueAtRisk {
  const tail = tailOf(confidence);
  const deviation = standardDeviation(moments);
  const z = normalQuantileOf(tail);
  const S = biasedSkewness(moments);
  const K = biasedExcessKurtosis(moments);
  const corrected =
    S === null || K === null
      ? null
      : z + ((z ** 2 - 1) * S) / 6 + ((z ** 3 - 3 * z) * K) / 24 - ((2 * z ** 3 - 5 * z) * S ** 2) / 36;
  return {
    historical: historicalValueAtRisk(order, confidence),
    parametric: deviation === null ? null : -(moments.mean + z * deviation),
    cornishFisher: deviation === null || corrected === null ? null : -(moments.mean + corrected * deviation),
  };
}

/**
 * Expected loss in the tail beyond the value at risk, over one period, losses positive.
 * historical: `historicalExpectedLoss`.
 * parametric: the closed form for the normal distribution, -(mean - s density(z) / (1 - confidence)), s with ddof 1.
 */
export function conditionalValueAtRisk(
  { order, moments }: ReturnSample,
  confidence: number,
): Omit<ValueAtRisk, 'cornishFisher'> {
  const tail = tailOf(confidence);
  const deviation = standardDeviation(moments);
  return {
    historical: historicalExpectedLoss(order, confidence),
    parametric: deviation === null ? null : -moments.mean + (deviation * normalDensity(normalQuantileOf(tail))) / tail,
  };
}
