import type { AnalysisRequest } from '@stocktool/contracts';
import { libraries } from './compat/compat';
import { attributionConventions } from './attribution/attribution-conventions';
import { monteCarloConventions } from './monte-carlo/monte-carlo-conventions';
import { optimizationConventions } from './optimization/optimization-conventions';
import { stressConventions } from './stress/stress-conventions';

/** How each figure was computed, in plain words; goes into every result beside the figures. */
const definitions = {
  returns: 'simple returns between consecutive dates that every asset and the benchmark have (inner join by date)',
  price: 'adjusted close (splits and dividends) in the currency of the series, no conversion',
  ddof: 'standard deviation, covariance and beta with ddof 1 (sample)',
  riskFree: 'annual rate to per period geometrically, (1+rf)^(1/P) - 1; excess return = return - that',
  totalReturn: 'product(1+r) - 1, a fraction',
  cagr: '(1+totalReturn)^(P/n) - 1, n the number of returns',
  arithmeticReturn: 'mean(r) * P',
  annualVolatility: 'standard deviation (ddof 1) * sqrt(P)',
  sharpe: 'mean(excess) / std(excess, ddof 1) * sqrt(P)',
  sortino: 'mean(excess) / sqrt(mean over all periods of min(excess, 0)^2) * sqrt(P)',
  bestDay: 'the largest return of a period and its last day',
  worstDay: 'the smallest return of a period and its last day',
  calmar: 'cagr / maxDrawdown',
  omega: 'sum of gains over sum of losses of the excess returns, threshold 0',
  ulcer: 'root mean square of the drawdown over all n periods (Martin), a fraction',
  tailRatio: '|95 % quantile| / |5 % quantile| of the returns, linear interpolation',
  probabilisticSharpe:
    'probability that the true Sharpe ratio is above 0 (Bailey and Lopez de Prado 2012): Sharpe per period, biased skewness, raw kurtosis',
  maxDrawdown:
    'largest fall of compounded wealth from its peak, starting point included; positive; recovery null while below the peak',
  skewness: 'bias-corrected (as pandas)',
  kurtosis: 'excess (normal = 0), bias-corrected (as pandas)',
  var: 'loss over one period, positive, not floored at zero. historical: quantile with linear interpolation (Hyndman-Fan 7); parametric: -(mean + z*std), normal, ddof 1; cornishFisher: z corrected by biased skewness and excess kurtosis; monteCarlo: see monteCarloVar',
  cvar: 'loss over one period, positive. historical: mean of the floor((n-1)(1-c)) + 1 worst returns; parametric: closed form of the normal distribution, ddof 1; monteCarlo: see monteCarloVar',
  monteCarloVar:
    'of an asset, and of the portfolio unless monteCarlo is included: one period, 10 000 simulated returns of the series in equally likely strata, from the seed and model of the request (42, gbm): gbm log-normal with the mean and variance of the returns; studentT by kurtosis (independent draws); bootstrap of the returns; filteredHistorical with EWMA deviation, decay 0.94',
  varTests:
    'out of sample: each forecast is the 5 % quantile of the window before it (252 days, 104 weeks, 60 months), at least 60 forecasts; kupiec: proportion of failures, christoffersen: independence; likelihood ratios, chi-squared with 1 degree of freedom',
  componentVar:
    "of the portfolio's parametric VaR at 95 %, by what each holding contributed to the returns, c_i: -(mean(c_i) + z cov(c_i, r_p) / std(r_p)) (Euler); components sum to the VaR",
  marginalVar: 'component per unit of weight: weight times marginal summed over the holdings is the VaR',
  incrementalVar:
    'the VaR less that with the holding turned into cash (Jorion); by definition these do not sum to the VaR, for what holdings diversify of each other is in each of them: none is above its component. What does sum: componentVar',
  beta: 'cov(r, b) / var(b), ddof 1',
  alpha: '(mean(excess) - beta * mean(benchmark excess)) * P',
  rSquared: 'squared correlation with the benchmark',
  trackingError: 'std(r - b, ddof 1) * sqrt(P)',
  informationRatio: 'mean(r - b) * P / trackingError',
  upCapture: 'geometric mean return over the periods in which the benchmark rose, divided by that of the benchmark',
  downCapture: 'geometric mean return over the periods in which the benchmark fell, divided by that of the benchmark',
  correlation: 'Pearson correlation of simple returns',
  riskContribution: 'w_i cov(r_i, r_p) / var(r_p) at the reported weights; sums to 1',
  accounts:
    'from the transactions, over the whole span from the first of them; timeWeighted: valued at every close and linked, deposits join at the close from the price that was paid; modifiedDietz: flows weighted by days; moneyWeighted: XIRR, Act/365; per year only from 365 days on',
  rolling:
    'over 63 days, 26 weeks, 12 months, 8 quarters or 5 years, at up to 260 evenly spaced window ends; as over the whole span',
  monthly: 'compounded return of each calendar month in which periods end; the first and last may be cut by the window',
  wealth: 'of 1 at the start, product(1+r), of the portfolio and of the benchmark, at up to 260 evenly spaced dates',
  drawdowns: 'the ten deepest; days: calendar days from the peak to the recovery, or to the last date',
  ...stressConventions,
  ...attributionConventions,
  ...monteCarloConventions,
  ...optimizationConventions,
  signs: 'losses (VaR, CVaR, drawdown) are positive; rates are fractions',
  undefined: 'a figure that is undefined for these returns is null, with a row in warnings',
} as const;

export type Conventions = Record<string, string>;

const spacing: Record<number, string> = { 252: 'daily', 52: 'weekly', 12: 'monthly', 4: 'quarterly', 1: 'yearly' };

export const conventionsOf = (
  periodsPerYear: number,
  holdings: 'weight' | 'quantity' | 'one asset',
  compat: AnalysisRequest['compat'] = 'none',
): Conventions => ({
  ...definitions,
  periodsPerYear: 'P, from the median spacing of the dates: 252, 52, 12, 4 or 1',
  annualization: `P = ${periodsPerYear} periods a year, from the ${spacing[periodsPerYear] ?? 'observed'} spacing of the dates`,
  portfolio: {
    weight: 'rebalanced every period to the weights: r_t = sum of w_i r_i,t',
    quantity:
      'shares held at the end, no trades: V_t = sum of q * close(to) * adjClose(t) / adjClose(to); the weights are those at the end',
    'one asset': 'the asset alone',
  }[holdings],
  ...(compat !== 'none' && libraries[compat].conventions),
});
