import { AnalysisTable, type AttemptBeyond } from '@stocktool/analyses';
import { isOutage, QueueHandler, RetryLater, type MessageContext } from '@stocktool/aws-sqs';
import { Clock, Problem, problemDetails, queues, type QueueBody } from '@stocktool/contracts';
import { LeaseLost } from './lease-keeper';
import { failedEvent, Outbox } from './outbox';
import { RunAnalysis } from './run-analysis';

/** Attempts that end without a word, the process having died. One more, and the queue itself would give the message up. */
const mostTries = 4;
/** Attempts of any kind. Those that were given back cost the analysis nothing, but an outage of days must end in an answer, too. */
const mostAttempts = 30;
/** While versions change places: a message that waits is taken by a newer worker, figures without an option would be wrong. */
const forNewer = new Problem('dependency-unavailable', 'The request has options that only a newer version knows.', {
  retryAfterSeconds: 2,
});
const exhausted = new Problem('attempts-exhausted', 'The analysis was tried several times and did not finish.');

/**
 * At least once: a redelivery finds the row finished and stops, a race is settled by the conditional write that starts an attempt.
 * An analysis that cannot be done is a finished one, with its problem in the row; only the unexpected is delivered again.
 */
export class AnalysisRequestedHandler extends QueueHandler<'analysis'> {
  constructor(
    private readonly table: AnalysisTable,
    private readonly runAnalysis: RunAnalysis,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly leaseSeconds: number,
  ) {
    super();
  }

  override async handle({ userId, analysisId }: QueueBody<'analysis'>, { signal }: MessageContext): Promise<void> {
    const start = await this.table.start(userId, analysisId, this.leaseSeconds);
    if ('attempt' in start) return this.work(start.attempt, signal, () => this.runAnalysis.run(start.attempt, signal));
    if ('beyond' in start) return this.work(start.beyond, signal, () => Promise.reject(forNewer));
    if (start.finished) return;
    throw new RetryLater(start.leasedForSeconds + 1, 'another worker holds the lease');
  }

  private async work(attempt: AttemptBeyond, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
    try {
      if (attempt.tries > mostTries || attempt.number > mostAttempts) await this.runAnalysis.fail(attempt, exhausted);
      else await run();
    } catch (error) {
      // The message stays until the row is finished: whoever holds the analysis now may die, too.
      if (error instanceof LeaseLost) throw new RetryLater(1, error.message);
      if (error instanceof Problem && !error.retryable) return this.fail(attempt, error);
      if (signal.aborted || isOutage(error)) await this.table.release(attempt);
      else await this.countFailure(attempt);
      throw error;
    }
  }

  /**
   * The failure at which the consumer gives the message up ends the analysis too: nobody shall wait for what nobody works on.
   * The row counts for itself, so that this holds whichever message brought the attempt.
   */
  private async countFailure(attempt: AttemptBeyond): Promise<void> {
    const failures = await this.table.countFailure(attempt);
    if (failures === undefined || failures < queues.analysis.failuresBeforeDeadLetter) return;
    const finishedAt = this.clock.now();
    const error = problemDetails(exhausted);
    const event = failedEvent(attempt, error, finishedAt);
    const { userId, analysisId } = attempt;
    const ended = await this.table.abandon(userId, analysisId, { error, event, finishedAt: finishedAt.toISOString() });
    if (ended) await this.outbox.publish(attempt, event);
  }

  private async fail(attempt: AttemptBeyond, problem: Problem): Promise<void> {
    try {
      await this.runAnalysis.fail(attempt, problem);
    } catch (error) {
      throw error instanceof LeaseLost ? new RetryLater(1, error.message) : error;
    }
  }
}
