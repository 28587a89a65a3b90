import type { AnalysisResult } from '@stocktool/contracts';
import { jointMoments } from '../statistics/covariance';
import { isNegligible, momentsOf, standardDeviation } from '../statistics/moments';
import { ratePerPeriod } from '../series/returns';
import type { Timeline } from './performance';

type Rolling = NonNullable<AnalysisResult['portfolio']['rolling']>;

/** A quarter of days, half a year of weeks, a year of months. */
const windows: Record<number, number> = { 252: 63, 52: 26, 12: 12, 4: 8, 1: 5 };
/** As many as a chart can show. */
const mostPoints = 260;

/**
 * Volatility, Sharpe ratio and beta of the returns of a window that moves along, as over the whole span (`performance`, `risk`), at up to 260 evenly
 * spaced ends with the first and the last.
 */
export function rollingOf(returns: Float64Array, benchmark: Float64Array, timeline: Timeline): Rolling {
  const { dates, periodsPerYear, riskFreeRate } = timeline;
  const window = windows[periodsPerYear] ?? 12;
  const ends = returns.length - window + 1;
  if (ends < 1) {
    const reason = `A rolling window needs ${window} returns, there are ${returns.length}.`;
    return { unavailable: { code: 'too-few-observations', reason } };
  }
  const points = Math.min(ends, mostPoints);
  const riskFree = ratePerPeriod(riskFreeRate, periodsPerYear);
  const annual = Math.sqrt(periodsPerYear);
  const starts = Array.from({ length: points }, (_, i) => Math.round((i * (ends - 1)) / Math.max(points - 1, 1)));
  const figures = starts.map((start) => {
    const [own, market] = [returns.subarray(start, start + window), benchmark.subarray(start, start + window)];
    const [ofOwn, ofMarket] = [momentsOf(own), momentsOf(market)];
    const deviation = standardDeviation(ofOwn)!;
    const marketDeviation = standardDeviation(ofMarket)!;
    const joint = jointMoments(own, ofOwn.mean, market, ofMarket.mean).covariance!;
    return {
      volatility: deviation * annual,
      sharpe: isNegligible(deviation) ? null : ((ofOwn.mean - riskFree) / deviation) * annual,
      beta: isNegligible(marketDeviation) ? null : joint / marketDeviation ** 2,
    };
  });
  return {
    window,
    dates: starts.map((start) => dates[start + window]!),
    volatility: figures.map(({ volatility }) => volatility),
    sharpe: figures.map(({ sharpe }) => sharpe),
    beta: figures.map(({ beta }) => beta),
  };
}
