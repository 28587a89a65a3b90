import { readFileSync } from 'node:fs';
import { analyse, simulateHere, type AssetPrices, type Simulate } from '@stocktool/analytics';
import { AnalysisRequest, type MonteCarloRequest } from '@stocktool/contracts';
import { ReportFacts } from './report-facts';

export type SimulationPlan = Parameters<Simulate>[0];

/** What `analyse` would simulate for a portfolio of the written prices. */
export function planOf(prices: string, facts: string, settings: Partial<MonteCarloRequest>): SimulationPlan {
  const { symbols, benchmark, dates, weights } = ReportFacts.parse(JSON.parse(readFileSync(facts, 'utf8')));
  const bytes = readFileSync(prices);
  const raw = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  const series = [...symbols, benchmark].map((symbol, i): AssetPrices => {
    const adjClose = raw.slice(i * dates.length, (i + 1) * dates.length);
    return { symbol, currency: 'USD', source: 'bench', dates: [...dates], adjClose, close: adjClose };
  });
  const holdings = symbols.map((symbol, i) => ({ symbol, weight: weights[i]! }));
  const monteCarlo = { ...settings, paths: 1 };
  const request = { ...AnalysisRequest.parse({ holdings, benchmark, include: ['monteCarlo'], monteCarlo }), holdings };
  let planned: SimulationPlan | undefined;
  analyse({ request, series }, (plan) => {
    planned = plan;
    return simulateHere(plan);
  });
  return { ...planned!, paths: settings.paths ?? planned!.paths };
}

/** Mean loss of the floor((n - 1) * tail) + 1 worst of n paths that start with 1. */
export function tailLoss(terminal: Float32Array, tail: number): number {
  const worst = terminal.toSorted().subarray(0, Math.floor((terminal.length - 1) * tail) + 1);
  return 1 - worst.reduce((sum, wealth) => sum + wealth, 0) / worst.length;
}
