import type { AnalysisRequest, Holding } from '@stocktool/contracts';
import type { AssetPrices } from './series/alignment';
import type { Timeline } from './performance/performance';

export interface FactorFault {
  symbol: string;
  /** Of the problem, and its words. */
  code: string;
  reason: string;
}

/** What every part of an analysis is computed from. Arrays of assets are in the order of `symbols`. */
export interface PortfolioData {
  request: Omit<AnalysisRequest, 'holdings'> & { holdings: readonly Holding[] };
  /** `dates` has one more entry than there are returns, the base date first. */
  timeline: Timeline;
  symbols: readonly string[];
  /** Sum to 1; by quantity, those at the last date. */
  weights: readonly number[];
  assetReturns: readonly Float64Array[];
  /** Of the portfolio. */
  returns: Float64Array;
  benchmarkReturns: Float64Array;
  /** Whole series, also outside the period of the analysis. */
  assets: readonly AssetPrices[];
  benchmark: AssetPrices;
  factors: readonly AssetPrices[];
  /** Factor portfolios whose prices could not be had this time: what needs them says so. */
  factorFaults: readonly FactorFault[];
  /** The portfolio that `attribution` compares with; none unless it is asked for. */
  benchmarkHoldings: readonly { prices: AssetPrices; weight: number }[];
}
