import {
  AnalysisRequest,
  AnalysisStatus,
  AnalysisSummary,
  ProblemDetails,
  StockToolEvent,
  type EventData,
} from '@stocktool/contracts';
import { z } from 'zod';

export type Headline = EventData<'analysis.completed'>['headline'];

/** Where the result of one attempt lies: an item of the same table when small, an object of the reports bucket else. */
export const ResultPointer = z.union([z.object({ itemId: z.string() }), z.object({ bucketKey: z.string() })]);
export type ResultPointer = z.infer<typeof ResultPointer>;

/** The small item that everything hangs on. Rows outlive code: unknown attributes are dropped, not refused. */
export const StateRow = z.object({
  userId: z.uuid(),
  analysisId: z.uuid(),
  kind: z.literal('portfolio'),
  status: AnalysisStatus,
  progress: z.number(),
  attempts: z.number().int(),
  /** Attempts that ended by an error that nobody expected. */
  failures: z.number().int().optional(),
  /** Attempts that were given back before their end, through no fault of the analysis. */
  released: z.number().int().optional(),
  /** Messages that the sweep has sent. */
  requeues: z.number().int().optional(),
  revision: z.number().int(),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  leaseUntilEpochMs: z.number().optional(),
  error: ProblemDetails.optional(),
  result: ResultPointer.optional(),
  headline: z.unknown().optional(),
  /** JSON text of the event that is not known to be published yet. */
  event: z.string().optional(),
  dueKind: z.enum(['queued', 'outbox']).optional(),
  dueAt: z.string().optional(),
});
export type StateRow = z.infer<typeof StateRow>;

/**
 * What was asked, as the gateway accepted it. Read with `parseKnown`: a later version may have accepted options that this one does not
 * know, and a figure computed without them would be another than was asked for.
 */
export const RequestRow = z.object({ request: AnalysisRequest });

/** The right to work on an analysis. `number` fences: once another attempt has begun, writes under this one are refused. */
export interface Attempt {
  readonly userId: string;
  readonly analysisId: string;
  readonly number: number;
  /** Attempts so far, this one included, without those that were given back. */
  readonly tries: number;
  readonly requeues: number;
  readonly request: AnalysisRequest;
  readonly createdAt: string;
}

/** An attempt at what this version cannot do as it was asked: a later one accepted it. */
export type AttemptBeyond = Omit<Attempt, 'request'>;

/** What a list and the event stream show; `revision` grows with every write. */
export type AnalysisState = AnalysisSummary & { readonly revision: number };

export interface PendingEvent {
  readonly userId: string;
  readonly analysisId: string;
  readonly event: StockToolEvent;
}

export const stateItemId = (analysisId: string): string => `state#${analysisId}`;
export const requestItemId = (analysisId: string): string => `request#${analysisId}`;
export const resultItemId = (analysisId: string, attempt: number): string => `result#${analysisId}#${attempt}`;

export function summaryOf(row: StateRow): AnalysisSummary {
  return AnalysisSummary.parse({ ...row, id: row.analysisId });
}

export const stateOf = (row: StateRow): AnalysisState => ({ ...summaryOf(row), revision: row.revision });
