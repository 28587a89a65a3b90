import { ulcerIndex } from '../performance/drawdown';
import { excessKurtosis, skewness, standardDeviation } from '../statistics/moments';
import { normalCumulative } from '../statistics/normal-distribution';
import { quantile } from '../statistics/quantile';
import type { OrderStatistics } from '../statistics/order-statistics';
import { ratePerPeriod, wealthOf } from '../series/returns';
import type { CompatInput, Library } from './compat';
import { ratio } from '../statistics/ratio';

/** Mean of the returns at or below the quantile, ties and all. */
function meanBelowQuantile(order: OrderStatistics, probability: number): number | null {
  if (order.length === 0) return null;
  const bound = quantile(order, probability);
  let count = Math.floor(probability * (order.length - 1)) + 1;
  while (count < order.length && order.at(count) <= bound) count++;
  return -order.sumOfLeast(count) / count;
}

/** Its own version of Bailey and Lopez de Prado: bias-corrected skewness and kurtosis where they have the biased ones. */
function probabilisticSharpe({ sample: { moments }, timeline }: CompatInput): number | null {
  const rate = ratePerPeriod(timeline.riskFreeRate, timeline.periodsPerYear);
  const sharpe = ratio(moments.mean - rate, standardDeviation(moments));
  const [skew, kurtosis] = [skewness(moments), excessKurtosis(moments)];
  if (sharpe === null || skew === null || kurtosis === null) return null;
  const spread = (1 - skew * sharpe + ((kurtosis + 2) / 4) * sharpe ** 2) / (moments.count - 1);
  return spread > 0 ? normalCumulative(sharpe / Math.sqrt(spread)) : null;
}

/** QuantStats 0.0.86. */
export const quantstats: Library = {
  conventions: {
    compat:
      'quantstats 0.0.86: the figures named here follow that library, the others are ours, which agree with it or which it does not have',
    ulcer: 'quantstats.ulcer_index: root of the squared drawdowns over n - 1',
    probabilisticSharpe:
      'quantstats.probabilistic_sharpe_ratio: as Bailey and Lopez de Prado but bias-corrected skewness and kurtosis',
    alpha: 'quantstats.greeks: (mean(r) - beta * mean(b)) * P, no risk-free rate',
    informationRatio: 'quantstats.information_ratio: mean(r - b) / std(r - b), per period',
    var: 'parametric: quantstats.value_at_risk, the normal quantile; the sign is ours (losses positive)',
    cvar: 'parametric: quantstats.cvar; historical: quantstats.cvar(method="historical"), the mean of the returns at or below the quantile; the sign is ours',
  },
  figures: (input) => {
    const { sample, benchmark, timeline } = input;
    const { mean, count } = sample.moments;
    const ulcer = ulcerIndex(wealthOf(sample.returns));
    const { beta, informationRatio } = input.relative;
    return {
      performance: {
        ulcer: count > 1 && Number.isFinite(ulcer) ? ulcer * Math.sqrt(count / (count - 1)) : null,
        probabilisticSharpe: probabilisticSharpe(input),
      },
      risk: {
        alpha: beta === null ? null : (mean - beta * benchmark.moments.mean) * timeline.periodsPerYear,
        informationRatio: informationRatio === null ? null : informationRatio / Math.sqrt(timeline.periodsPerYear),
      },
      historicalCvar: {
        '0.95': meanBelowQuantile(sample.order, 0.05),
        '0.99': meanBelowQuantile(sample.order, 0.01),
      },
    };
  },
};
