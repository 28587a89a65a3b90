import { isAvailable, type OptimalPortfolio, type Optimization } from '@stocktool/contracts';

export const objectives = [
  ['minVariance', 'Minimum variance'],
  ['maxSharpe', 'Maximum Sharpe'],
  ['targetReturn', 'Target return'],
  ['targetVolatility', 'Target volatility'],
  ['riskParity', 'Risk parity'],
  ['hrp', 'Hierarchical (HRP)'],
  ['maxDiversification', 'Max. diversification'],
  ['minCvar', 'Minimum CVaR'],
  ['equalWeight', 'Equal weight'],
  ['inverseVolatility', 'Inverse volatility'],
] as const;

type Objective = (typeof objectives)[number][0];

export interface Solved {
  key: Objective;
  name: string;
  portfolio: OptimalPortfolio;
}

/** Those that have a solution. */
export const solvedOf = (part: Optimization): Solved[] =>
  objectives.flatMap(([key, name]) => {
    const portfolio = part[key];
    return isAvailable<OptimalPortfolio>(portfolio) ? [{ key, name, portfolio }] : [];
  });
