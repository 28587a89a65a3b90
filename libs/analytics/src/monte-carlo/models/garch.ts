import { isNegligible, momentsOf, type Sample } from '../../statistics/moments';

/** h(t+1) = omega + alpha * surprise(t)^2 + beta * h(t), per period (Bollerslev 1986). */
export interface Garch {
  readonly mean: number;
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  /** Of the period after the last observation. */
  readonly nextVariance: number;
  /** Surprises over the root of their variance, brought to mean 0 and variance 1. */
  readonly residuals: Float64Array;
}

const mostPersistence = 0.999;
const starts = [
  [0.03, 0.96],
  [0.08, 0.88],
  [0.15, 0.7],
] as const;
const [firstStep, lastStep] = [0.08, 1e-5];

/**
 * GARCH(1,1) by quasi maximum likelihood with variance targeting: omega = (1 - alpha - beta) * sample variance, the first variance
 * is the sample's, alpha + beta is at most 0.999. The likelihood is climbed by coordinate steps that halve when none leads up.
 */
export function fitGarch(returns: Sample): Garch {
  const { mean, second: variance } = momentsOf(returns);
  if (isNegligible(Math.sqrt(variance))) return constantOf(returns, mean);
  const squares = Float64Array.from(returns, (value) => (value - mean) ** 2);
  let best = { alpha: 0, beta: 0, loss: lossOf(squares, variance, 0, 0) };
  for (const [alpha, beta] of starts) {
    const top = climb(squares, variance, alpha, beta);
    if (top.loss < best.loss) best = top;
  }
  const { alpha, beta } = best;
  const omega = (1 - alpha - beta) * variance;
  let current = variance;
  const residuals = Float64Array.from(returns, (value, t) => {
    const residual = (value - mean) / Math.sqrt(current);
    current = omega + alpha * squares[t]! + beta * current;
    return residual;
  });
  const raw = momentsOf(residuals);
  const deviation = Math.sqrt(raw.second);
  return {
    ...{ mean, omega, alpha, beta, nextVariance: current },
    residuals: residuals.map((value) => (value - raw.mean) / deviation),
  };
}

/** What never moves has no volatility to follow. */
const constantOf = (returns: Sample, mean: number): Garch => ({
  ...{ mean, omega: 0, alpha: 0, beta: 0, nextVariance: 0 },
  residuals: new Float64Array(returns.length),
});

function climb(squares: Float64Array, variance: number, alpha: number, beta: number) {
  let at = { alpha, beta, loss: lossOf(squares, variance, alpha, beta) };
  const directions = [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
    [1, -1],
    [-1, 1],
  ] as const;
  for (let step = firstStep; step > lastStep;) {
    let moved = false;
    for (const [alphaStep, betaStep] of directions) {
      const next = { alpha: at.alpha + alphaStep * step, beta: at.beta + betaStep * step };
      if (next.alpha < 0 || next.beta < 0 || next.alpha + next.beta > mostPersistence) continue;
      const loss = lossOf(squares, variance, next.alpha, next.beta);
      if (loss >= at.loss) continue;
      at = { ...next, loss };
      moved = true;
    }
    if (!moved) step /= 2;
  }
  return at;
}

/** Sum of ln h + surprise^2 / h, with h in units of the sample variance: minus twice the log-likelihood, but for a constant. */
function lossOf(squares: Float64Array, variance: number, alpha: number, beta: number): number {
  const omega = 1 - alpha - beta;
  let current = 1;
  let product = 1;
  let total = 0;
  for (let t = 0; t < squares.length; t++) {
    const square = squares[t]! / variance;
    product *= current;
    total += square / current;
    current = omega + alpha * square + beta * current;
    // One logarithm for many factors, before their product leaves the range of numbers.
    if (product > 1e100 || product < 1e-100) {
      total += Math.log(product);
      product = 1;
    }
  }
  return total + Math.log(product);
}
