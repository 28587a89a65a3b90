import type { AnalysisInput } from '@stocktool/analytics';
import type { EventData, ProblemCode } from '@stocktool/contracts';
import type { PackedSeries } from './packed-series';

type Completed = EventData<'analysis.completed'>;

/** What goes to a thread. */
export interface ComputeJob {
  readonly request: AnalysisInput['request'];
  readonly series: readonly PackedSeries[];
  /** Of the factor portfolios that the source has; none unless a part asks for them. */
  readonly factors: readonly PackedSeries[];
  /** Of the account, where the portfolio has them; `series` has the prices of every symbol in them. */
  readonly transactions?: NonNullable<AnalysisInput['transactions']>;
}

/** What comes back: the result ready to be stored, and the little of it that the main thread needs to know. */
export interface ComputedAnalysis {
  /** Gzipped JSON of the AnalysisResult. */
  readonly packedResult: Uint8Array<ArrayBuffer>;
  readonly window: Completed['window'];
  readonly headline: Completed['headline'];
}

export type ThreadReply =
  | { readonly kind: 'computed'; readonly analysis: ComputedAnalysis }
  | { readonly kind: 'refused'; readonly code: ProblemCode; readonly detail: string }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined };
