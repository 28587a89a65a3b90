import { relativeToBenchmark } from './performance/benchmark-relative';
import { drawdownPeriods, maxDrawdown } from './performance/drawdown';
import { performanceOf } from './performance/performance';
import { wealthOf } from './series/returns';
import { conditionalValueAtRisk, valueAtRisk } from './risk/value-at-risk';
import { sampleOf } from './statistics/return-sample';

// Values to 12 digits from formulas written out in plain Python on these two series; the key names of that file in brackets.
const returns = [0.01, -0.02, 0.015, 0.003, -0.007, 0.022, -0.031, 0.008, 0, 0.012, -0.004, 0.019];
const benchmark = [0.008, -0.012, 0.011, 0.002, -0.009, 0.015, -0.02, 0.01, 0.001, 0.007, -0.006, 0.013];
const sample = sampleOf(returns);
const dates = Array.from({ length: 13 }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')}`);
const at = (riskFreeRate: number) => performanceOf(sample, { dates, periodsPerYear: 252, riskFreeRate });
const relative = (riskFreeRate: number) =>
  relativeToBenchmark(returns, benchmark, { periodsPerYear: 252, riskFreeRate });

describe('golden values', () => {
  it.each([
    ['total_return', at(0).totalReturn, 0.025918622314],
    ['cagr n/252', at(0).cagr, 0.711477428081],
    ['ann arithmetic mean*252', at(0).arithmeticReturn, 0.567],
    ['vol ddof1', at(0).annualVolatility, 0.251100667969],
    ['sharpe rf0 ddof1', at(0).sharpe, 2.258058509306],
    ['sharpe rf2% geom', at(0.02).sharpe, 2.17919211066],
    ['sortino MAR0 full-n', at(0).sortino, 3.276526228099],
    ['sortino rf2% full-n geom', at(0.02).sortino, 3.151305322345],
    ['max drawdown compounded', at(0).maxDrawdown.value, 0.031],
    ['calmar', at(0).calmar, 22.950884776812],
    ['ulcer /n', at(0).ulcer, 0.015637575109],
    ['omega t=0', at(0).omega, 1.435483870968],
    ['omega required 2% (geom)', at(0.02).omega, 1.417627171948],
    ['tail_ratio', at(0).tailRatio, 0.815631262525],
    ['PSR Bailey-LdP', at(0).probabilisticSharpe, 0.672068396145],
    ['skew unbiased', at(0).skewness, -0.903097002283],
    ['kurt unbiased excess', at(0).kurtosis, 0.364670585832],
    ['VaR95 hist linear-interp', valueAtRisk(sample, 0.95).historical, 0.02495],
    ['VaR80 linear', valueAtRisk(sample, 0.8).historical, 0.0064],
    ['VaR95 normal ddof1', valueAtRisk(sample, 0.95).parametric, 0.023768056617],
    ['VaR95 Cornish-Fisher, sd ddof1', valueAtRisk(sample, 0.95).cornishFisher, 0.027192878976],
    ['CVaR95 empyrical', conditionalValueAtRisk(sample, 0.95).historical, 0.031],
    ['CVaR80 empyrical', conditionalValueAtRisk(sample, 0.8).historical, 0.019333333333],
    ['CVaR95 normal closed form', conditionalValueAtRisk(sample, 0.95).parametric, 0.03037769266],
    ['beta', relative(0).beta, 1.391964723175],
    ['alpha rf 0', relative(0).alpha, -0.017625183733],
    ['tracking error', relative(0).trackingError, 0.086275984228],
    ['information ratio annualised', relative(0).informationRatio, 1.703834517972],
    ['r_squared', relative(0).rSquared, 0.95790033089],
  ])('%s', (_, actual, expected) => expect(actual).toBeCloseTo(expected, 11));

  it('alpha takes the risk-free rate geometrically', () => {
    const riskFree = 1.02 ** (1 / 252) - 1;
    const expected = -0.017625183733 - riskFree * (1 - 1.391964723175) * 252; // mean excess - beta * benchmark's, times 252
    expect(relative(0.02).alpha).toBeCloseTo(expected, 11);
  });

  it('a loss on the first day is a drawdown, for the base point counts', () => {
    const wealth = wealthOf([-0.02, 0.01, -0.03, 0.04, -0.01]);
    expect(maxDrawdown(wealth)).toEqual({ peak: 0, trough: 3, recovery: null, depth: expect.closeTo(0.039894, 12) });
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
