import type { AnalysisInput, SharedSimulation } from '@stocktool/analytics';
import type { AnalysisWarning, EventData, ProblemCode } from '@stocktool/contracts';
import type { PackedSeries } from './packed-series';

type Completed = EventData<'analysis.completed'>;

/** What goes to a thread to be computed. */
export interface ComputeJob {
  readonly request: AnalysisInput['request'];
  readonly series: readonly PackedSeries[];
  /** Of the factor portfolios that the source has; none unless a part asks for them. */
  readonly factors: readonly PackedSeries[];
  /** Of those that it has but could not give. */
  readonly factorFaults?: NonNullable<AnalysisInput['factorFaults']>;
  /** Of the account, where the portfolio has them; `series` has the prices of every symbol in them. */
  readonly transactions?: NonNullable<AnalysisInput['transactions']>;
  /** Of how the holdings came about: they stand before the warnings of the analysis. */
  readonly warnings?: readonly AnalysisWarning[];
}

/** What comes back: the result ready to be stored, and the little of it that the main thread needs to know. */
export interface ComputedAnalysis {
  /** Gzipped JSON of the AnalysisResult. */
  readonly packedResult: Uint8Array<ArrayBuffer>;
  readonly window: Completed['window'];
  readonly headline: Completed['headline'];
  /** Where figures came out as no number (`packResult`): errors to be reported. */
  readonly notNumbers: readonly string[];
}

/** What a thread is told to do. */
export type ThreadTask =
  | { readonly kind: 'compute'; readonly job: ComputeJob }
  | { readonly kind: 'help'; readonly simulation: SharedSimulation };

/** The end of a task. */
export type ThreadReply =
  | { readonly kind: 'computed'; readonly analysis: ComputedAnalysis }
  | { readonly kind: 'refused'; readonly code: ProblemCode; readonly detail: string }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined }
  | { readonly kind: 'helped' };

/** What a thread says while it computes. */
export type ThreadNews =
  | { readonly kind: 'progress'; readonly fraction: number }
  | { readonly kind: 'help-wanted'; readonly simulation: SharedSimulation };
