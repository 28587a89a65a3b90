import type { OptimizationRequest } from '@stocktool/contracts';
import { blackLitterman, equilibriumReturns, viewVariance, type WeighedView } from './black-litterman';
import { constantCorrelation, constantCorrelationShrinkage } from './constant-correlation';
import { exponentialCovariance, exponentialMean } from './exponential-weights';
import { ledoitWolfShrinkage, oracleApproximatingShrinkage, scaledIdentity } from './identity-shrinkage';
import { jamesSteinMean } from './james-stein';
import { deviationsOf, sampleMoments, type SampleMoments } from './sample-moments';

/** What is expected of the assets in a year. */
export interface Estimates {
  readonly expected: Float64Array;
  readonly covariance: Float64Array;
}

/** From which the estimates are made; of one period. The benchmark is the last of `sample`. */
export interface EstimationBasis {
  readonly sample: SampleMoments;
  readonly exponentialMean?: Float64Array;
  readonly exponentialCovariance?: Float64Array;
}

export interface EstimationSettings {
  readonly covariance: OptimizationRequest['covariance'];
  readonly expectedReturns: OptimizationRequest['expectedReturns'];
  readonly periodsPerYear: number;
  /** Annual, simple: the rate per period times the periods. */
  readonly riskFreeRate: number;
  /** Weights of the target in a shrunk covariance; 0 for the others. */
  readonly shrinkage: number;
  /** Held now: the equilibrium of Black and Litterman. */
  readonly held: readonly number[];
  readonly views: readonly { portfolio: Float64Array; return: number; confidence: number | undefined }[];
  readonly tau: number;
  readonly delta: number;
}

/** What the estimators need of the returns (the benchmark's last). */
export function basisOf(
  series: readonly Float64Array[],
  { covariance, expectedReturns }: Pick<EstimationSettings, 'covariance' | 'expectedReturns'>,
): EstimationBasis {
  const deviations = deviationsOf(series);
  return {
    sample: sampleMoments(series, deviations),
    ...(expectedReturns === 'exponential' && {
      exponentialMean: Float64Array.from(series.slice(0, -1), exponentialMean),
    }),
    ...(covariance === 'exponential' && { exponentialCovariance: exponentialCovariance(deviations.slice(0, -1)) }),
  };
}

/** How much of the target the estimator mixes in, from the returns of the assets. */
export function shrinkageOf(kind: EstimationSettings['covariance'], returns: readonly Float64Array[]): number {
  if (kind === 'sample' || kind === 'exponential' || returns.length < 2) return 0;
  const deviations = deviationsOf(returns);
  if (kind === 'ledoitWolfIdentity') return ledoitWolfShrinkage(deviations);
  const { covariance, count } = sampleMoments(returns, deviations);
  if (kind === 'ledoitWolf') return constantCorrelationShrinkage(deviations, covariance);
  const biased = covariance.map((each) => (each * (count - 1)) / count);
  return oracleApproximatingShrinkage(biased, returns.length, count);
}

/** Annual estimates. Undefined when certain views contradict each other. */
export function estimatesFrom(basis: EstimationBasis, settings: EstimationSettings): Estimates | undefined {
  const { periodsPerYear, expectedReturns, tau, held } = settings;
  const covariance = covarianceFrom(basis, settings).map((each) => each * periodsPerYear);
  if (expectedReturns !== 'blackLitterman') {
    return { expected: meanFrom(basis, settings), covariance };
  }
  const prior = { mean: equilibriumReturns(covariance, held, settings), covariance };
  const views: WeighedView[] = [];
  for (const { portfolio, return: expected, confidence } of settings.views) {
    const variance = viewVariance(covariance, portfolio, { tau, confidence });
    if (variance !== undefined) views.push({ portfolio, return: expected, variance });
  }
  const posterior = blackLitterman(prior, views, tau);
  return posterior && { expected: posterior.mean, covariance: posterior.covariance };
}

function covarianceFrom(basis: EstimationBasis, { covariance: kind, shrinkage }: EstimationSettings): Float64Array {
  if (kind === 'exponential') return basis.exponentialCovariance!;
  const { sample } = basis;
  const n = sample.mean.length - 1;
  const own = withoutLast(sample.covariance, n);
  if (kind === 'sample') return own;
  if (kind === 'ledoitWolf') return mixed(own, constantCorrelation(own, n), shrinkage);
  const biased = own.map((each) => (each * (sample.count - 1)) / sample.count);
  return mixed(biased, scaledIdentity(biased, n), shrinkage);
}

const mixed = (sample: Float64Array, target: Float64Array, share: number): Float64Array =>
  sample.map((each, at) => (1 - share) * each + share * target[at]!);

function withoutLast(matrix: Float64Array, n: number): Float64Array {
  const inner = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) inner[i * n + j] = matrix[i * (n + 1) + j]!;
  return inner;
}

function meanFrom({ sample, exponentialMean: recent }: EstimationBasis, settings: EstimationSettings): Float64Array {
  const { expectedReturns, periodsPerYear, riskFreeRate } = settings;
  const n = sample.mean.length - 1;
  const own = sample.mean.subarray(0, n);
  const annual = (means: Float64Array) => means.map((each) => each * periodsPerYear);
  if (expectedReturns === 'exponential') return annual(recent!);
  if (expectedReturns === 'jamesStein')
    return annual(jamesSteinMean(own, withoutLast(sample.covariance, n), sample.count));
  if (expectedReturns !== 'capm') return annual(own);
  const market = sample.covariance[(n + 1) ** 2 - 1]!;
  const premium = sample.mean[n]! * periodsPerYear - riskFreeRate;
  return own.map((_, i) => riskFreeRate + (sample.covariance[i * (n + 1) + n]! / market) * premium);
}
