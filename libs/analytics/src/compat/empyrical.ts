import { compoundedReturn, ratePerPeriod } from '../series/returns';
import type { Library } from './compat';
import { finite, ratio } from '../statistics/ratio';

/** Yearly compounded return over chosen periods. */
function yearlyOver(periods: Int32Array, returns: ArrayLike<number>, periodsPerYear: number): number {
  const total = compoundedReturn(Float64Array.from(periods, (i) => returns[i]!));
  return Math.expm1((Math.log1p(total) * periodsPerYear) / periods.length);
}

/** empyrical-reloaded 0.7.1. */
export const empyrical: Library = {
  conventions: {
    compat:
      'empyrical-reloaded 0.7.1: the figures named here follow that library, the others are ours, which agree with it or which it does not have; the risk-free rate is given to it per period, (1+rf)^(1/P) - 1',
    alpha: 'empyrical.alpha: (1 + mean(excess - beta * benchmark excess))^P - 1',
    informationRatio: 'empyrical.excess_sharpe: mean(r - b) / std(r - b), per period',
    upCapture:
      'empyrical.up_capture: yearly compounded return over the periods in which the benchmark rose, over that of the benchmark',
    downCapture:
      'empyrical.down_capture: yearly compounded return over the periods in which the benchmark fell, over that of the benchmark',
    cvar: 'historical: empyrical.conditional_value_at_risk, the mean of the lowest int((n-1)(1-c)) + 1 returns; the sign is ours (losses positive); parametric: ours',
  },
  figures: ({ sample: { returns, order, moments }, benchmark, timeline, relative: { beta, informationRatio } }) => {
    const { periodsPerYear, riskFreeRate } = timeline;
    const rate = ratePerPeriod(riskFreeRate, periodsPerYear);
    const captured = (periods: Int32Array) =>
      periods.length === 0
        ? null
        : ratio(yearlyOver(periods, returns, periodsPerYear), yearlyOver(periods, benchmark.returns, periodsPerYear));
    const worstMean = (tail: number) => {
      const count = Math.trunc((order.length - 1) * tail) + 1;
      return order.length === 0 ? null : -order.sumOfLeast(count) / count;
    };
    const perPeriodAlpha = moments.mean - rate - (beta ?? 0) * (benchmark.moments.mean - rate);
    return {
      performance: {},
      risk: {
        alpha: beta === null ? null : finite(Math.expm1(Math.log1p(perPeriodAlpha) * periodsPerYear)),
        informationRatio: informationRatio === null ? null : informationRatio / Math.sqrt(periodsPerYear),
        upCapture: captured(benchmark.rises.periods),
        downCapture: captured(benchmark.falls.periods),
      },
      historicalCvar: { '0.95': worstMean(0.05), '0.99': worstMean(0.01) },
    };
  },
};
