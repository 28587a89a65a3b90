/** Numbers in order of time: a plain array or a typed one. */
export type Sample = ArrayLike<number>;

/**
 * Prices carry rounding of about 1e-16, so returns whose standard deviation is below this do not vary;
 * dividing by it would make a ratio out of rounding noise.
 */
const roundingNoise = 1e-14;

/** Whether a standard deviation (or a deviation like it) is nothing but rounding. */
export const isNegligible = (deviation: number): boolean => !(deviation > roundingNoise);

/** Sum with Neumaier's compensation: the error does not grow with the number of terms. */
function sum(values: Sample): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  // A total loss makes the logarithm infinite, and infinity has no rounding to give back.
  return Number.isFinite(total) ? total + lost : total;
}

/** Arithmetic mean; NaN of nothing. */
export const mean = (values: Sample): number => sum(values) / values.length;

/**
 * Central moments of a sample, population form (divided by n): `second` is the biased variance. Taken about the mean in a
 * second pass, so that a tiny variance on a large mean keeps its digits.
 */
export interface Moments {
  count: number;
  mean: number;
  second: number;
  third: number;
  fourth: number;
}

export function momentsOf(values: Sample): Moments {
  const count = values.length;
  const centre = mean(values);
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < count; i++) {
    const deviation = values[i]! - centre;
    const square = deviation * deviation;
    first += deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  // What rounding left of the mean is taken out again (Chan, Golub, LeVeque 1983).
  return {
    count,
    mean: centre,
    second: (second - (first * first) / count) / count,
    third: third / count,
    fourth: fourth / count,
  };
}

/** Sample standard deviation (ddof 1); null under two values. */
export const standardDeviation = ({ count, second }: Moments): number | null =>
  count < 2 ? null : Math.sqrt((Math.max(second, 0) * count) / (count - 1));

const doesNotVary = ({ second }: Moments): boolean => isNegligible(Math.sqrt(Math.max(second, 0)));

/** Biased (population) skewness g1 = m3 / m2^1.5; null when the sample does not vary. */
export const biasedSkewness = (moments: Moments): number | null =>
  doesNotVary(moments) ? null : moments.third / moments.second ** 1.5;

/** Biased (population) excess kurtosis g2 = m4 / m2^2 - 3; null when the sample does not vary. */
export const biasedExcessKurtosis = (moments: Moments): number | null =>
  doesNotVary(moments) ? null : moments.fourth / (moments.second * moments.second) - 3;

/** Bias-corrected skewness G1, as pandas and Excel (Joanes and Gill 1998); needs three values. */
export function skewness(moments: Moments): number | null {
  const biased = biasedSkewness(moments);
  const n = moments.count;
  return biased === null || n < 3 ? null : (Math.sqrt(n * (n - 1)) / (n - 2)) * biased;
}

/** Bias-corrected excess kurtosis G2, as pandas and Excel (Joanes and Gill 1998); needs four values. */
export function excessKurtosis(moments: Moments): number | null {
  const biased = biasedExcessKurtosis(moments);
  const n = moments.count;
  return biased === null || n < 4 ? null : ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * biased + 6);
}
