import { crossProducts } from './sample-moments';

/** Target of Ledoit and Wolf (2004, "Honey, I shrunk the sample covariance matrix"): own variances, the mean correlation everywhere. */
export function constantCorrelation(sample: Float64Array, n: number): Float64Array {
  const deviation = deviationsIn(sample, n);
  const average = averageCorrelation(sample, deviation);
  return sample.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? value : average * deviation[i]! * deviation[j]!;
  });
}

const deviationsIn = (covariance: Float64Array, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.sqrt(covariance[i * n + i]!));

function averageCorrelation(sample: Float64Array, deviation: Float64Array): number {
  const n = deviation.length;
  let total = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) total += sample[i * n + j]! / (deviation[i]! * deviation[j]!);
  return n > 1 ? (2 * total) / (n * (n - 1)) : 0;
}

/**
 * Share of that target, (pi - rho) / gamma / T held within [0, 1] (their appendices A and B; S with ddof 1, moments over T, as
 * PyPortfolioOpt has it): pi the variance of the sample covariances, rho their covariance with the target, gamma its distance.
 */
export function constantCorrelationShrinkage(deviations: readonly Float64Array[], sample: Float64Array): number {
  const n = deviations.length;
  const count = deviations[0]?.length ?? 0;
  const products = crossProducts(deviations);
  const fourth = crossProducts(deviations.map((each) => each.map((value) => value * value)));
  const cubes = deviations.map((each) => each.map((value) => value * value * value));
  const deviation = deviationsIn(sample, n);
  const average = averageCorrelation(sample, deviation);
  const target = constantCorrelation(sample, n);
  let pi = 0;
  let rho = 0;
  let gamma = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const at = i * n + j;
      const s = sample[at]!;
      const moment = products[at]! / count;
      const spread = fourth[at]! / count - 2 * moment * s + s * s;
      pi += spread;
      gamma += (s - target[at]!) ** 2;
      const variance = sample[i * n + i]!;
      const third = dot(cubes[i]!, deviations[j]!) / count;
      const theta = third - (products[i * n + i]! / count) * s - moment * variance + variance * s;
      rho += i === j ? spread : (average * deviation[j]! * theta) / deviation[i]!;
    }
  return gamma === 0 ? 0 : Math.max(0, Math.min(1, (pi - rho) / gamma / count));
}

function dot(x: Float64Array, y: Float64Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!;
  return total;
}
