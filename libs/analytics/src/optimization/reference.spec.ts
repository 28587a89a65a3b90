import {
  AnalysisRequest,
  AnalysisResult,
  isAvailable,
  OptimizationRequest,
  type Optimization,
  type OptimalPortfolio,
} from '@stocktool/contracts';
import { readFileSync } from 'node:fs';
import { analyse } from '../analyse';
import { bundled } from '../bundled.fixture';
import { basisOf, estimatesFrom, shrinkageOf, type EstimationSettings } from './estimates/estimates';
import { feasibleStart } from './feasible-start';
import { momentsOf } from './made-up-market.fixture';
import { quadraticForm } from './matrix';
import { allowedBy, tooLarge } from './optimality.fixture';
import { frontierFrom } from './quadratic/frontier';

// reference/optimization/values.json: scikit-learn, PyPortfolioOpt, skfolio, cvxpy with Clarabel, HiGHS (generate.py, versions inside).
const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));
const reference = JSON.parse(read('libs/analytics/reference/optimization/values.json').toString()) as Reference;
const { symbols, window, estimates } = reference;

interface Facts {
  weights: number[];
  return: number;
  volatility: number;
}
const named = ['minVariance', 'maxSharpe', 'targetReturn', 'targetVolatility', 'maxDiversification'] as const;
type Case = Record<(typeof named)[number], Facts> & {
  options: object;
  minCvar: { weights: number[]; cvar: number };
  frontier: { return: number; volatility: number }[];
};
interface Reference {
  window: { from: string; to: string; riskFreeRate: number };
  symbols: string[];
  estimates: {
    covariance: Record<EstimationSettings['covariance'], { matrix: number[][]; shrinkage: number }>;
    expectedReturns: Record<EstimationSettings['expectedReturns'], number[]>;
    blackLittermanCovariance: number[][];
    views: object[];
  };
  hrp: number[];
  riskParity: number[];
  riskBudget: { symbol: string; share: number; weights: number[] };
  criticalLine: { maxWeight: number; corners: { return: number; volatility: number }[] };
  cases: Record<string, Case>;
}

const series = [...symbols, '^GSPC'].map(bundled);

function optimised(options: object): Optimization {
  const holdings = symbols.map((symbol) => ({ symbol, weight: 1 / symbols.length }));
  const request = AnalysisRequest.parse({ holdings, ...window, include: ['optimization'], optimization: options });
  const result = analyse({ request: { ...request, holdings }, series });
  expect(AnalysisResult.parse(result)).toEqual(result);
  if (!isAvailable<Optimization>(result.optimization)) throw new Error('no optimisation');
  return result.optimization;
}

function portfolioOf(result: Optimization, name: keyof Optimization): OptimalPortfolio {
  const found = result[name] as OptimalPortfolio | { unavailable: { reason: string } };
  if ('unavailable' in found) throw new Error(`${name}: ${found.unavailable.reason}`);
  return found;
}

/** The returns of the window, straight from the prices: every symbol has every date of it. */
const returns = series.map(({ dates, adjClose }) => {
  const first = dates.findIndex((date) => date >= window.from);
  const last = dates.findLastIndex((date) => date <= window.to);
  return Float64Array.from({ length: last - first }, (_, i) => adjClose[first + i + 1]! / adjClose[first + i]! - 1);
});

const settings = (
  covariance: EstimationSettings['covariance'],
  expectedReturns: EstimationSettings['expectedReturns'],
): EstimationSettings => ({
  covariance,
  expectedReturns,
  periodsPerYear: 252,
  riskFreeRate: 252 * Math.expm1(Math.log1p(window.riskFreeRate) / 252),
  shrinkage: shrinkageOf(covariance, returns.slice(0, -1)),
  held: symbols.map(() => 1 / symbols.length),
  views: [],
  tau: 0.05,
  delta: 2.5,
});

const estimated = (given: EstimationSettings) => estimatesFrom(basisOf(returns, given), given)!;

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const off = expected.map((each, i) => Math.abs(actual[i]! - each) / Math.max(1e-3, Math.abs(each)));
  expect(Math.max(...off)).toBeLessThan(tolerance);
}

describe('estimates agree with the libraries to 1e-9', () => {
  it.each(Object.entries(estimates.covariance))('covariance: %s', (kind, { matrix, shrinkage }) => {
    const given = settings(kind as EstimationSettings['covariance'], 'historical');
    expectClose([given.shrinkage], [shrinkage], 1e-9);
    expectClose(estimated(given).covariance, matrix.flat(), 1e-9);
  });

  it.each(Object.entries(estimates.expectedReturns).filter(([kind]) => kind !== 'blackLitterman'))(
    'expected returns: %s',
    (kind, expected) => {
      const given = settings('sample', kind as EstimationSettings['expectedReturns']);
      expectClose(estimated(given).expected, expected, 1e-9);
    },
  );

  it('views of Black and Litterman: absolute, relative, certain', () => {
    const result = optimised({ expectedReturns: 'blackLitterman', views: estimates.views });
    const { expectedReturns } = result.estimates;
    expectClose(
      symbols.map((symbol) => expectedReturns[symbol]!),
      estimates.expectedReturns.blackLitterman,
      1e-9,
    );
    const covariance = Float64Array.from(estimates.blackLittermanCovariance.flat());
    const weights = symbols.map((symbol) => portfolioOf(result, 'hrp').weights[symbol]!);
    expect(portfolioOf(result, 'hrp').volatility).toBeCloseTo(Math.sqrt(quadraticForm(covariance, weights)), 9);
  });
});

