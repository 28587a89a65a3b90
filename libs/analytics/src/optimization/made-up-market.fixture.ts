import { AnalysisRequest, isAvailable, type Optimization, type OptimalPortfolio } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { optimization } from './optimization';

export const days = 160;
const weekdays = Array.from({ length: days + 1 }, (_, i) =>
  new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10),
);

/** A market with one common factor; numbers of a small generator of its own. */
export function returnsOf(seed: number, assets: number): { series: Float64Array[]; market: Float64Array } {
  let state = seed;
  const uniform = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, each) => sum + each, -6);
  const market = Float64Array.from({ length: days }, () => 0.0004 + 0.01 * normal());
  const series = Array.from({ length: assets }, () => {
    const [beta, own, drift] = [0.4 + uniform(), 0.005 + 0.015 * uniform(), 0.002 * (uniform() - 0.3)];
    return market.map((each) => beta * each + own * normal() + drift);
  });
  return { series, market };
}

export function dataOf(
  { series, market }: ReturnType<typeof returnsOf>,
  options: object = {},
  { names, weights, riskFreeRate = 0 }: { names?: string[]; weights?: number[]; riskFreeRate?: number } = {},
): PortfolioData {
  const symbols = names ?? series.map((_, i) => `S${String(i).padStart(2, '0')}`);
  const held = weights ?? symbols.map(() => 1 / symbols.length);
  const holdings = symbols.map((symbol, i) => ({ symbol, weight: held[i]! }));
  const request = AnalysisRequest.parse({ holdings, riskFreeRate, optimization: options });
  const pricesOf = (symbol: string) => ({
    symbol,
    currency: 'USD',
    source: 'test',
    dates: weekdays,
    adjClose: weekdays.map(() => 10 + 7 * Number(symbol.slice(1))),
    close: weekdays.map(() => 10 + 7 * Number(symbol.slice(1))),
  });
  return {
    request: { ...request, holdings },
    timeline: { dates: weekdays, periodsPerYear: 252, riskFreeRate },
    symbols,
    weights: held,
    assetReturns: series,
    returns: market.map((_, t) => series.reduce((sum, each, i) => sum + held[i]! * each[t]!, 0)),
    benchmarkReturns: market,
    assets: symbols.map((symbol) => pricesOf(symbol)),
    benchmark: pricesOf('B0'),
    factors: [],
    factorFaults: [],
    benchmarkHoldings: [],
  };
}

export function optimised(data: PortfolioData): Optimization {
  const result = optimization(data);
  if (!isAvailable<Optimization>(result)) throw new Error(result.unavailable.reason);
  return result;
}

export function portfolioOf(result: Optimization, name: keyof Optimization): OptimalPortfolio {
  const found = result[name] as OptimalPortfolio | { unavailable: { reason: string } };
  if ('unavailable' in found) throw new Error(`${name}: ${found.unavailable.reason}`);
  return found;
}

export const frontierOf = ({ frontier }: Optimization) => {
  if (!Array.isArray(frontier)) throw new Error(frontier.unavailable.reason);
  return frontier;
};

/** Annual, straight from the definition: nothing of the code under test. */
export function momentsOf(series: readonly ArrayLike<number>[]) {
  const count = series[0]!.length;
  const means = series.map((each) => Array.from(each).reduce((sum, value) => sum + value, 0) / count);
  const covariance = series.map((a, i) =>
    series.map((b, j) => {
      let total = 0;
      for (let t = 0; t < count; t++) total += (a[t]! - means[i]!) * (b[t]! - means[j]!);
      return (252 * total) / (count - 1);
    }),
  );
  return { expected: means.map((each) => 252 * each), covariance };
}

export const times = (matrix: number[][], x: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, each, j) => sum + each * x[j]!, 0));
export const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, each, i) => sum + each * b[i]!, 0);
