import {
  isAvailable,
  Problem,
  type AnalysisRequest,
  type AnalysisResult,
  type AnalysisWarning,
  type Holding,
} from '@stocktool/contracts';
import { alignByDate, type AssetPrices, type Alignment } from './series/alignment';
import { attribution } from './attribution/attribution';
import { conventionsOf } from './conventions';
import { correlationMatrix } from './statistics/correlation';
import { monteCarlo, withSimulatedLosses } from './monte-carlo/monte-carlo';
import type { Simulate } from './monte-carlo/path-simulator';
import { optimization } from './optimization/optimization';
import { performanceOf, type Timeline } from './performance/performance';
import { periodsPerYear } from './series/periods-per-year';
import { plainZeros } from './plain-zeros';
import type { PortfolioData } from './portfolio-data';
import { heldShares, weightedReturns, type HeldShares } from './series/portfolio-returns';
import { simpleReturns } from './series/returns';
import { riskContribution } from './risk/risk-contribution';
import { riskOf } from './risk/risk';
import { seriesWarnings } from './series/series-warnings';
import { stress } from './stress/stress';
import { undefinedFigures } from './undefined-figures';
import { sampleOf } from './statistics/return-sample';
import { wealthCurve } from './series/wealth-curve';

export interface AnalysisInput {
  /** A parsed request whose holdings are known (a portfolio id has been resolved). */
  request: Omit<AnalysisRequest, 'holdings'> & { holdings: readonly Holding[] };
  /** Prices of every holding, of the benchmark, and of the holdings of a benchmark portfolio, in any order. */
  series: readonly AssetPrices[];
  /** Prices of the factor portfolios that are known, for what is explained by factors. */
  factors?: readonly AssetPrices[];
}

/**
 * The whole analysis of a portfolio: pure, the same input gives the same result. What is undefined is null with a warning.
 * `simulate` may spread the paths of a simulation over threads; they are the same wherever they are made.
 * Refuses with `unknown-symbol`, `currency-mismatch` or `no-date-overlap`.
 */
export function analyse({ request, series, factors = [] }: AnalysisInput, simulate?: Simulate): AnalysisResult {
  const { holdings, include } = request;
  const assets = holdings.map(({ symbol }) => seriesOf(series, symbol));
  const all = [...assets, seriesOf(series, request.benchmark)];
  const benchmarkHoldings = benchmarkPortfolio(request, series);
  refuseMixedCurrencies([...all, ...benchmarkHoldings.map(({ prices }) => prices)]);
  const aligned = alignByDate(all, request);
  const { dates } = aligned;
  const warnings = seriesWarnings(all, aligned, request);
  if (request.compat !== 'none') warnings.push(compatibilityWarning(request.compat));

  const returns = aligned.prices.map(simpleReturns);
  const benchmark = returns.pop()!;
  const portfolio = portfolioOf(holdings, assets, aligned, returns, warnings);
  const timeline: Timeline = { dates, periodsPerYear: periodsPerYear(dates), riskFreeRate: request.riskFreeRate };
  const measure = (each: Float64Array) => {
    const sample = sampleOf(each);
    return {
      ...(include.includes('performance') && { performance: performanceOf(sample, timeline) }),
      ...(include.includes('risk') && { risk: riskOf(sample, benchmark, timeline) }),
    };
  };
  const wealth = wealthCurve(portfolio.returns, benchmark, dates);
  const shares = riskContribution(returns, portfolio.weights);
  const data: PortfolioData = {
    request,
    timeline,
    symbols: assets.map(({ symbol }) => symbol),
    weights: portfolio.weights,
    assetReturns: returns,
    returns: portfolio.returns,
    benchmarkReturns: benchmark,
    assets,
    benchmark: all.at(-1)!,
    factors,
    benchmarkHoldings,
  };
  const simulation = include.includes('monteCarlo') ? monteCarlo(data, simulate) : undefined;
  const figures = plainZeros({
    portfolio: withSimulatedLosses(measure(portfolio.returns), simulation),
    assets: returns.map((each, i) => ({
      symbol: assets[i]!.symbol,
      weight: portfolio.weights[i]!,
      ...measure(each),
      riskContribution: shares[i]!,
    })),
    ...(include.includes('correlation') && {
      correlation: { symbols: assets.map(({ symbol }) => symbol), matrix: correlationMatrix(returns) },
    }),
    ...partsOf(data),
    ...(simulation && { monteCarlo: isAvailable(simulation) ? simulation.monteCarlo : simulation }),
  });
  for (const [path, value] of Object.entries(figures)) warnings.push(...undefinedFigures(path, value));
  return {
    window: windowOf(timeline),
    conventions: conventionsOf(timeline.periodsPerYear, byQuantity(holdings) ? 'quantity' : 'weight'),
    sources: sourcesOf([...all, ...benchmarkHoldings.map(({ prices }) => prices), ...factors]),
    ...figures,
    portfolio: { ...figures.portfolio, ...(wealth && { wealth }) },
    warnings,
  };
}

