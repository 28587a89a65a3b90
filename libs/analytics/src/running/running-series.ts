import { excessKurtosis, isNegligible, skewness, standardDeviation, type Moments } from '../statistics/moments';
import { finite, ratio } from '../statistics/ratio';
import { ratePerPeriod } from '../series/returns';
import { OrderedReturns } from './ordered-returns';

/** Figures of `performance` and `risk` under the same names, null where `analyse` has null; dates are left out. */
export type RunningFigures = ReturnType<RunningSeries['figures']>;

export interface RunningOptions {
  periodsPerYear: number;
  riskFreeRate: number;
}

const tails = [0.05, 0.01];

/**
 * One series of returns beside its benchmark whose figures are brought up to date by one return in constant time, but for the place among
 * the ordered returns. Central moments by Pébay (2008), so that nothing cancels.
 */
export class RunningSeries {
  private readonly rate: number;
  private readonly order: OrderedReturns;
  private readonly central: Moments = { count: 0, mean: 0, second: 0, third: 0, fourth: 0 };
  private readonly active: Moments = { count: 0, mean: 0, second: 0, third: 0, fourth: 0 };
  private wealth = 1;
  private highest = 1;
  private deepest = 0;
  private fallSquares = 0;
  private gains = 0;
  private losses = 0;
  private lossSquares = 0;
  private rises = { growth: 0, periods: 0 };
  private falls = { growth: 0, periods: 0 };

  constructor(
    returns: Float64Array,
    benchmark: Float64Array,
    private readonly options: RunningOptions,
  ) {
    this.rate = ratePerPeriod(options.riskFreeRate, options.periodsPerYear);
    this.order = new OrderedReturns(returns, tails);
    for (let i = 0; i < returns.length; i++) this.take(returns[i]!, benchmark[i]!);
  }

  add(value: number, benchmark: number): void {
    this.order.add(value);
    this.take(value, benchmark);
  }

  get moments(): Moments {
    return asMoments(this.central);
  }

  figures(covarianceWithBenchmark: number, market: RunningSeries) {
    const { periodsPerYear } = this.options;
    const { moments } = this;
    const annual = Math.sqrt(periodsPerYear);
    const deviation = standardDeviation(moments)!;
    const marketDeviation = standardDeviation(market.moments)!;
    const excess = moments.mean - this.rate;
    const cagr = finite(Math.expm1((Math.log(this.wealth) * periodsPerYear) / moments.count));
    const beta = isNegligible(marketDeviation) ? null : covarianceWithBenchmark / marketDeviation ** 2;
    const tracking = standardDeviation(asMoments(this.active))!;
    const [at95, at99] = [this.order.losses(0), this.order.losses(1)];
    return {
      totalReturn: finite(this.wealth - 1),
      cagr,
      arithmeticReturn: moments.mean * periodsPerYear,
      annualVolatility: deviation * annual,
      sharpe: times(ratio(excess, deviation), annual),
      sortino: times(ratio(excess, Math.sqrt(this.lossSquares / moments.count)), annual),
      calmar: cagr === null ? null : ratio(cagr, this.deepest),
      omega: ratio(this.gains, this.losses),
      ulcer: finite(Math.sqrt(this.fallSquares / moments.count)),
      maxDrawdown: this.deepest,
      skewness: skewness(moments),
      kurtosis: excessKurtosis(moments),
      historicalVar95: at95.valueAtRisk,
      historicalVar99: at99.valueAtRisk,
      historicalCvar95: at95.expected,
      historicalCvar99: at99.expected,
      beta,
      alpha: beta === null ? null : (excess - beta * (market.central.mean - this.rate)) * periodsPerYear,
      rSquared:
        beta === null || isNegligible(deviation) ? null : (covarianceWithBenchmark / deviation / marketDeviation) ** 2,
      trackingError: tracking * annual,
      informationRatio: times(ratio(this.active.mean, tracking), annual),
      upCapture: finite(meanReturn(this.rises) / meanReturn(market.rises)),
      downCapture: finite(meanReturn(this.falls) / meanReturn(market.falls)),
    };
  }

  private take(value: number, benchmark: number): void {
    addTo(this.central, value);
    addTo(this.active, value - benchmark);
    this.wealth *= 1 + value;
    if (this.wealth > this.highest) this.highest = this.wealth;
    const fall = 1 - this.wealth / this.highest;
    if (fall > this.deepest) this.deepest = fall;
    this.fallSquares += fall * fall;
    const excess = value - this.rate;
    if (excess > 0) this.gains += excess;
    else {
      this.losses -= excess;
      this.lossSquares += excess * excess;
    }
    const side = benchmark > 0 ? this.rises : this.falls;
    if (benchmark === 0) return;
    side.growth += value * (1 + side.growth);
    side.periods++;
  }
}

const times = (value: number | null, factor: number): number | null => (value === null ? null : value * factor);

const meanReturn = ({ growth, periods }: { growth: number; periods: number }): number =>
  Math.expm1(Math.log1p(growth) / periods);

/** The sums of powers of deviations as moments divided by n. */
const asMoments = ({ count, mean, second, third, fourth }: Moments): Moments => ({
  count,
  mean,
  second: second / count,
  third: third / count,
  fourth: fourth / count,
});

/** Here `second`, `third` and `fourth` are sums, not yet divided by n. */
function addTo(sums: Moments, value: number): void {
  const before = sums.count++;
  const n = sums.count;
  const delta = value - sums.mean;
  const step = delta / n;
  const square = step * step;
  const term = delta * step * before;
  sums.mean += step;
  sums.fourth += term * square * (n * n - 3 * n + 3) + 6 * square * sums.second - 4 * step * sums.third;
  sums.third += term * step * (n - 2) - 3 * step * sums.second;
  sums.second += term;
}
