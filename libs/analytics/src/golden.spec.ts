import { readFileSync } from 'node:fs';
import { libraries, type LibraryFigures } from './compat/compat';
import { fractionalLoss } from './compat/fractional-loss';
import { orderedLoss } from './compat/skfolio';
import { growthRates } from './accounts/money-weighted';
import { efficientFrontier } from './optimization/efficient-frontier';
import { blackLitterman, equilibriumReturns, viewVariance } from './optimization/estimates/black-litterman';
import { hierarchicalRiskParity } from './optimization/portfolios/hierarchical-risk-parity';
import { riskBudget } from './optimization/portfolios/risk-budget';
import { bestRatio, frontierFrom } from './optimization/quadratic/frontier';
import { benchmarkOf, besideBenchmark } from './performance/benchmark-relative';
import { drawdownPeriods, maxDrawdown } from './performance/drawdown';
import { performanceOf, type Timeline } from './performance/performance';
import { ratePerPeriod, wealthOf } from './series/returns';
import { conditionalValueAtRisk, valueAtRisk } from './risk/value-at-risk';
import { biasedExcessKurtosis, standardDeviation } from './statistics/moments';
import { sampleOf } from './statistics/return-sample';

// reference/golden.json: values to 12 digits from formulas written out in plain Python on small inputs.
const golden = JSON.parse(readFileSync(new URL('../reference/golden.json', import.meta.url), 'utf8')) as {
  inputs: {
    returns: number[];
    benchmark: number[];
    xirrFlows: [day: number, amount: number][];
    twoAssets: { mu: number[]; sigma: number[][]; riskFree: number };
    blackLitterman: { delta: number; wMarket: number[]; tau: number; view: { return: number } };
    drawdownBasePoint: { returns: number[]; compoundedWithBase: number; uncompoundedWithBase: number };
  };
  values: Record<string, number>;
};
const { returns, benchmark, xirrFlows, twoAssets, blackLitterman: views, drawdownBasePoint } = golden.inputs;

