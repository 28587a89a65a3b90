import { AnalysisRequest, isAvailable, type Optimization, type OptimalPortfolio } from '@stocktool/contracts';
import { readFileSync } from 'node:fs';
import { analyse } from '../analyse';
import { bundled } from '../bundled.fixture';

// reference/riskfolio/values.json: Riskfolio-Lib with Clarabel at 1e-13 (generate.py, versions inside).
const reference = JSON.parse(
  readFileSync(new URL('../../reference/riskfolio/values.json', import.meta.url), 'utf8'),
) as Reference;

interface Facts {
  weights: Record<string, number>;
  /** Of one period. */
  variance: number;
  sharpe: number;
  cvar: number;
}
interface Reference {
  period: { from: string; to: string; symbols: string[]; returns: number };
  riskBudget: Record<string, number>;
  portfolios: Record<'minVariance' | 'minCvar' | 'maxSharpe' | 'riskParity' | 'riskBudget' | 'hrp', Facts>;
}

const { period, riskBudget, portfolios } = reference;
const periodsPerYear = 252;
const holdings = period.symbols.map((symbol) => ({ symbol, weight: 1 / period.symbols.length }));
const budget = Object.entries(riskBudget).map(([symbol, share]) => ({ symbol, share }));
const series = [...period.symbols, '^GSPC'].map(bundled);

function optimised(options: object): Optimization {
  const { from, to } = period;
  const request = AnalysisRequest.parse({ holdings, from, to, include: ['optimization'], optimization: options });
  const { window, optimization } = analyse({ request: { ...request, holdings }, series });
  expect(window.observations).toBe(period.returns);
  if (!isAvailable<Optimization>(optimization)) throw new Error('no optimisation');
  return optimization;
}
const usual = optimised({});

function known(portfolio: Optimization['minVariance']): OptimalPortfolio {
  if (!isAvailable<OptimalPortfolio>(portfolio)) throw new Error(portfolio.unavailable.reason);
  return portfolio;
}
const apart = ({ weights }: OptimalPortfolio, facts: Facts): number =>
  Math.max(...period.symbols.map((symbol) => Math.abs(weights[symbol]! - facts.weights[symbol]!)));

describe('beside Riskfolio-Lib, ten bundled stocks over five years', () => {
  it.each(['minVariance', 'maxSharpe', 'riskParity', 'hrp'] as const)('%s has its weights to 1e-5', (name) =>
    expect(apart(known(usual[name]), portfolios[name])).toBeLessThan(1e-5),
  );

  it('a risk budget has its weights to 1e-5', () =>
    expect(apart(known(optimised({ riskBudget: budget }).riskParity), portfolios.riskBudget)).toBeLessThan(1e-5));

  it('what is optimal is as good to 1e-8, or better by what its solver leaves', () => {
    const variance = known(usual.minVariance).volatility ** 2 / periodsPerYear;
    expect(variance / portfolios.minVariance.variance - 1).toBeLessThan(1e-8);
    expect(variance / portfolios.minVariance.variance - 1).toBeGreaterThan(-1e-6);
    const sharpe = known(usual.maxSharpe).sharpe! / Math.sqrt(periodsPerYear);
    expect(Math.abs(sharpe / portfolios.maxSharpe.sharpe - 1)).toBeLessThan(1e-8);
    expect(Math.abs(known(usual.minCvar).cvar! - portfolios.minCvar.cvar)).toBeLessThan(1e-8);
  });
});
