import {
  isAvailable,
  Problem,
  type AnalysisRequest,
  type AnalysisResult,
  type Holding,
  type Transaction,
} from '@stocktool/contracts';
import { accountReturns } from './accounts/accounts';
import { alignByDate, type AssetPrices } from './series/alignment';
import { attribution } from './attribution/attribution';
import { conventionsOf } from './conventions';
import { byQuantity, portfolioOf } from './held-portfolio';
import { measured } from './measured';
import { correlationMatrix } from './statistics/correlation';
import { monteCarlo, withSimulatedLosses } from './monte-carlo/monte-carlo';
import type { Simulate } from './monte-carlo/path-simulator';
import { optimization } from './optimization/optimization';
import type { Timeline } from './performance/performance';
import { periodsPerYear } from './series/periods-per-year';
import { plainZeros } from './plain-zeros';
import type { FactorFault, PortfolioData } from './portfolio-data';
import { simpleReturns } from './series/returns';
import { seriesWarnings } from './series/series-warnings';
import { faultWarning, stress } from './stress/stress';
import { undefinedFigures } from './undefined-figures';
import { wealthCurve } from './series/wealth-curve';

export interface AnalysisInput {
  /** A parsed request whose holdings are known (a portfolio id has been resolved). */
  request: Omit<AnalysisRequest, 'holdings'> & { holdings: readonly Holding[] };
  /** Prices of every holding, of the benchmark, and of the holdings of a benchmark portfolio, in any order. */
  series: readonly AssetPrices[];
  /** Prices of the factor portfolios that are known, for what is explained by factors. */
  factors?: readonly AssetPrices[];
  /** Factor portfolios that the source has but could not give; without prices, and not because there are none. */
  factorFaults?: readonly FactorFault[];
  /** Of the account that the portfolio is, in any order; `series` has the prices of every symbol in them. */
  transactions?: readonly Transaction[];
}

/**
 * The whole analysis of a portfolio: pure, the same input gives the same result. What is undefined is null with a warning.
 * `simulate` may spread the paths of a simulation over threads; they are the same wherever they are made.
 * Refuses with `unknown-symbol`, `currency-mismatch` or `no-date-overlap`.
 */
export function analyse(input: AnalysisInput, simulate?: Simulate): AnalysisResult {
  const { request, series, factors = [], factorFaults = [], transactions = [] } = input;
  const { holdings, include } = request;
  const assets = holdings.map(({ symbol }) => seriesOf(series, symbol));
  const all = [...assets, seriesOf(series, request.benchmark)];
  const benchmarkHoldings = benchmarkPortfolio(request, series);
  refuseMixedCurrencies([...all, ...benchmarkHoldings.map(({ prices }) => prices)]);
  const aligned = alignByDate(all, request);
  const { dates } = aligned;
  const warnings = seriesWarnings(all, aligned, request);

  const returns = aligned.prices.map(simpleReturns);
  const benchmark = returns.pop()!;
  const portfolio = portfolioOf(holdings, assets, aligned, returns, warnings);
  const data: PortfolioData = {
    request,
    timeline: { dates, periodsPerYear: periodsPerYear(dates), riskFreeRate: request.riskFreeRate },
    symbols: assets.map(({ symbol }) => symbol),
    weights: portfolio.weights,
    assetReturns: returns,
    returns: portfolio.returns,
    benchmarkReturns: benchmark,
    assets,
    benchmark: all.at(-1)!,
    factors,
    factorFaults,
    benchmarkHoldings,
  };
  const simulation = include.includes('monteCarlo') ? monteCarlo(data, simulate) : undefined;
  const own = measured(data, portfolio);
  const figures = plainZeros({
    portfolio: {
      ...withSimulatedLosses(own.portfolio, simulation),
      ...(transactions.length > 0 && { accounts: accountReturns(transactions, series, request.to, warnings) }),
    },
    assets: own.assets,
    ...(include.includes('correlation') && {
      correlation: { symbols: [...data.symbols], matrix: correlationMatrix(returns) },
    }),
    ...partsOf(data),
    ...(simulation && { monteCarlo: isAvailable(simulation) ? simulation.monteCarlo : simulation }),
  });
  warnings.push(...own.warnings);
  if (include.includes('stress')) warnings.push(...factorFaults.map(faultWarning));
  for (const [path, value] of Object.entries(figures)) warnings.push(...undefinedFigures(path, value));
  const wealth = wealthCurve(portfolio.returns, benchmark, dates);
  return {
    window: windowOf(data.timeline),
    conventions: conventionsOf(
      data.timeline.periodsPerYear,
      byQuantity(holdings) ? 'quantity' : 'weight',
      request.compat,
    ),
    sources: sourcesOf([...all, ...benchmarkHoldings.map(({ prices }) => prices), ...factors]),
    ...figures,
    portfolio: { ...figures.portfolio, ...(wealth && { wealth }) },
    warnings,
  };
}

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