const byQuantity = (holdings: readonly Holding[]): boolean => holdings.some(({ quantity }) => quantity !== undefined);

function seriesOf(series: readonly AssetPrices[], symbol: string): AssetPrices {
  const found = series.find((each) => each.symbol === symbol);
  if (!found) throw new Problem('unknown-symbol', `No prices of ${symbol}`);
  return found;
}

const benchmarkPortfolio = ({ include, attribution }: AnalysisInput['request'], series: readonly AssetPrices[]) =>
  (include.includes('attribution') ? (attribution?.benchmarkHoldings ?? []) : []).map(({ symbol, weight }) => ({
    prices: seriesOf(series, symbol),
    weight,
  }));

/** The parts that stand beside the figures: each of a folder of its own, from what is known of the portfolio. */
function partsOf(data: PortfolioData) {
  const { include } = data.request;
  return {
    ...(include.includes('optimization') && { optimization: optimization(data) }),
    ...(include.includes('stress') && { stress: stress(data) }),
    ...(include.includes('attribution') && { attribution: attribution(data) }),
  };
}

/** A return in one currency is no return in another; there is no conversion yet. */
export function refuseMixedCurrencies(series: readonly AssetPrices[]): void {
  const first = series[0]!;
  const other = series.find(({ currency }) => currency !== first.currency);
  if (other)
    throw new Problem(
      'currency-mismatch',
      `${first.symbol} is in ${first.currency}, ${other.symbol} in ${other.currency}: they cannot be analysed together`,
    );
}

function portfolioOf(
  holdings: readonly Holding[],
  assets: readonly AssetPrices[],
  { dates, prices }: Alignment,
  returns: readonly Float64Array[],
  warnings: AnalysisWarning[],
): HeldShares {
  if (!byQuantity(holdings)) {
    const weights = holdings.map(({ weight }) => weight ?? 0);
    return { weights, returns: weightedReturns(returns, weights) };
  }
  const to = dates.at(-1)!;
  const withoutClose: string[] = [];
  const values = holdings.map(({ quantity }, i) => {
    const asset = assets[i]!;
    const close = asset.close[asset.dates.lastIndexOf(to)];
    if (typeof close === 'number' && close > 0 && Number.isFinite(close)) return (quantity ?? 0) * close;
    withoutClose.push(asset.symbol);
    return (quantity ?? 0) * prices[i]!.at(-1)!;
  });
  if (withoutClose.length > 0) {
    const message = `No raw close on ${to}, the adjusted close stands for it: ${withoutClose.join(', ')}`;
    warnings.push({ code: 'close-missing', path: 'assets', message });
  }
  return heldShares(prices.slice(0, assets.length), values);
}

export const windowOf = ({ dates, periodsPerYear }: Timeline): AnalysisResult['window'] => ({
  from: dates[0]!,
  to: dates.at(-1)!,
  observations: dates.length - 1,
  periodsPerYear,
});

/** Where the prices are from and the last date they reach. */
export const sourcesOf = (series: readonly AssetPrices[]): AnalysisResult['sources'] =>
  [...new Map(series.map((each) => [each.symbol, each])).values()].flatMap(({ symbol, source, dates }) =>
    dates.slice(-1).map((asOf) => ({ symbol, source, asOf })),
  );

const compatibilityWarning = (library: string): AnalysisWarning => ({
  code: 'compat-not-built',
  path: 'conventions',
  message: `The conventions of ${library} are not available yet: the figures follow \`conventions\``,
});
