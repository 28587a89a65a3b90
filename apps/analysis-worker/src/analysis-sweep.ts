import { setTimeout as pause } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AnalysisTable } from '@stocktool/analyses';
import { EventPublisher } from '@stocktool/aws-sns';
import { QueueSender } from '@stocktool/aws-sqs';

const perTick = 100;

/** Heals what a crash left between two steps: a row without its message, an event that was not published. */
export class AnalysisSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AnalysisSweep.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly table: AnalysisTable,
    private readonly publisher: EventPublisher,
    private readonly queue: QueueSender,
    private readonly everySeconds: number,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run(this.stopping.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** One page of each: what is left comes with the next tick. */
  async sweep(): Promise<void> {
    const pending = await this.table.pendingEvents(perTick);
    if (pending.length > 0) await this.publisher.publishBatch(pending.map(({ event }) => event));
    await Promise.all(pending.map(({ userId, analysisId }) => this.table.clearEvent(userId, analysisId)));
    const queued = await this.table.requeueDue(perTick);
    await Promise.all(queued.map((body) => this.queue.send('analysis', body, { groupId: body.userId })));
    if (pending.length + queued.length > 0)
      this.logger.log({ published: pending.length, queuedAgain: queued.length, msg: 'swept' });
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.everySeconds * 1000 * (0.75 + Math.random() * 0.5); // several workers must not tick together
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.sweep().catch((error: unknown) => this.logger.error({ err: error, msg: 'the sweep failed' }));
    }
  }
}
