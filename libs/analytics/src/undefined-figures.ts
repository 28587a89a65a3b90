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

/** One warning per null figure, its path in dots; figures of one name under one parent (two confidences, a row of a matrix) share one. */
export function undefinedFigures(path: string, value: unknown): AnalysisWarning[] {
  const found = new Map<string, AnalysisWarning>();
  const visit = (at: string[], node: unknown): void => {
    if (node === null) {
      const depth = at.findLastIndex((step) => step in needs);
      const name = at[depth];
      if (name === undefined) return;
      const where = at.slice(0, depth + (name === 'matrix' ? 2 : 1)).join('.');
      found.set(where, {
        code: 'undefined-figure',
        path: where,
        message: `${name} is undefined: it needs ${needs[name]}`,
      });
    } else if (typeof node === 'object')
      for (const [key, child] of Object.entries(node)) if (!nullByMeaning.has(key)) visit([...at, key], child);
  };
  visit(path.split('.'), value);
  return [...found.values()];
}
