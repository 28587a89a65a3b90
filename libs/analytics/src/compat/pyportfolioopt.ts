import { compoundedReturn } from '../series/returns';
import type { Library } from './compat';
import { fractionalLosses } from './fractional-loss';
import { finite, ratio } from '../statistics/ratio';

/** PyPortfolioOpt 1.6.0, portfolio_performance at the given weights with mean_historical_return and sample_cov. */
export const pyportfolioopt: Library = {
  conventions: {
    compat:
      'PyPortfolioOpt 1.6.0, portfolio_performance at the given weights: the figures named here follow that library, the others are ours, which agree with it or which it does not have',
    cagr: 'PyPortfolioOpt expected return: mean_historical_return of an asset (its CAGR); of a portfolio the mean of those of its holdings by weight',
    sharpe: 'PyPortfolioOpt: (expected return - rf) / annual volatility, the rate yearly',
    sortino:
      'PyPortfolioOpt EfficientSemivariance: (expected return - rf) / sqrt(mean(min(r, 0)^2) * P), the rate yearly',
    cvar: 'historical: PyPortfolioOpt EfficientCVaR at the given weights, the minimum of Rockafellar and Uryasev; parametric, monteCarlo: ours',
  },
  figures: ({ sample: { returns, order }, timeline, performance, holdings }) => {
    const { periodsPerYear, riskFreeRate } = timeline;
    const yearly = (of: Float64Array) => Math.expm1((Math.log1p(compoundedReturn(of)) * periodsPerYear) / of.length);
    const mean = holdings
      ? holdings.returns.reduce((sum, each, i) => sum + holdings.weights[i]! * yearly(each), 0)
      : (performance.cagr ?? Number.NaN);
    const expected = finite(mean);
    let squares = 0;
    for (let i = 0; i < returns.length; i++) squares += Math.min(returns[i]!, 0) ** 2;
    const semideviation = Math.sqrt((squares / returns.length) * periodsPerYear);
    return {
      performance: {
        cagr: expected,
        sharpe: expected === null ? null : ratio(expected - riskFreeRate, performance.annualVolatility),
        sortino: expected === null ? null : ratio(expected - riskFreeRate, semideviation),
      },
      risk: {},
      historicalCvar: fractionalLosses(order),
    };
  },
};
