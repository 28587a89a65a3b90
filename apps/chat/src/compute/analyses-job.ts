import { analyse, type AnalysisInput, type AssetPrices } from '@stocktool/analytics';
import { Problem, type AnalysisResult, type ProblemCode } from '@stocktool/contracts';

/** Prices of several symbols on the same dates, as little as a thread needs to be told. */
export interface CommonPrices {
  readonly dates: readonly string[];
  readonly columns: readonly PriceColumns[];
}

export interface PriceColumns extends Pick<AssetPrices, 'symbol' | 'currency' | 'source'> {
  readonly adjClose: Float64Array;
  /** NaN where the source has none. */
  readonly close: Float64Array;
}

/** Several analyses over the same prices. */
export interface AnalysesJob {
  readonly prices: CommonPrices;
  readonly requests: readonly AnalysisInput['request'][];
}

/** What is read of them; the series of an analysis stay in the thread. */
export type MadeAnalysis = Pick<AnalysisResult, 'window' | 'optimization' | 'sources' | 'warnings'> & {
  readonly portfolio: Pick<AnalysisResult['portfolio'], 'performance' | 'risk'>;
  readonly assets: readonly Pick<AnalysisResult['assets'][number], 'symbol' | 'weight' | 'riskContribution'>[];
};

export type MadeAnalyses =
  { readonly analyses: readonly MadeAnalysis[] } | { readonly refused: { code: ProblemCode; detail: string } };

/** A refusal is an answer: a problem would lose its code on its way out of a thread. */
export function makeAnalyses({ prices: { dates, columns }, requests }: AnalysesJob): MadeAnalyses {
  const series = columns.map((column) => ({ ...column, dates }));
  try {
    return {
      analyses: requests.map((request) => {
        const { window, portfolio, assets, optimization, sources, warnings } = analyse({ request, series });
        const { performance, risk } = portfolio;
        return {
          window,
          portfolio: { ...(performance && { performance }), ...(risk && { risk }) },
          assets: assets.map(({ symbol, weight, riskContribution }) => ({ symbol, weight, riskContribution })),
          ...(optimization && { optimization }),
          sources,
          warnings,
        };
      }),
    };
  } catch (error) {
    if (error instanceof Problem) return { refused: { code: error.code, detail: error.message } };
    throw error;
  }
}
