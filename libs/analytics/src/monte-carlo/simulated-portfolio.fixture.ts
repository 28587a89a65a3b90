import { AnalysisRequest, type MonteCarloRequest } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';

interface Portfolio {
  returns: readonly Float64Array[];
  weights?: readonly number[];
  symbols?: readonly string[];
  sharesHeld?: boolean;
  settings?: Partial<MonteCarloRequest>;
}

/** What an analysis hands to its parts, for a portfolio of these returns; equal weights unless others are given. */
export function simulatedPortfolio({ returns, sharesHeld = false, settings = {}, ...rest }: Portfolio): PortfolioData {
  const count = returns.length;
  const weights = rest.weights ?? returns.map(() => 1 / count);
  const symbols = rest.symbols ?? returns.map((_, i) => `S${String(i).padStart(3, '0')}`);
  const holdings = symbols.map((symbol, i) => (sharesHeld ? { symbol, quantity: 1 } : { symbol, weight: weights[i]! }));
  const request = { ...AnalysisRequest.parse({ holdings, include: ['monteCarlo'], monteCarlo: settings }), holdings };
  const dates = Array.from({ length: returns[0]!.length + 1 }, (_, i) =>
    new Date(i * 86_400_000).toISOString().slice(0, 10),
  );
  const prices = { symbol: symbols[0]!, currency: 'USD', source: 'made up', dates, adjClose: [], close: [] };
  return {
    request,
    timeline: { dates, periodsPerYear: 252, riskFreeRate: 0 },
    symbols,
    weights,
    assetReturns: returns,
    returns: Float64Array.from(returns[0]!, (_, t) =>
      returns.reduce((sum, each, i) => sum + weights[i]! * each[t]!, 0),
    ),
    benchmarkReturns: returns[0]!,
    assets: [],
    benchmark: prices,
    factors: [],
    factorFaults: [],
    benchmarkHoldings: [],
  };
}

/** Normal-looking returns by a rule: sines of incommensurable pitch, of this daily mean and deviation. */
export const madeUpReturns = (asset: number, mean = 0.0004, deviation = 0.01, count = 500): Float64Array =>
  Float64Array.from({ length: count }, (_, t) => {
    const wave = Math.sin(t * (1.7 + asset)) + Math.sin(t * t * 0.37 + asset) + Math.sin(t * 0.11 * (asset + 2));
    return mean + (deviation * wave) / Math.sqrt(1.5);
  });
