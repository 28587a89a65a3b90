import { AnalysisTable } from '@stocktool/analyses';
import { EventPublisher } from '@stocktool/aws-sns';
import { QueueSender } from '@stocktool/aws-sqs';
import { Sweep } from '@stocktool/bootstrap';
import { Problem } from '@stocktool/contracts';

const perTick = 100;

/** Heals what a crash left between two steps: a row without its message, an event that was not published. */
export class AnalysisSweep extends Sweep {
  constructor(
    private readonly table: AnalysisTable,
    private readonly publisher: EventPublisher,
    private readonly queue: QueueSender,
    everySeconds: number,
  ) {
    super(everySeconds);
  }

  /** One page of each: what is left comes with the next tick. Never rejects; trouble with the one half does not touch the other. */
  async sweep(): Promise<void> {
    const [published, queuedAgain] = await Promise.all([
      this.half('publishing', () => this.publishPending()),
      this.half('sending messages again', () => this.sendDue()),
    ]);
    if (published + queuedAgain > 0) this.logger.log({ published, queuedAgain, msg: 'swept' });
  }

  private async half(doing: string, work: () => Promise<number>): Promise<number> {
    try {
      return await work();
    } catch (error) {
      this.logger.error({ err: error, msg: `the sweep failed: ${doing}` });
      return 0;
    }
  }

  private async publishPending(): Promise<number> {
    const pending = await this.table.pendingEvents(perTick);
    if (pending.length === 0) return 0;
    try {
      await this.publisher.publishBatch(pending.map(({ event }) => event));
    } catch (error) {
      if (error instanceof Problem && error.retryable) throw error;
      return this.each(pending, async (one) => {
        await this.publisher.publish(one.event);
        await this.table.clearEvent(one.userId, one.analysisId);
      });
    }
    return this.each(pending, ({ userId, analysisId }) => this.table.clearEvent(userId, analysisId));
  }

  private async sendDue(): Promise<number> {
    const due = await this.table.requeueDue(perTick);
    return this.each(due, (body) => this.queue.send('analysis', body, { groupId: body.userId }));
  }

  /** How many went well; what did not comes again when its due time does. */
  private async each<Due extends { analysisId: string }>(
    all: readonly Due[],
    work: (one: Due) => Promise<void>,
  ): Promise<number> {
    const outcomes = await Promise.allSettled(all.map(work));
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'rejected')
        this.logger.error({
          err: outcome.reason as unknown,
          analysisId: all[index]?.analysisId,
          msg: 'left to a later sweep',
        });
    });
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  }
}
