import type { Performance } from '@stocktool/contracts';
import { ratePerPeriod } from '../series/returns';
import { biasedExcessKurtosis, biasedSkewness, type Sample } from '../statistics/moments';
import type { OrderStatistics } from '../statistics/order-statistics';
import type { Library } from './compat';
import { fractionalLosses } from './fractional-loss';
import { ratio } from '../statistics/ratio';

/** The order statistic at the share 1 - confidence of the sample. */
export function orderedLoss(order: OrderStatistics, confidence: number): number | null {
  if (order.length === 0) return null;
  const rank = Math.floor((1 - confidence) * order.length + 4 * Number.EPSILON * order.length);
  return -order.at(Math.min(rank, order.length - 1));
}

/** Falls of the sum of returns below its highest, from 0. */
function summedDrawdown(
  returns: Sample,
  dates: readonly string[],
): { deepest: Performance['maxDrawdown']; ulcer: number } {
  let [sum, highest, peak, squares] = [0, 0, 0, 0];
  let deepest = { depth: 0, peak: 0, trough: 0, level: 0 };
  let recovery: number | null = null;
  for (let i = 0; i < returns.length; i++) {
    sum += returns[i]!;
    if (sum > highest) [highest, peak] = [sum, i + 1];
    if (recovery === null && deepest.depth > 0 && sum >= deepest.level) recovery = i + 1;
    const depth = highest - sum;
    squares += depth * depth;
    if (depth > deepest.depth) {
      deepest = { depth, peak, trough: i + 1, level: highest };
      recovery = null;
    }
  }
  const day = (at: number | null) => (at === null || deepest.depth === 0 ? null : dates[at]!);
  return {
    deepest: { value: deepest.depth, peak: day(deepest.peak), trough: day(deepest.trough), recovery: day(recovery) },
    ulcer: Math.sqrt(squares / returns.length),
  };
}

/** Mean shortfall below a level, and of its squares. */
function shortfalls(returns: Sample, level: number): { mean: number; square: number } {
  let [total, squares] = [0, 0];
  for (let i = 0; i < returns.length; i++) {
    const under = Math.max(level - returns[i]!, 0);
    total += under;
    squares += under * under;
  }
  return { mean: total / returns.length, square: squares / returns.length };
}

/** skfolio 1.12.2, measures of a Portfolio with its defaults. */
export const skfolio: Library = {
  conventions: {
    compat:
      'skfolio 1.12.2, a Portfolio with its defaults: the figures named here follow that library, the others are ours, which agree with it or which it does not have; the risk-free rate is given to it per period, (1+rf)^(1/P) - 1',
    sortino: 'skfolio annualized_sortino_ratio: mean(excess) / semi-deviation about the mean (n - 1) * sqrt(P)',
    calmar: 'skfolio calmar_ratio: mean(excess) / maxDrawdown, per period',
    omega: 'skfolio first_lower_partial_moment_ratio: mean(excess) / mean shortfall below the mean',
    maxDrawdown:
      'skfolio max_drawdown: largest fall of the sum of returns (not compounded) from its highest, starting at 0; positive',
    ulcer: 'skfolio ulcer_index: root mean square of the drawdown of the sum of returns',
    skewness: 'skfolio skew: biased',
    kurtosis: 'skfolio kurtosis: biased, raw (normal = 3)',
    var: 'historical: skfolio value_at_risk, the order statistic at (1-c) n; parametric, cornishFisher, monteCarlo: ours',
    cvar: 'historical: skfolio cvar, the mean of exactly the share 1-c of the returns, the last one in part; parametric, monteCarlo: ours',
  },
  figures: ({ sample: { returns, order, moments }, timeline }) => {
    const { periodsPerYear, riskFreeRate, dates } = timeline;
    const excess = moments.mean - ratePerPeriod(riskFreeRate, periodsPerYear);
    const { deepest, ulcer } = summedDrawdown(returns, dates);
    const below = shortfalls(returns, moments.mean);
    const n = moments.count;
    const sortino = n < 2 ? null : ratio(excess, Math.sqrt((below.square * n) / (n - 1)));
    const kurtosis = biasedExcessKurtosis(moments);
    return {
      performance: {
        sortino: sortino === null ? null : sortino * Math.sqrt(periodsPerYear),
        calmar: ratio(excess, deepest.value),
        omega: ratio(excess, below.mean),
        maxDrawdown: deepest,
        ulcer,
        skewness: biasedSkewness(moments),
        kurtosis: kurtosis === null ? null : kurtosis + 3,
      },
      risk: {},
      historicalVar: { '0.95': orderedLoss(order, 0.95), '0.99': orderedLoss(order, 0.99) },
      historicalCvar: fractionalLosses(order),
    };
  },
};