const sample = sampleOf(returns);
const market = benchmarkOf(benchmark);
const timelineAt = (riskFreeRate: number, periods = returns.length): Timeline => ({
  dates: Array.from({ length: periods + 1 }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')}`),
  periodsPerYear: 252,
  riskFreeRate,
});
const at = (riskFreeRate: number) => performanceOf(sample, timelineAt(riskFreeRate));
const relative = (riskFreeRate: number) => besideBenchmark(sample, market, timelineAt(riskFreeRate));
const library = (name: keyof typeof libraries, riskFreeRate = 0, of = sample): LibraryFigures => {
  const timeline = timelineAt(riskFreeRate, of.returns.length);
  const performance = performanceOf(of, timeline);
  return libraries[name].figures({
    sample: of,
    benchmark: market,
    timeline,
    performance,
    relative: relative(riskFreeRate),
  });
};
/** The annual rate that is 2 % / 252 each period: what the "simple" conventions take. */
const simple = Math.expm1(252 * Math.log1p(0.02 / 252));

const logReturns = performanceOf(sampleOf(returns.map(Math.log1p)), timelineAt(0));
const [at95, at80] = [valueAtRisk(sample, 0.95), valueAtRisk(sample, 0.8)];
const [beyond95, beyond80] = [conditionalValueAtRisk(sample, 0.95), conditionalValueAtRisk(sample, 0.8)];
const deviation = standardDeviation(sample.moments)!;

const covariance = Float64Array.from(twoAssets.sigma.flat());
const expected = Float64Array.from(twoAssets.mu);
const bounds = { lower: new Float64Array(2), upper: new Float64Array(2).fill(1) };
const leastVariance = efficientFrontier({ expected, covariance, ...bounds }, 2)[0]!.weights;
const limits = { ...bounds, groups: [] };
const tangency = bestRatio(frontierFrom(leastVariance, { covariance, expected, limits }), twoAssets.riskFree)!;
const tangencyReturn = tangency[0]! * expected[0]! + tangency[1]! * expected[1]!;
const tangencyVolatility = Math.sqrt(
  tangency[0]! ** 2 * covariance[0]! +
    2 * tangency[0]! * tangency[1]! * covariance[1]! +
    tangency[1]! ** 2 * covariance[3]!,
);
const prior = equilibriumReturns(covariance, views.wMarket, { delta: views.delta, riskFreeRate: 0 });
const portfolio = Float64Array.of(0, 1);
const variance = viewVariance(covariance, portfolio, { tau: views.tau, confidence: undefined })!;
const posterior = blackLitterman(
  { mean: prior, covariance },
  [{ portfolio, return: views.view.return, variance }],
  views.tau,
)!.mean;

function xirr(daysInYear: number): number {
  const span = Math.max(...xirrFlows.map(([day]) => day));
  const found = growthRates(xirrFlows.map(([day, amount]) => ({ at: day / span, amount })));
  if (found.kind !== 'one') throw new Error(found.kind);
  return Math.expm1((found.rate * daysInYear) / span);
}

/** By the names of the file; losses are negative there where it says "signed". */
const held: Record<string, number | null | undefined> = {
  total_return: at(0).totalReturn,
  'cagr n/252': at(0).cagr,
  'ann arithmetic mean*252': at(0).arithmeticReturn,
  'log ann mean': logReturns.arithmeticReturn,
  'vol ddof1': at(0).annualVolatility,
  'vol ddof0': Math.sqrt(252 * sample.moments.second),
  'vol log ddof1': logReturns.annualVolatility,
  'sharpe rf0 ddof1': at(0).sharpe,
  'rf per-period geometric': ratePerPeriod(0.02, 252),
  'rf per-period simple': ratePerPeriod(simple, 252),
  'sharpe rf2% geom': at(0.02).sharpe,
  'sortino rf2% full-n geom': at(0.02).sortino,
  'sharpe rf2% simple': at(simple).sharpe,
  'sortino rf2% full-n simple': at(simple).sortino,
  'downside dev MAR0 full-n ann (empyrical)': at(0).arithmeticReturn! / at(0).sortino!,
  'sortino MAR0 full-n (empyrical, quantstats)': at(0).sortino,
  'skfolio semi_deviation (MAR=mean, n-1)':
    at(0).arithmeticReturn! / library('skfolio').performance.sortino! / Math.sqrt(252),
  'skfolio sortino = mean/semi_dev annualised': library('skfolio').performance.sortino,
  'max drawdown compounded': -at(0).maxDrawdown.value!,
  'max drawdown uncompounded (skfolio dflt)': -library('skfolio').performance.maxDrawdown!.value!,
  'calmar cagr/|mdd|': at(0).calmar,
  'skfolio calmar mean/mdd (per-period)': library('skfolio').performance.calmar,
  'ulcer quantstats /(n-1)': library('quantstats').performance.ulcer,
  'ulcer /n': at(0).ulcer,
  'omega t=0': at(0).omega,
  'omega required 2% (geom)': at(0.02).omega,
  'VaR95 hist linear-interp (empyrical/numpy) signed': -at95.historical!,
  'VaR95 order-stat ceil (skfolio/riskfolio) positive': orderedLoss(sample.order, 0.95),
  'VaR95 normal mu,s ddof1 (quantstats) signed': -at95.parametric!,
  'CVaR95 fractional (skfolio) positive': fractionalLoss(sample.order, 0.95),
  'CVaR95 empyrical signed': -beyond95.historical!,
  'CVaR95 quantstats (mean below NORMAL VaR) signed': -library('quantstats').historicalCvar!['0.95']!,
  'CVaR95 normal closed form positive': beyond95.parametric,
  'VaR80 linear': -at80.historical!,
  'VaR80 order-stat': orderedLoss(sample.order, 0.8),
  'CVaR80 fractional': fractionalLoss(sample.order, 0.8),
  'CVaR80 empyrical': -beyond80.historical!,
  'skew biased (skfolio)': library('skfolio').performance.skewness,
  'kurtosis biased raw (skfolio)': library('skfolio').performance.kurtosis,
  'kurtosis biased excess': biasedExcessKurtosis(sample.moments),
  'skew unbiased (pandas)': at(0).skewness,
  'kurt unbiased excess (pandas)': at(0).kurtosis,
  'CF z (biased S, excess K)': (-at95.cornishFisher! - sample.moments.mean) / deviation,
  'VaR95 Cornish-Fisher biased mom, sd ddof1, positive': at95.cornishFisher,
  'beta (any ddof)': relative(0).beta,
  'alpha quantstats: (mean r - beta mean b)*252': library('quantstats', 0.02).risk.alpha,
  'alpha empyrical: (1+mean)^252-1, rf0': library('empyrical').risk.alpha,
  'alpha jensen rf simple *252': relative(simple).alpha,
  'alpha empyrical rf=rs per-period compounded': library('empyrical', simple).risk.alpha,
  'tracking error ann ddof1': relative(0).trackingError,
  'information ratio per-period (quantstats/excess_sharpe)': library('quantstats').risk.informationRatio,
  'information ratio annualised': relative(0).informationRatio,
  r_squared: relative(0).rSquared,
  'treynor quantstats: total/beta': at(0).totalReturn! / relative(0).beta!,
  'treynor ann: cagr/beta': at(0).cagr! / relative(0).beta!,
  tail_ratio: at(0).tailRatio,
  'PSR Bailey-LdP (raw kurt, biased S)': at(0).probabilisticSharpe,
  'XIRR act/365': xirr(365),
  'XIRR act/365.25': xirr(365.25),
  'minvar w1': leastVariance[0],
  'tangency w1 rf2%': tangency[0],
  'tangency ret': tangencyReturn,
  'tangency vol': tangencyVolatility,
  'tangency sharpe': (tangencyReturn - twoAssets.riskFree) / tangencyVolatility,
  'ERC w1 = s2/(s1+s2)': riskBudget(covariance, Float64Array.of(0.5, 0.5))![0],
  'HRP w1 (inverse variance, 2 assets)': hierarchicalRiskParity(covariance)[0],
  'BL pi1': prior[0],
  'BL pi2': prior[1],
  'BL post1': posterior[0],
  'BL post2': posterior[1],
};

/** Values of the file that nothing of ours means, and why. */
const notOurs: Record<string, string> = {
  'sortino variant: negative-only n':
    'losses over the number of losses: neither our definition nor that of a library here',
  'sortino variant: std(neg) ddof1':
    'the deviation of losses about their own mean: neither ours nor that of a library here',
  'VaR95 Cornish-Fisher biased mom, sd ddof0, positive': 'every standard deviation of ours has ddof 1',
  'PSR quantstats (uses pandas excess kurt then -3 again)':
    'a fault of quantstats 0.0.81, mended in 0.0.86, which `compat` follows (compat.spec.ts)',
};

describe('golden values', () => {
  it.each(Object.entries(held))('%s', (name, actual) =>
    expect(Math.abs(actual! - golden.values[name]!)).toBeLessThanOrEqual(1e-12),
  );

  it('are all held, or it is said why not', () =>
    expect([...Object.keys(held), ...Object.keys(notOurs)].sort()).toEqual(Object.keys(golden.values).sort()));

  it('alpha takes the risk-free rate geometrically', () => {
    const riskFree = 1.02 ** (1 / 252) - 1;
    const { values } = golden;
    const beta = values['beta (any ddof)']!;
    const expected = values['alpha quantstats: (mean r - beta mean b)*252']! - riskFree * (1 - beta) * 252;
    expect(Math.abs(relative(0.02).alpha! - expected)).toBeLessThan(1e-12);
  });

  it('a loss on the first day is a drawdown, for the base point counts: compounded, and summed as in skfolio', () => {
    const base = sampleOf(drawdownBasePoint.returns);
    expect(maxDrawdown(wealthOf(base.returns))).toEqual({
      peak: 0,
      trough: 3,
      recovery: null,
      depth: expect.any(Number),
    });
    expect(performanceOf(base, timelineAt(0, 5)).maxDrawdown.value).toBeCloseTo(
      -drawdownBasePoint.compoundedWithBase,
      12,
    );
    const summed = library('skfolio', 0, base).performance.maxDrawdown!.value;
    expect(summed).toBeCloseTo(-drawdownBasePoint.uncompoundedWithBase, 12);
  });

  it('drawdowns are listed apart, with the day of recovery also where rounding misses the old peak', () => {
    const wealth = [1, 0.9, 1 - 1e-16, 1.2, 1.1, 1.15, 1.3, 1.29];
    expect(drawdownPeriods(wealth).map(({ peak, trough, recovery }) => [peak, trough, recovery])).toEqual([
      [0, 1, 2],
      [3, 4, 6],
      [6, 7, null],
    ]);
  });
});
