import type { AnalysisResult } from '@stocktool/contracts';
import type { Term } from './report-document';

const names: Record<string, string> = {
  cagr: 'CAGR',
  var: 'Value at risk (VaR)',
  cvar: 'Expected loss beyond (CVaR)',
  hrp: 'Hierarchical risk parity',
  ddof: 'Sample statistics',
  rSquared: 'R squared',
  minCvar: 'Minimum CVaR',
  kupiec: 'Kupiec test',
  varTests: 'Tests of the VaR',
  componentVar: 'Component VaR',
  marginalVar: 'Marginal VaR',
  stressHistorical: 'Stress: crises of the past',
  stressShock: 'Stress: sudden shocks',
  stressCorrelation: 'Stress: correlations to one',
  stressCoverage: 'Stress: coverage',
  timeWeighted: 'Time-weighted return',
  moneyWeighted: 'Money-weighted return',
  modifiedDietz: 'Modified Dietz return',
  incrementalVar: 'Incremental VaR',
  wealth: 'Growth of 1',
  optimizationFigures: 'Optimal portfolios: figures',
  optimizationRules: 'Optimal portfolios: rules',
  optimizationBands: 'Optimal portfolios: bands',
  monteCarloFigures: 'Monte Carlo: figures',
  tStats: 't-statistics',
  monteCarlo: 'Monte Carlo',
  monteCarloVar: 'VaR by Monte Carlo',
  optimization: 'Optimal portfolios',
  monteCarloModels: 'Monte Carlo: models',
  monteCarloLosses: 'Monte Carlo: losses',
};

/** Of what this report adds to the figures of the result. */
const ownTexts: Record<string, string> = {
  weight: 'share of the value of the portfolio',
  growth: 'wealth of 1 put in on the first day: the product of (1 + return) so far',
  drawdown: 'wealth over its highest value so far, minus 1',
  monthly: 'product of (1 + r) over the days of the month, minus 1',
  year: 'product of (1 + the return of each month), minus 1',
  drawdowns: 'each fall of wealth from a peak to its lowest point, until the peak is reached again; depth positive',
  rolling: 'the figure over a window of the same length that ends on each date',
  varTests:
    'likelihood-ratio tests of the days beyond the historical VaR at 95 %, p-value from chi-squared with 1 degree of freedom',
  componentVar: 'w_i times marginal VaR; the components sum to the parametric VaR at 95 %',
  marginalVar: 'derivative of the parametric VaR at 95 % by the weight',
  incrementalVar: 'parametric VaR at 95 % minus that with the holding turned into cash',
  monteCarlo: 'simulated wealth of 1; losses over the horizon, positive; standard errors from the number of paths',
  optimization: 'weights that are optimal for the estimated returns and covariances of the period',
  correlation: 'Pearson correlation of the returns of two holdings',
  riskContribution: 'share of the variance of the portfolio; the shares sum to 1',
  wholeShares: 'whole shares that the cash buys at the last price, and what is left of it',
  bands: '5 % and 95 % of each weight over optimisations of returns that were drawn again (bootstrap)',
  timeWeighted: 'returns of the account linked day by day, flows of money taken out',
  modifiedDietz: 'gain over the starting value plus flows weighted by the time they were invested',
  moneyWeighted: 'the rate that discounts all flows and the final value to zero (XIRR, Act/365)',
};

/** probabilisticSharpe as Probabilistic sharpe. */
function spelledOut(key: string): string {
  const spaced = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return names[key] ?? spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** How each figure was computed: the conventions of the result and, where it has none, a text of the report. */
export class Definitions {
  private readonly terms: ReadonlyMap<string, Term>;
  private readonly used: Set<string>;

  constructor(conventions: AnalysisResult['conventions']) {
    const texts = Object.entries({ ...ownTexts, ...conventions });
    this.terms = new Map(texts.map(([key, text], i) => [key, { id: `term-${i + 1}`, name: spelledOut(key), text }]));
    this.used = new Set(Object.keys(conventions));
  }

  /** Of the first of the keys that has one. */
  of(...keys: string[]): Term | undefined {
    const known = keys.find((key) => this.terms.has(key));
    if (known === undefined) return undefined;
    this.used.add(known);
    return this.terms.get(known);
  }

  /** All of the result, and those of the report that were asked for so far. */
  all(): Term[] {
    return [...this.terms].filter(([key]) => this.used.has(key)).map(([, term]) => term);
  }
}
