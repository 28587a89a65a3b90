import { OptimizationRequest, type Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { ratePerPeriod } from '../series/returns';
import { basisOf, estimatesFrom, shrinkageOf, type EstimationSettings, type Estimates } from './estimates/estimates';
import { feasibleStart, type Start } from './feasible-start';
import type { Limits } from './limits';
import { smallestPivot } from './matrix';

/** A request made into numbers. Arrays are in the order of the symbols' names, so that the order of the holdings changes nothing. */
export interface Problem {
  readonly request: OptimizationRequest;
  readonly symbols: readonly string[];
  /** Of the assets. */
  readonly returns: readonly Float64Array[];
  /** Of the assets and, last, the benchmark. */
  readonly series: readonly Float64Array[];
  readonly settings: EstimationSettings;
  readonly estimates: Estimates;
  readonly limits: Limits;
  readonly start: Start;
  /** Why nothing that needs an inverse can be computed. */
  readonly singular: Unavailable | undefined;
}

/** A smaller part of an asset that the others leave unexplained is rounding. */
const leastPivot = 1e-9;

const refused = (code: string, reason: string): Unavailable => ({ unavailable: { code, reason } });

export function problemOf(data: PortfolioData): Problem | Unavailable {
  const request = data.request.optimization ?? OptimizationRequest.parse({});
  const order = data.symbols.map((_, i) => i).sort((a, b) => (data.symbols[a]! < data.symbols[b]! ? -1 : 1));
  const symbols = order.map((i) => data.symbols[i]!);
  const named = [
    ...request.groups.flatMap((group) => group.symbols),
    ...request.views.flatMap(({ symbol, versus }) => [symbol, versus ?? symbol]),
    ...request.bounds.map(({ symbol }) => symbol),
    ...request.riskBudget.map(({ symbol }) => symbol),
  ];
  const unknown = named.find((symbol) => !symbols.includes(symbol));
  if (unknown !== undefined) return refused('unknown-symbol', `${unknown} is not among the holdings.`);
  if (data.returns.length < 3) return refused('too-few-observations', 'At least three returns are needed.');
  const returns = order.map((i) => data.assetReturns[i]!);
  const series = [...returns, data.benchmarkReturns];
  const settings = settingsOf(data, request, { symbols, returns, held: order.map((i) => data.weights[i]!) });
  const estimates = estimatesFrom(basisOf(series, settings), settings);
  if (!estimates) return refused('contradictory-views', 'Views held with certainty contradict or repeat each other.');
  const { expected, covariance } = estimates;
  if (![...expected, ...covariance].every(Number.isFinite))
    return refused('undefined-estimates', 'These estimators are not defined for these returns.');
  const limits = limitsOf(request, symbols, settings.held);
  const byVariance = symbols.map((_, i) => i).sort((a, b) => varianceIn(covariance, a) - varianceIn(covariance, b));
  const start = feasibleStart(limits, byVariance);
  return { request, symbols, returns, series, settings, estimates, limits, start, singular: singularity(estimates) };
}

const varianceIn = (covariance: Float64Array, i: number): number =>
  covariance[i * Math.round(Math.sqrt(covariance.length)) + i]!;

function singularity({ covariance }: Estimates): Unavailable | undefined {
  if (smallestPivot(covariance) > leastPivot) return undefined;
  const reason =
    'An asset does not vary or is a combination of others, or there are fewer returns than assets; a shrunk covariance (ledoitWolfIdentity, oas) may help.';
  return refused('singular-covariance', reason);
}

function settingsOf(
  { timeline, request: { riskFreeRate } }: PortfolioData,
  request: OptimizationRequest,
  { symbols, returns, held }: { symbols: string[]; returns: Float64Array[]; held: number[] },
): EstimationSettings {
  const { periodsPerYear } = timeline;
  return {
    covariance: request.covariance,
    expectedReturns: request.expectedReturns,
    periodsPerYear,
    riskFreeRate: periodsPerYear * ratePerPeriod(riskFreeRate, periodsPerYear),
    shrinkage: shrinkageOf(request.covariance, returns),
    held,
    views: request.views.map(({ symbol, versus, return: expected, confidence }) => ({
      portfolio: Float64Array.from(symbols, (each) => (each === symbol ? 1 : 0) - (each === versus ? 1 : 0)),
      return: expected,
      confidence,
    })),
    tau: request.tau,
    delta: request.delta,
  };
}

function limitsOf(request: OptimizationRequest, symbols: readonly string[], held: readonly number[]): Limits {
  const { longOnly, maxWeight, bounds, groups, turnoverLimit, transactionCost } = request;
  const boundOf = (symbol: string) => bounds.find((each) => each.symbol === symbol);
  return {
    lower: Float64Array.from(symbols, (symbol) => boundOf(symbol)?.min ?? (longOnly ? 0 : -maxWeight)),
    upper: Float64Array.from(symbols, (symbol) => boundOf(symbol)?.max ?? maxWeight),
    groups: groups.map(({ symbols: members, min = -Infinity, max = Infinity }) => ({
      coefficients: Float64Array.from(symbols, (symbol) => (members.includes(symbol) ? 1 : 0)),
      min,
      max,
    })),
    ...((turnoverLimit !== null || transactionCost > 0) && {
      trading: { held: Float64Array.from(held), turnover: turnoverLimit ?? Infinity, cost: transactionCost },
    }),
  };
}
