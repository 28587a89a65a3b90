import type { AnalysisRequest, Risk } from '@stocktool/contracts';
import { biasedExcessKurtosis, isNegligible, momentsOf, standardDeviation, type Sample } from '../statistics/moments';
import { OrderStatistics } from '../statistics/order-statistics';
import type { ReturnSample } from '../statistics/return-sample';
import { seededUniform, StratifiedRandom } from '../statistics/seeded-random';
import { historicalExpectedLoss, historicalValueAtRisk, type Ordered } from './value-at-risk';

type Simulated = Risk['var']['monteCarlo'];

/** Which model draws the returns of one period, and from which seed: those of the request's Monte Carlo part. */
export type Simulation = Pick<NonNullable<AnalysisRequest['monteCarlo']>, 'model' | 'seed'>;

export const usualSimulation: Simulation = { model: 'gbm', seed: 42 };

const draws = 10_000;
/** Of RiskMetrics (1996) for daily returns. */
const decay = 0.94;

/**
 * Value at risk and expected tail loss of one period from 10 000 simulated returns of a series. The same seed gives the same numbers, and all
 * series of a request share their random numbers, so that what differs between them are their returns.
 * gbm: log-normal with the mean and variance of the returns. studentT: scaled t with degrees of freedom 4 + 6 / excess kurtosis (normal where that
 * is not positive). bootstrap: the returns themselves, drawn again. filteredHistorical: returns divided by their EWMA deviation (decay 0.94), drawn
 * again and multiplied by that of the next period.
 */
export function simulatedValueAtRisk(
  sample: ReturnSample,
  { model, seed }: Simulation,
): { var: Simulated; cvar: Simulated } {
  const deviation = standardDeviation(sample.moments);
  if (deviation === null || isNegligible(deviation)) {
    const unavailable = { code: 'no-variation', reason: 'The returns do not vary: there is nothing to simulate.' };
    return { var: { unavailable }, cvar: { unavailable } };
  }
  const simulated = models[model](sample, deviation, seed);
  return {
    var: { '0.95': historicalValueAtRisk(simulated, 0.95), '0.99': historicalValueAtRisk(simulated, 0.99) },
    cvar: { '0.95': historicalExpectedLoss(simulated, 0.95), '0.99': historicalExpectedLoss(simulated, 0.99) },
  };
}

type Model = (sample: ReturnSample, deviation: number, seed: number) => Ordered;

const models: Record<Simulation['model'], Model> = {
  gbm: ({ moments }, deviation, seed) => {
    const variance = Math.log1p((deviation / (1 + moments.mean)) ** 2);
    const centre = Math.log1p(moments.mean) - variance / 2;
    const random = stratifiedOf(seed);
    return leastOf((stratum) => Math.expm1(centre + Math.sqrt(variance) * random.normal(stratum)));
  },
  studentT: (sample, deviation, seed) => {
    const excess = biasedExcessKurtosis(sample.moments) ?? 0;
    // Beyond a million degrees of freedom it is the normal distribution to every digit that matters.
    const freedom = excess > 6e-6 ? 4 + 6 / excess : 1e6;
    const scale = deviation * Math.sqrt((freedom - 2) / freedom);
    const simulated = studentDraws(seed, freedom).map((t) => sample.moments.mean + scale * t);
    return new OrderStatistics(simulated, momentsOf(simulated));
  },
  bootstrap: ({ order }, _, seed) => {
    const { uniforms } = stratifiedOf(seed);
    return leastOf((stratum) => order.at(Math.floor(uniforms[stratum]! * order.length)));
  },
  filteredHistorical: ({ returns, moments }, deviation, seed) => {
    const { filtered, next } = filter(returns, moments.mean, deviation);
    const order = new OrderStatistics(filtered, momentsOf(filtered));
    const { uniforms } = stratifiedOf(seed);
    return leastOf((stratum) => moments.mean + next * order.at(Math.floor(uniforms[stratum]! * order.length)));
  },
};

/** Simulated returns of ascending strata; only the least are ever made. */
const leastOf = (at: (stratum: number) => number): Ordered => ({
  length: draws,
  at,
  sumOfLeast: (count) => {
    let sum = 0;
    for (let stratum = 0; stratum < count; stratum++) sum += at(stratum);
    return sum;
  },
});

let lastStratified: StratifiedRandom | undefined;

/** The random numbers of the last seed are kept, for every series of a request asks for the same. */
function stratifiedOf(seed: number): StratifiedRandom {
  if (lastStratified?.seed !== seed) lastStratified = new StratifiedRandom(seed, draws);
  return lastStratified;
}

/** Student's t by Bailey's polar method (1994): sqrt(f (u^(-2/f) - 1)) cos(2 pi w). */
function studentDraws(seed: number, freedom: number): Float64Array {
  const uniform = seededUniform(seed);
  return Float64Array.from({ length: draws }, () => {
    const radius = Math.sqrt(freedom * Math.expm1((-2 / freedom) * Math.log(1 - uniform())));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
}

/** Returns less their mean, each divided by the deviation that was expected of it, and the deviation expected of the next. */
function filter(returns: Sample, mean: number, deviation: number): { filtered: Float64Array; next: number } {
  const filtered = new Float64Array(returns.length);
  let variance = deviation * deviation;
  for (let i = 0; i < filtered.length; i++) {
    const surprise = returns[i]! - mean;
    filtered[i] = surprise / Math.sqrt(variance);
    variance = Math.max(decay * variance + (1 - decay) * surprise * surprise, Number.MIN_VALUE);
  }
  return { filtered, next: Math.sqrt(variance) };
}
