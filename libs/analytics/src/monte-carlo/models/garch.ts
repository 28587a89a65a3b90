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
const [firstStep, coarseStep, lastStep] = [0.08, 1e-3, 1e-7];
const mostNewtonSteps = 20;
const newtonEnd = 1e-10;

/**
 * GARCH(1,1) by quasi maximum likelihood with variance targeting: omega = (1 - alpha - beta) * sample variance, the first variance
 * is the sample's, alpha + beta is at most 0.999. The likelihood is climbed by coordinate steps that halve when none leads up, from several starts,
 * then to its top by Newton's method; a top at the edge of what is allowed by coordinate steps.
 */
export function fitGarch(returns: Sample): Garch {
  const { mean, second: variance } = momentsOf(returns);
  if (isNegligible(Math.sqrt(variance))) return constantOf(returns, mean);
  const squares = Float64Array.from(returns, (value) => (value - mean) ** 2);
  let best = { alpha: 0, beta: 0, loss: lossOf(squares, variance, 0, 0) };
  for (const [alpha, beta] of starts) {
    const near = climb(squares, variance, { alpha, beta, steps: [firstStep, coarseStep] });
    if (near.loss < best.loss) best = near;
  }
  const { alpha, beta } = topNear(best, squares, variance);
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

interface Start {
  alpha: number;
  beta: number;
  /** The first and the last. */
  steps: readonly [number, number];
}

function climb(squares: Float64Array, variance: number, { alpha, beta, steps }: Start) {
  let at = { alpha, beta, loss: lossOf(squares, variance, alpha, beta) };
  const directions = [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
    [1, -1],
    [-1, 1],
  ] as const;
  for (let step = steps[0]; step > steps[1];) {
    let moved = false;
    for (const [alphaStep, betaStep] of directions) {
      const next = { alpha: at.alpha + alphaStep * step, beta: at.beta + betaStep * step };
      if (!isAllowed(next)) continue;
      const loss = lossOf(squares, variance, next.alpha, next.beta);
      if (loss >= at.loss) continue;
      at = { ...next, loss };
      moved = true;
    }
    if (!moved) step /= 2;
  }
  return at;
}

const isAllowed = ({ alpha, beta }: Pick<Garch, 'alpha' | 'beta'>): boolean =>
  alpha >= 0 && beta >= 0 && alpha + beta <= mostPersistence;

function topNear(start: Pick<Garch, 'alpha' | 'beta'>, squares: Float64Array, variance: number) {
  let at = start;
  for (let step = 0; step < mostNewtonSteps; step++) {
    const { gradient, curvature } = derivativesOf(squares, variance, at);
    const determinant = curvature.aa * curvature.bb - curvature.ab ** 2;
    if (!(curvature.aa > 0 && determinant > 0)) break;
    const move = {
      alpha: (curvature.bb * gradient.a - curvature.ab * gradient.b) / determinant,
      beta: (curvature.aa * gradient.b - curvature.ab * gradient.a) / determinant,
    };
    at = { alpha: at.alpha - move.alpha, beta: at.beta - move.beta };
    if (!isAllowed(at)) break;
    if (Math.abs(move.alpha) + Math.abs(move.beta) < newtonEnd) return at;
  }
  return climb(squares, variance, { ...start, steps: [coarseStep, lastStep] });
}

/** Of `lossOf`, first and second, by the recursions that those of the variance obey (Fiorentini, Calzolari and Panattoni 1996). */
function derivativesOf(squares: Float64Array, variance: number, { alpha, beta }: Pick<Garch, 'alpha' | 'beta'>) {
  const omega = 1 - alpha - beta;
  let [h, a, b, ab, bb] = [1, 0, 0, 0, 0]; // the variance; what it changes with alpha, with beta, with both, with beta twice
  const gradient = { a: 0, b: 0 };
  const curvature = { aa: 0, ab: 0, bb: 0 };
  for (let t = 0; t < squares.length; t++) {
    const square = squares[t]! / variance;
    const slope = (1 - square / h) / h;
    const bend = (2 * (square / h) - 1) / (h * h);
    gradient.a += slope * a;
    gradient.b += slope * b;
    curvature.aa += bend * a * a;
    curvature.ab += bend * a * b + slope * ab;
    curvature.bb += bend * b * b + slope * bb;
    bb = 2 * b + beta * bb;
    ab = a + beta * ab;
    b = h - 1 + beta * b;
    a = square - 1 + beta * a;
    h = omega + alpha * square + beta * h;
  }
  return { gradient, curvature };
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
