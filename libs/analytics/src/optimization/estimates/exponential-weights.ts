/** Spans of the weights: two thirds of a year for covariances, two years for means, which need more data. */
export const covarianceSpan = 180;
export const returnSpan = 500;

/** Decay per period of a span, 1 - 2 / (span + 1): the centre of gravity is that of a plain mean over `span` periods. */
export const decayOf = (span: number): number => 1 - 2 / (span + 1);

/** Weights decay^age, age 0 for the last period; they sum to 1. */
function exponentialWeights(count: number, span: number): Float64Array {
  const decay = decayOf(span);
  const weights = new Float64Array(count);
  let total = 0;
  for (let i = count - 1, weight = 1; i >= 0; i--, weight *= decay) {
    weights[i] = weight;
    total += weight;
  }
  return weights.map((weight) => weight / total);
}

/** Covariance whose products of deviations from the plain means have exponential weights, as PyPortfolioOpt's `exp_cov`. */
export function exponentialCovariance(deviations: readonly Float64Array[]): Float64Array {
  const n = deviations.length;
  const weights = exponentialWeights(deviations[0]?.length ?? 0, covarianceSpan);
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const weighted = deviations[i]!.map((value, t) => value * weights[t]!);
    for (let j = 0; j <= i; j++) {
      const other = deviations[j]!;
      let total = 0;
      for (let t = 0; t < weighted.length; t++) total += weighted[t]! * other[t]!;
      matrix[i * n + j] = matrix[j * n + i] = total;
    }
  }
  return matrix;
}

/** Mean with exponential weights, as PyPortfolioOpt's `ema_historical_return` without compounding. */
export function exponentialMean(returns: Float64Array): number {
  const weights = exponentialWeights(returns.length, returnSpan);
  return returns.reduce((total, value, t) => total + weights[t]! * value, 0);
}
