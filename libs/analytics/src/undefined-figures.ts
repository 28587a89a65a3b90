import type { AnalysisWarning } from '@stocktool/contracts';

/** What each figure needs in order to be defined; said when it is null. */
const needs: Record<string, string> = {
  totalReturn: 'growth that a number can hold',
  cagr: 'growth that a number can hold when it is annualised',
  annualVolatility: 'at least two returns',
  sharpe: 'at least two returns that differ',
  sortino: 'at least one return below the risk-free rate',
  calmar: 'a drawdown',
  maxDrawdown: 'wealth that a number can hold',
  ulcer: 'wealth that a number can hold',
  omega: 'at least one return below the risk-free rate',
  tailRatio: 'a 5 % quantile of the returns other than zero',
  probabilisticSharpe: 'at least two returns that differ, and a positive variance of the Sharpe estimate',
  skewness: 'at least three returns that differ',
  kurtosis: 'at least four returns that differ',
  parametric: 'at least two returns',
  cornishFisher: 'at least two returns that differ',
  beta: 'a benchmark whose returns differ',
  alpha: 'a benchmark whose returns differ',
  rSquared: 'returns that differ, of the series and of the benchmark',
  trackingError: 'at least two returns',
  informationRatio: 'returns that differ from those of the benchmark by more than a constant',
  upCapture: 'a period in which the benchmark rose',
  downCapture: 'a period in which the benchmark fell',
  christoffersen: 'an exceedance of the VaR with a period after it',
  annualized: 'a span of at least 365 days',
  monthly: 'growth that a number can hold',
  riskContribution: 'a portfolio whose returns differ',
  portfolioReturn: 'a holding with data for the scenario: prices in its window, or returns beside what is shocked',
  heldReturn: 'a holding with prices in the window of the scenario',
  benchmarkReturn: 'prices of the benchmark in the window of the scenario',
  atMeasuredCorrelation: 'at least two returns',
  contribution: 'a portfolio that never lost everything, and growth that a number can hold',
  tStats: 'residuals other than zero',
  matrix: 'returns that differ, of both series',
};

/** Dates that are null by their meaning: no drawdown, or not recovered yet. */
const nullByMeaning = new Set(['peak', 'trough', 'recovery']);

/** One warning per null figure, its path in dots; figures of one name under one parent (two confidences, a row of a matrix, windows) share one. */
export function undefinedFigures(path: string, value: unknown): AnalysisWarning[] {
  const found = new Map<string, AnalysisWarning>();
  const at = path.split('.');
  const visit = (node: object): void => {
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length; i++) if (typeof node[i] === 'object') step(String(i), node[i] as object | null);
    } else
      for (const key in node) {
        const child = (node as Record<string, unknown>)[key];
        if (typeof child === 'object' && !nullByMeaning.has(key)) step(key, child);
      }
  };
  const step = (key: string, child: object | null): void => {
    at.push(key);
    if (child === null) note(at, found);
    else visit(child);
    at.pop();
  };
  if (typeof value === 'object' && value !== null) visit(value);
  return [...found.values()];
}

function note(at: readonly string[], found: Map<string, AnalysisWarning>): void {
  const depth = at.findLastIndex((step) => step in needs);
  const name = at[depth];
  if (name === undefined) return;
  const path = at.slice(0, depth + (name === 'matrix' ? 2 : 1)).join('.');
  found.set(path, { code: 'undefined-figure', path, message: `${name} is undefined: it needs ${needs[name]}` });
}