const rules = ['riskParity', 'hrp', 'equalWeight', 'inverseVolatility'] as const;

describe('optima agree with solvers at 1e-12: weights to 1e-5, what is minimised to 1e-8', () => {
  const unlimited = optimised({});

  describe.each(Object.entries(reference.cases))('%s', (_, expected) => {
    const result = optimised(expected.options);

    it('all meet the conditions of Karush, Kuhn and Tucker to 1e-9', () => {
      const asked = OptimizationRequest.parse(expected.options);
      const listed = (weights: Record<string, number>) => symbols.map((symbol) => weights[symbol]!);
      const own = returns.slice(0, -1);
      const residuals = tooLarge({
        found: Object.fromEntries(
          [...named, 'minCvar' as const].map((name) => [name, listed(portfolioOf(result, name).weights)]),
        ),
        rules: rules.map((rule) => [
          listed(portfolioOf(result, rule).weights),
          listed(portfolioOf(unlimited, rule).weights),
        ]),
        frontier: (result.frontier as { weights: Record<string, number> }[]).map(({ weights }) => listed(weights)),
        returns: own,
        ...momentsOf(own),
        riskFreeRate: 252 * Math.expm1(Math.log1p(window.riskFreeRate) / 252),
        allowed: allowedBy(
          asked,
          symbols,
          symbols.map(() => 1 / symbols.length),
        ),
        targets: { return: asked.targetReturn!, volatility: asked.targetVolatility! },
        confidence: asked.cvarConfidence,
      });
      expect(residuals).toEqual([]);
    });

    it.each(named)('%s', (name) => {
      const { weights, return: reached, volatility } = portfolioOf(result, name);
      expectClose(
        symbols.map((symbol) => 1 + weights[symbol]!),
        expected[name].weights.map((each) => 1 + each),
        1e-5,
      );
      expectClose([1 + reached], [1 + expected[name].return], 1e-6);
      const rate = 252 * Math.expm1(Math.log1p(window.riskFreeRate) / 252);
      if (name === 'maxSharpe')
        expectClose(
          [(reached - rate) / volatility],
          [(expected[name].return - rate) / expected[name].volatility],
          1e-8,
        );
      else if (name === 'targetVolatility') expectClose([reached], [expected[name].return], 1e-8);
      else if (name !== 'maxDiversification') expectClose([volatility], [expected[name].volatility], 1e-8);
    });

    it('minimum CVaR', () => {
      const { cvar, weights } = portfolioOf(result, 'minCvar');
      expectClose([cvar!], [expected.minCvar.cvar], 1e-8);
      expectClose(
        symbols.map((symbol) => 1 + weights[symbol]!),
        expected.minCvar.weights.map((each) => 1 + each),
        1e-5,
      );
    });

    it('frontier', () => {
      if (!Array.isArray(result.frontier)) throw new Error('no frontier');
      const inner = result.frontier.slice(1, -1);
      expectClose(
        inner.map((point) => point.return),
        expected.frontier.map((point) => point.return),
        1e-8,
      );
      expectClose(
        inner.map((point) => point.volatility),
        expected.frontier.map((point) => point.volatility),
        1e-8,
      );
    });
  });

  it('hierarchical risk parity, risk parity and risk budget', () => {
    const { symbol, share, weights } = reference.riskBudget;
    const of = (result: Optimization, name: 'hrp' | 'riskParity') =>
      symbols.map((each) => portfolioOf(result, name).weights[each]!);
    expectClose(of(unlimited, 'hrp'), reference.hrp, 1e-9);
    expectClose(of(unlimited, 'riskParity'), reference.riskParity, 1e-7);
    expectClose(of(optimised({ riskBudget: [{ symbol, share }] }), 'riskParity'), weights, 1e-7);
  });

  it('every corner of the critical line of PyPortfolioOpt lies on the frontier', () => {
    const { expected, covariance } = estimated(settings('sample', 'historical'));
    const limits = {
      lower: new Float64Array(symbols.length),
      upper: new Float64Array(symbols.length).fill(reference.criticalLine.maxWeight),
      groups: [],
    };
    const start = feasibleStart(
      limits,
      symbols.map((_, i) => i),
    );
    if ('unavailable' in start) throw new Error(start.unavailable.reason);
    const { corners } = frontierFrom(start.weights, { covariance, expected, limits });
    const own = corners.map((each) => ({
      return: each.return,
      volatility: Math.sqrt(quadraticForm(covariance, each.weights)),
    }));
    for (const corner of reference.criticalLine.corners) {
      const nearest = own.reduce((best, each) =>
        Math.abs(each.return - corner.return) < Math.abs(best.return - corner.return) ? each : best,
      );
      expectClose([nearest.return, nearest.volatility], [corner.return, corner.volatility], 1e-8);
    }
  });
});
