import type { Performance } from '@stocktool/contracts';
import { maxDrawdown, ulcerIndex } from './drawdown';
import {
  biasedExcessKurtosis,
  biasedSkewness,
  excessKurtosis,
  skewness,
  standardDeviation,
} from '../statistics/moments';
import { normalCumulative } from '../statistics/normal-distribution';
import { quantile } from '../statistics/quantile';
import { finite, ratio } from '../statistics/ratio';
import { compoundedReturn, ratePerPeriod, wealthOf } from '../series/returns';
import type { ReturnSample } from '../statistics/return-sample';

/** When the returns were earned and what a year is: `dates` has one more entry than there are returns, the base date first. */
export interface Timeline {
  dates: readonly string[];
  periodsPerYear: number;
  riskFreeRate: number;
}

/**
 * Probabilistic Sharpe ratio against a benchmark ratio of 0 (Bailey and Lopez de Prado 2012, eq. 14):
 * Phi(SR sqrt(n-1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2)), SR per period, biased skewness g3, raw kurtosis g4.
 */
function probabilisticSharpe(sharpePerPeriod: number, { moments }: ReturnSample): number | null {
  const skew = biasedSkewness(moments);
  const excess = biasedExcessKurtosis(moments);
  if (skew === null || excess === null) return null;
  const spread = 1 - skew * sharpePerPeriod + ((excess + 2) / 4) * sharpePerPeriod ** 2;
  return spread > 0 ? normalCumulative((sharpePerPeriod * Math.sqrt(moments.count - 1)) / Math.sqrt(spread)) : null;
}

/** Gains and losses of the returns in excess of a rate: sums, and the squares of the losses. */
function sides({ returns }: ReturnSample, riskFree: number) {
  let [gains, losses, squaredLosses] = [0, 0, 0];
  for (let i = 0; i < returns.length; i++) {
    const excess = returns[i]! - riskFree;
    // The positive and the negative part without a branch, which a coin's throw would decide; both are exact.
    const size = Math.abs(excess);
    const loss = (size - excess) / 2;
    gains += (size + excess) / 2;
    losses += loss;
    squaredLosses += loss * loss;
  }
  return { gains, losses, squaredLosses };
}

function drawdownOf(wealth: Float64Array, dates: readonly string[]): Performance['maxDrawdown'] {
  if (!Number.isFinite(wealth.at(-1))) return { value: null, peak: null, trough: null, recovery: null };
  const deepest = maxDrawdown(wealth);
  if (!deepest) return { value: 0, peak: null, trough: null, recovery: null };
  const { depth, peak, trough, recovery } = deepest;
  return {
    value: depth,
    peak: dates[peak]!,
    trough: dates[trough]!,
    recovery: recovery === null ? null : dates[recovery]!,
  };
}

/** First position of a value that the returns are known to hold. */
function dayOf({ returns }: ReturnSample, value: number, dates: readonly string[]): Performance['bestDay'] {
  const position =
    returns instanceof Float64Array ? returns.indexOf(value) : Array.prototype.indexOf.call(returns, value);
  return { date: dates[position + 1]!, return: value };
}

/** Every series needs its wealth for a moment. */
let scratch = new Float64Array(4096);

/**
 * Every figure of `performance` for at least one return; the definitions are in `conventions`. What is undefined for these
 * returns is null, never NaN, infinite or a 0 in its place.
 */
export function performanceOf(sample: ReturnSample, { dates, periodsPerYear, riskFreeRate }: Timeline): Performance {
  const { returns, order, moments } = sample;
  const riskFree = ratePerPeriod(riskFreeRate, periodsPerYear);
  const total = compoundedReturn(returns);
  if (scratch.length <= returns.length) scratch = new Float64Array(2 * returns.length);
  const wealth = wealthOf(returns, scratch);
  const cagr = finite(Math.expm1((Math.log1p(total) * periodsPerYear) / moments.count));
  const deviation = standardDeviation(moments);
  const meanExcess = moments.mean - riskFree;
  const sharpePerPeriod = deviation === null ? null : ratio(meanExcess, deviation);
  const { gains, losses, squaredLosses } = sides(sample, riskFree);
  const drawdown = drawdownOf(wealth, dates);
  const annual = Math.sqrt(periodsPerYear);
  const sortinoPerPeriod = ratio(meanExcess, Math.sqrt(squaredLosses / moments.count));
  return {
    totalReturn: finite(total),
    cagr,
    arithmeticReturn: moments.mean * periodsPerYear,
    annualVolatility: deviation === null ? null : deviation * annual,
    sharpe: sharpePerPeriod === null ? null : sharpePerPeriod * annual,
    sortino: sortinoPerPeriod === null ? null : sortinoPerPeriod * annual,
    calmar: cagr === null ? null : ratio(cagr, drawdown.value ?? 0),
    omega: ratio(gains, losses),
    ulcer: finite(ulcerIndex(wealth)),
    tailRatio: ratio(Math.abs(quantile(order, 0.95)), Math.abs(quantile(order, 0.05))),
    probabilisticSharpe: sharpePerPeriod === null ? null : probabilisticSharpe(sharpePerPeriod, sample),
    maxDrawdown: drawdown,
    skewness: skewness(moments),
    kurtosis: excessKurtosis(moments),
    bestDay: dayOf(sample, order.at(order.length - 1), dates),
    worstDay: dayOf(sample, order.at(0), dates),
  };
}
