import { isAvailable, type Optimization, type OptimalPortfolio, type Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { bandsOf, type Band } from './bands';
import { turnoverOf } from './limits';
import { quadraticForm } from './matrix';
import { MinimumCvar } from './portfolios/minimum-cvar';
import * as choose from './portfolios/portfolios';
import { wholeShares } from './portfolios/whole-shares';
import { problemOf, type Problem } from './problem';
import { evenly, netReturn, type Frontier } from './quadratic/frontier';

/**
 * The optimal portfolios of the holdings' assets within the limits of the request, each its weights and what the estimates expect of it in a year, or
 * why there is none; and the efficient frontier. Deterministic: the bootstrap has a seed.
 */
export function optimization(data: PortfolioData): Optimization | Unavailable {
  const problem = problemOf(data);
  if ('unavailable' in problem) return problem;
  const { request, symbols, settings, limits, start, singular, estimates } = problem;
  const byName = (values: ArrayLike<number>) => Object.fromEntries(symbols.map((symbol, i) => [symbol, values[i]!]));
  const known = { current: figuresOf(problem, Float64Array.from(settings.held)), ...estimatesIn(problem, byName) };
  if ('unavailable' in start) return { ...nothing(start, request), ...known };

  const given: choose.Given = {
    estimates,
    limits,
    start: start.weights,
    riskFreeRate: settings.riskFreeRate,
    budgets: budgetsOf(problem),
    singular,
  };
  const frontier = choose.efficientFrontier(given);
  const onFrontier = (pick: (frontier: Frontier) => choose.Choice) =>
    isAvailable(frontier) ? pick(frontier) : frontier;
  const cvar = new MinimumCvar(problem.returns, limits, request.cvarConfidence);
  const least = cvar.solve();
  const bands = bandsOf(problem, given, least && cvar);
  const prices = request.cash === null ? undefined : lastPrices(data, symbols);
  const present = (choice: choose.Choice, band?: readonly Band[]): OptimalPortfolio | Unavailable => {
    if ('unavailable' in choice) return choice;
    const { weights, unlimited } = choice;
    return {
      weights: byName(weights),
      ...(band && {
        bands: Object.fromEntries(symbols.map((symbol, i) => [symbol, { p5: band[i]!.low, p95: band[i]!.high }])),
      }),
      ...figuresOf(problem, weights),
      ...(unlimited && { movedByLimits: turnoverOf(weights, unlimited) }),
      ...(limits.trading && { turnover: turnoverOf(weights, settings.held) }),
      ...(prices && { shares: sharesOf(weights, prices, request.cash!, byName) }),
    };
  };
  return {
    minVariance: present(onFrontier(choose.minimumVariance), bands.of.minVariance),
    maxSharpe: present(
      onFrontier((each) => choose.maximumSharpe(each, given)),
      bands.of.maxSharpe,
    ),
    ...(request.targetReturn !== null && {
      targetReturn: present(onFrontier((each) => choose.targetReturn(each, request.targetReturn!))),
    }),
    ...(request.targetVolatility !== null && {
      targetVolatility: present(onFrontier((each) => choose.targetVolatility(each, request.targetVolatility!))),
    }),
    riskParity: present(choose.riskParity(given), bands.of.riskParity),
    hrp: present(choose.hierarchical(given), bands.of.hrp),
    maxDiversification: present(choose.maximumDiversification(given), bands.of.maxDiversification),
    minCvar: least ? withCvar(present(least, bands.of.minCvar), least.cvar) : notSolved,
    equalWeight: present(choose.equalWeight(given)),
    inverseVolatility: present(choose.inverseVolatility(given), bands.of.inverseVolatility),
    frontier: isAvailable(frontier)
      ? evenly(frontier, request.frontierPoints).map((weights) => {
          const { return: expected, volatility } = figuresOf(problem, weights);
          return { return: expected, volatility, weights: byName(weights) };
        })
      : frontier,
    ...known,
    bootstrap: { draws: bands.draws, cvarDraws: bands.cvarDraws, blockLength: bands.blockLength, seed: request.seed },
  };
}

const notSolved: Unavailable = { unavailable: { code: 'not-solved', reason: 'The linear program did not end.' } };

const withCvar = (portfolio: OptimalPortfolio | Unavailable, cvar: number): OptimalPortfolio | Unavailable =>
  isAvailable<OptimalPortfolio>(portfolio) ? { ...portfolio, cvar } : portfolio;

function nothing(why: Unavailable, { targetReturn, targetVolatility }: Problem['request']) {
  return {
    minVariance: why,
    maxSharpe: why,
    ...(targetReturn !== null && { targetReturn: why }),
    ...(targetVolatility !== null && { targetVolatility: why }),
    riskParity: why,
    hrp: why,
    maxDiversification: why,
    minCvar: why,
    equalWeight: why,
    inverseVolatility: why,
    frontier: why,
  };
}

function figuresOf({ estimates, limits, settings }: Problem, weights: Float64Array) {
  const expected = netReturn(weights, estimates.expected, limits);
  const volatility = Math.sqrt(Math.max(0, quadraticForm(estimates.covariance, weights)));
  const sharpe = volatility > 1e-12 ? (expected - settings.riskFreeRate) / volatility : null;
  return { return: expected, volatility, sharpe };
}

function estimatesIn({ estimates, settings }: Problem, byName: (values: Float64Array) => Record<string, number>) {
  return { estimates: { expectedReturns: byName(estimates.expected), shrinkage: settings.shrinkage } };
}

/** Shares of the variance: those of the request scaled to 1, the rest to the others in equal parts; without any, equal ones. */
function budgetsOf({ request: { riskBudget }, symbols }: Problem): Float64Array {
  const asked = riskBudget.reduce((sum, { share }) => sum + share, 0);
  const others = symbols.length - riskBudget.length;
  const rest = others > 0 ? (1 - asked) / others : 0;
  const shares = Float64Array.from(symbols, (each) => riskBudget.find(({ symbol }) => symbol === each)?.share ?? rest);
  const total = shares.reduce((sum, each) => sum + each, 0);
  return shares.map((each) => each / total);
}

function lastPrices({ assets, timeline }: PortfolioData, symbols: readonly string[]): number[] {
  const to = timeline.dates.at(-1)!;
  return symbols.map((symbol) => {
    const asset = assets.find((each) => each.symbol === symbol)!;
    const at = asset.dates.lastIndexOf(to);
    const close = asset.close[at];
    return typeof close === 'number' && close > 0 && Number.isFinite(close) ? close : asset.adjClose[at]!;
  });
}

function sharesOf(
  weights: Float64Array,
  prices: number[],
  cash: number,
  byName: (values: number[]) => Record<string, number>,
): NonNullable<OptimalPortfolio['shares']> {
  const { quantities, leftover } = wholeShares(weights, prices, cash);
  return { quantities: byName(quantities), leftover };
}
