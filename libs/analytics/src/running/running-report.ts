import { Problem } from '@stocktool/contracts';
import { weightedReturns } from '../series/portfolio-returns';
import { simpleReturns } from '../series/returns';
import { isNegligible, mean } from '../statistics/moments';
import { RunningSeries, type RunningFigures, type RunningOptions } from './running-series';

export interface RunningRiskReport {
  /** In the order of the prices, and of the portfolio at fixed weights. */
  assets: RunningFigures[];
  portfolio: RunningFigures;
  /** Correlation of the assets, row after row; 0 beside what does not vary. */
  correlation: Float64Array;
  /** Share of the portfolio's variance by asset; sums to 1. */
  riskContribution: Float64Array;
}

/**
 * The risk report of a portfolio that is brought up to date by a day without going through its history: running sums for each series, a covariance
 * matrix updated by one outer product. The numbers are those of `analyse` but for rounding.
 */
export class RunningReport {
  private readonly series: RunningSeries[];
  private readonly lastPrices: Float64Array;
  private readonly centres: Float64Array;
  private readonly products: Float64Array;
  private readonly deltas: Float64Array;
  private count: number;

  /** `prices`: of each asset, then of the benchmark, on the same dates; at least three of them. */
  constructor(
    prices: readonly Float64Array[],
    private readonly weights: readonly number[],
    options: RunningOptions,
  ) {
    if (prices.length !== weights.length + 1 || prices[0]!.length < 3)
      throw new Problem('no-date-overlap', 'A running report needs three prices of each asset and of the benchmark.');
    const returns = prices.map(simpleReturns);
    const benchmark = returns.at(-1)!;
    const portfolio = weightedReturns(returns, [...weights, 0]);
    this.series = [...returns, portfolio].map((each) => new RunningSeries(each, benchmark, options));
    this.lastPrices = Float64Array.from(prices, (each) => each.at(-1)!);
    this.count = benchmark.length;
    this.centres = Float64Array.from(returns, mean);
    this.deltas = new Float64Array(returns.length);
    this.products = productsOf(returns, this.centres);
  }

  /** Prices of the next day, in the order of the constructor's. */
  append(prices: ArrayLike<number>): void {
    const { deltas, centres, lastPrices, weights } = this;
    const n = lastPrices.length;
    const market = (prices[n - 1]! - lastPrices[n - 1]!) / lastPrices[n - 1]!;
    this.count++;
    let portfolio = 0;
    for (let i = 0; i < n; i++) {
      const value = (prices[i]! - lastPrices[i]!) / lastPrices[i]!;
      lastPrices[i] = prices[i]!;
      deltas[i] = value - centres[i]!;
      centres[i]! += deltas[i]! / this.count;
      if (i < n - 1) portfolio += weights[i]! * value;
      this.series[i]!.add(value, market);
    }
    this.series[n]!.add(portfolio, market);
    this.update();
  }

  report(): RunningRiskReport {
    const size = this.weights.length;
    const market = this.series[size]!;
    const freedom = this.count - 1;
    const withMarket = (i: number) => this.products[at(size, i)]! / freedom;
    const assets: RunningFigures[] = [];
    let portfolioWithMarket = 0;
    for (let i = 0; i < size; i++) {
      assets.push(this.series[i]!.figures(withMarket(i), market));
      portfolioWithMarket += this.weights[i]! * withMarket(i);
    }
    const portfolio = this.series[size + 1]!.figures(portfolioWithMarket, market);
    return { assets, portfolio, correlation: this.correlation(), riskContribution: this.contributions() };
  }

  /** C += (n-1)/n d d', d the deviation from the mean before (Welford 1962, for pairs). */
  private update(): void {
    const { deltas, products } = this;
    const share = (this.count - 1) / this.count;
    for (let i = 0, k = 0; i < deltas.length; i++) {
      const scaled = share * deltas[i]!;
      for (let j = 0; j <= i; j++, k++) products[k]! += scaled * deltas[j]!;
    }
  }

  private correlation(): Float64Array {
    const size = this.weights.length;
    const matrix = new Float64Array(size * size);
    const inverse = Float64Array.from({ length: size }, (_, i) => {
      const length = Math.sqrt(this.products[at(i, i)]!);
      return isNegligible(length) ? 0 : 1 / length;
    });
    for (let i = 0, k = 0; i < size; i++)
      for (let j = 0; j <= i; j++, k++) {
        const value = i === j ? 1 : this.products[k]! * inverse[i]! * inverse[j]!;
        matrix[i * size + j] = value;
        matrix[j * size + i] = value;
      }
    return matrix;
  }

  private contributions(): Float64Array {
    const size = this.weights.length;
    const shares = new Float64Array(size);
    let total = 0;
    for (let i = 0; i < size; i++) {
      let joint = 0;
      for (let j = 0; j < size; j++) joint += this.weights[j]! * this.products[i > j ? at(i, j) : at(j, i)]!;
      shares[i] = this.weights[i]! * joint;
      total += shares[i]!;
    }
    return shares.map((share) => (total > 0 ? share / total : 0));
  }
}

/** Place of row i, column j <= i, in the packed lower triangle. */
const at = (i: number, j: number): number => (i * (i + 1)) / 2 + j;

function productsOf(returns: readonly Float64Array[], centres: Float64Array): Float64Array {
  const products = new Float64Array(at(returns.length, 0));
  returns.forEach((x, i) => {
    for (let j = 0; j <= i; j++) {
      const y = returns[j]!;
      let total = 0;
      for (let t = 0; t < x.length; t++) total += (x[t]! - centres[i]!) * (y[t]! - centres[j]!);
      products[at(i, j)] = total;
    }
  });
  return products;
}
