import type { Attribution, Unavailable } from '@stocktool/contracts';
import { commonDates, returnsBetween, windowOfDates } from '../factors/common-dates';
import { factorPortfolios } from '../factors/factor-portfolios';
import { isNegligible, mean } from '../statistics/moments';
import { periodsPerYear } from '../series/periods-per-year';
import type { PortfolioData } from '../portfolio-data';
import { leastSquares } from '../regression/least-squares';
import { neweyWestErrors, neweyWestLags } from '../regression/newey-west';
import { ratePerPeriod } from '../series/returns';
import { finite, unavailable } from './unavailable';

export type FactorModel = Exclude<NonNullable<Attribution['factors']>, Unavailable>;

/** Returns on the dates that the analysis and the factors have in common. */
export interface FactorSample {
  dates: string[];
  positions: number[];
  portfolio: Float64Array;
  /** The benchmark first. */
  factors: { symbol: string; returns: Float64Array }[];
}

/** Fewer leave hardly ten observations for each of seven coefficients. */
const fewestObservations = 60;

/** The factor portfolios at hand beside the benchmark, in the currency of the portfolio, or why there is nothing to regress on. */
export function factorSample(data: PortfolioData): FactorSample | Unavailable {
  const { benchmark, benchmarkReturns, timeline, returns, factorFaults } = data;
  const [fault] = factorFaults;
  // On those that did come the same request would have other exposures at another time.
  if (fault)
    return unavailable(
      fault.code,
      `Factor portfolios could not be had (${factorFaults.map(({ symbol }) => symbol).join(', ')}): ${fault.reason}`,
    );
  const known = factorPortfolios.flatMap(({ symbol }) => data.factors.filter((one) => one.symbol === symbol));
  if (known.length === 0)
    return unavailable(
      'factors-missing',
      `The source of market data has no factor portfolios (${factorPortfolios.map(({ symbol }) => symbol).join(', ')}).`,
    );
  const usable = known.filter(({ currency, symbol }) => currency === benchmark.currency && symbol !== benchmark.symbol);
  if (usable.length === 0)
    return unavailable('currency-mismatch', `No factor portfolio is in ${benchmark.currency}, as the portfolio is.`);
  const common = commonDates(timeline.dates, usable);
  const observations = common ? common.dates.length - 1 : 0;
  if (!common || observations < fewestObservations)
    return unavailable(
      'too-few-observations',
      `The portfolio and the factor portfolios have ${observations} returns in common, ${fewestObservations} are needed.`,
    );
  const { dates, positions } = common;
  const market = { symbol: benchmark.symbol, returns: returnsBetween(positions, benchmarkReturns) };
  const factors = usable.map(({ symbol }, i) => ({ symbol, returns: common.returns[i]! }));
  return { dates, positions, portfolio: returnsBetween(positions, returns), factors: [market, ...factors] };
}

/**
 * r - rf = alpha + sum of beta_k (f_k - rf) + e by ordinary least squares, t-statistics with Newey-West errors. Alpha is that of a
 * period times the periods in a year.
 */
export function factorModel(
  { dates, portfolio, factors }: FactorSample,
  riskFreeRate: number,
): FactorModel | Unavailable {
  const yearly = periodsPerYear(dates);
  const riskFree = ratePerPeriod(riskFreeRate, yearly);
  const excess = (returns: Float64Array) => returns.map((each) => each - riskFree);
  const explained = excess(portfolio);
  const fit = leastSquares(explained, [
    new Float64Array(explained.length).fill(1),
    ...factors.map(({ returns }) => excess(returns)),
  ]);
  if (!fit || !fit.coefficients.every(Number.isFinite))
    return unavailable(
      'factors-not-distinct',
      'A factor does not vary in the period, or is a combination of the others: their betas cannot be told apart.',
    );
  const lags = neweyWestLags(explained.length);
  const errors = neweyWestErrors(fit, lags);
  const names = ['alpha', ...factors.map(({ symbol }) => symbol)];
  const [alpha, ...betas] = fit.coefficients;
  return {
    window: windowOfDates(dates),
    alpha: finite(alpha! * yearly),
    betas: Object.fromEntries(factors.map(({ symbol }, i) => [symbol, betas[i]!])),
    tStats: Object.fromEntries(names.map((name, i) => [name, ratio(fit.coefficients[i]!, errors[i]!)])),
    rSquared: rSquared(explained, fit.residuals),
    lags,
  };
}

/** Null where the residuals are nothing but rounding: a perfect fit has no errors to measure by. */
function ratio(coefficient: number, error: number): number | null {
  return error > 1e-12 * Math.abs(coefficient) ? finite(coefficient / error) : null;
}

function rSquared(explained: Float64Array, residuals: Float64Array): number | null {
  const centre = mean(explained);
  let [left, total] = [0, 0];
  for (let i = 0; i < explained.length; i++) {
    left += residuals[i]! ** 2;
    total += (explained[i]! - centre) ** 2;
  }
  if (isNegligible(Math.sqrt(total / explained.length))) return null;
  return finite(Math.max(1 - left / total, 0));
}
