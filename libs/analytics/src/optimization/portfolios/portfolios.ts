import { type OptimizationRequest, type Unavailable } from '@stocktool/contracts';
import type { Estimates } from '../estimates/estimates';
import type { Limits } from '../limits';
import { volatilitiesOf } from '../matrix';
import { atReturn, atVariance, bestRatio, frontierFrom, type Frontier } from '../quadratic/frontier';
import { WalkFailed } from '../quadratic/critical-line';
import { hierarchicalRiskParity } from './hierarchical-risk-parity';
import { nearestAllowed } from './nearest-allowed';
import { riskBudget } from './risk-budget';

/** Weights, and those that the rule alone gives where limits moved them. */
export interface Chosen {
  readonly weights: Float64Array;
  readonly unlimited?: Float64Array;
}

export type Choice = Chosen | Unavailable;

/** All that portfolios are chosen by. */
export interface Given {
  readonly estimates: Estimates;
  readonly limits: Limits;
  readonly start: Float64Array;
  /** Annual, simple. */
  readonly riskFreeRate: number;
  /** Shares of the variance in a risk budget; equal ones in risk parity. */
  readonly budgets: Float64Array;
  readonly singular: Unavailable | undefined;
}

const refused = (code: string, reason: string): Unavailable => ({ unavailable: { code, reason } });

/** The same for a walk that does not end: numbers that are at the edge of being singular. */
function guarded<Value>(compute: () => Value): Value | Unavailable {
  try {
    return compute();
  } catch (error) {
    if (error instanceof WalkFailed) return refused('not-solved', `The optimisation did not end: ${error.message}.`);
    throw error;
  }
}

export const efficientFrontier = (given: Given): Frontier | Unavailable =>
  given.singular ??
  guarded(() =>
    frontierFrom(given.start, {
      covariance: given.estimates.covariance,
      expected: given.estimates.expected,
      limits: given.limits,
    }),
  );

export const minimumVariance = ({ corners }: Frontier): Choice => ({ weights: corners[0]!.weights });

export function maximumSharpe(frontier: Frontier, { riskFreeRate }: Given): Choice {
  const weights = bestRatio(frontier, riskFreeRate);
  if (weights) return { weights };
  const most = percent(frontier.corners.at(-1)!.return);
  return refused(
    'no-positive-excess-return',
    `No portfolio within the limits is expected to return more than the risk-free rate; the most is ${most}.`,
  );
}

/** Least variance at this return or more; what minimum variance returns already is met by it. */
export function targetReturn(frontier: Frontier, target: NonNullable<OptimizationRequest['targetReturn']>): Choice {
  const most = frontier.corners.at(-1)!.return;
  // The most itself, as a result shows it, is within reach: its last digit is rounding.
  if (target <= most + 1e-12) return { weights: atReturn(frontier, target) };
  return refused('target-out-of-reach', `The most that is expected within the limits is ${percent(most)}.`);
}

/** Most return at this volatility or less. */
export function targetVolatility(frontier: Frontier, target: number): Choice {
  const weights = atVariance(frontier, target * target);
  return weights ? { weights } : refused('target-out-of-reach', 'Minimum variance is more volatile than the target.');
}

/** Greatest ratio of the assets' mean volatility to the portfolio's (Choueifaty and Coignard 2008): max Sharpe with volatilities as returns. */
export function maximumDiversification({ estimates: { covariance }, limits, start, singular }: Given): Choice {
  if (singular) return singular;
  const { trading, ...rest } = limits;
  const free = trading ? { ...rest, trading: { ...trading, cost: 0 } } : rest;
  return guarded(() => {
    const frontier = frontierFrom(start, { covariance, expected: volatilitiesOf(covariance), limits: free });
    const weights = bestRatio(frontier, 0);
    return weights
      ? { weights }
      : refused('no-positive-volatility', 'The mean volatility of the assets is not positive.');
  });
}

/** Weights by a rule; within the limits the nearest to them. */
function byRule(
  rule: (covariance: Float64Array) => Float64Array | undefined,
  { estimates, limits, start }: Given,
): Choice {
  const { covariance } = estimates;
  if (!volatilitiesOf(covariance).every((each) => each > 1e-12))
    return refused('singular-covariance', 'An asset does not vary.');
  return guarded(() => {
    const unlimited = rule(covariance);
    if (!unlimited?.every(Number.isFinite))
      return refused(
        'singular-covariance',
        'A mix of assets that undo each other does not vary: it has no parts of a risk.',
      );
    const weights = nearestAllowed(unlimited, limits, start);
    return weights === unlimited ? { weights } : { weights, unlimited };
  });
}

export const riskParity = (given: Given): Choice =>
  byRule((covariance) => riskBudget(covariance, given.budgets), given);

export const hierarchical = (given: Given): Choice => byRule(hierarchicalRiskParity, given);

export const inverseVolatility = (given: Given): Choice =>
  byRule((covariance) => {
    const inverse = volatilitiesOf(covariance).map((each) => 1 / each);
    const total = inverse.reduce((sum, each) => sum + each, 0);
    return inverse.map((each) => each / total);
  }, given);

export function equalWeight({ limits, start }: Given): Choice {
  const unlimited = start.map(() => 1 / start.length);
  return guarded(() => {
    const weights = nearestAllowed(unlimited, limits, start);
    return weights === unlimited ? { weights } : { weights, unlimited };
  });
}

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
