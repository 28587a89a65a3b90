/** Numbers in order of time: a plain array or a typed one. */
export type Sample = ArrayLike<number>;

/**
 * Prices carry rounding of about 1e-16, so returns whose standard deviation is below this do not vary;
 * dividing by it would make a ratio out of rounding noise.
 */
const roundingNoise = 1e-14;

/** Whether a standard deviation (or a deviation like it) is nothing but rounding. */
export const isNegligible = (deviation: number): boolean => !(deviation > roundingNoise);

/** In four sums side by side: the additions do not wait for each other, and rounding stays small. */
function sum(values: Sample): number {
  const whole = values.length - (values.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]!;
  return a + b + (c + d);
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
    mean: centre + first / count,
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
