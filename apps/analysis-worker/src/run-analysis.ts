import { Logger } from '@nestjs/common';
import { AnalysisTable, type Attempt, type AttemptBeyond, ResultStore } from '@stocktool/analyses';
import { Clock, type Problem, problemDetails } from '@stocktool/contracts';
import type { Metrics } from '@stocktool/observability';
import { ComputePool } from './compute/compute-pool';
import type { ComputedAnalysis } from './compute/compute-job';
import { LeaseKeeper, LeaseLost } from './lease-keeper';
import { LoadSeries } from './load-series';
import { completedEvent, failedEvent, Outbox } from './outbox';

/** Of the whole: what remains is storing. */
const loaded = 0.2;
const computed = 0.9;

export interface RunAnalysisParts {
  readonly table: AnalysisTable;
  readonly results: ResultStore;
  readonly load: LoadSeries;
  readonly pool: ComputePool;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly leaseSeconds: number;
  readonly metrics: Pick<Metrics, 'count'>;
}

/** One attempt from its prices to its event. */
export class RunAnalysis {
  private readonly logger = new Logger(RunAnalysis.name);

  constructor(private readonly parts: RunAnalysisParts) {}

  /** Throws LeaseLost when the analysis was cancelled or taken over; nothing of this attempt is seen then. */
  async run(attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { table, clock, leaseSeconds } = this.parts;
    using lease = new LeaseKeeper(table, attempt, leaseSeconds, clock);
    try {
      const analysis = await this.compute(attempt, lease, AbortSignal.any([signal, lease.signal]));
      await this.complete(attempt, analysis);
    } catch (error) {
      lease.signal.throwIfAborted();
      throw error;
    }
  }

  /** Ends the analysis as failed: the request cannot be met, and trying again would not help. */
  async fail(attempt: AttemptBeyond, problem: Problem): Promise<void> {
    const finishedAt = this.parts.clock.now();
    const error = problemDetails(problem);
    const event = failedEvent(attempt, error, finishedAt);
    const accepted = await this.parts.table.fail(attempt, { error, event, finishedAt: finishedAt.toISOString() });
    if (!accepted) throw new LeaseLost('refused');
    await this.parts.outbox.publish(attempt, event);
  }

  private async compute(attempt: Attempt, lease: LeaseKeeper, signal: AbortSignal): Promise<ComputedAnalysis> {
    const job = await this.parts.load.run(attempt);
    lease.progress(loaded);
    const tell = (fraction: number) => lease.progress(loaded + (computed - loaded) * fraction);
    const analysis = await this.parts.pool.run(job, signal, tell);
    if (analysis.notNumbers.length > 0) this.report(attempt, analysis.notNumbers);
    lease.progress(computed);
    return analysis;
  }

  /** The result says it too; this is for who can mend it. */
  private report({ analysisId }: Attempt, notNumbers: readonly string[]): void {
    this.parts.metrics.count('FiguresNotNumbers', notNumbers.length);
    const paths = notNumbers.slice(0, 20);
    this.logger.error({ analysisId, paths, count: notNumbers.length, msg: 'figures came out as no numbers' });
  }

  private async complete(attempt: Attempt, analysis: ComputedAnalysis): Promise<void> {
    const { table, results, outbox, clock } = this.parts;
    const result = await results.writePacked(attempt, analysis.packedResult);
    const finishedAt = clock.now();
    const event = completedEvent(attempt, analysis, finishedAt);
    const end = { result, headline: { ...analysis.headline }, event, finishedAt: finishedAt.toISOString() };
    if (!(await table.complete(attempt, end)) && !(await table.pointsTo(attempt, result))) {
      await results.discard(attempt.userId, result);
      throw new LeaseLost('refused');
    }
    await outbox.publish(attempt, event);
  }
}
