import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { QueueInspector } from '@stocktool/aws-sqs';
import type { Metrics } from '@stocktool/observability';

/** Measures every queue and dead-letter queue each minute: `QueueDepth{Queue}`, the messages that wait to be received. */
export class QueueDepths implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(QueueDepths.name);
  private timer: NodeJS.Timeout | undefined;
  private measuring: Promise<void> | undefined;

  constructor(
    private readonly inspector: QueueInspector,
    private readonly metrics: Metrics,
    private readonly pollSeconds: number,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.measure(), this.pollSeconds * 1000);
    void this.measure();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.measuring;
  }

  /** Never throws: a poll that failed is a minute without a value. Polls do not overlap. */
  measure(): Promise<void> {
    this.measuring ??= this.measureOnce().finally(() => (this.measuring = undefined));
    return this.measuring;
  }

  private async measureOnce(): Promise<void> {
    try {
      for (const { name, visible, dlq } of await this.inspector.queues()) {
        this.metrics.gauge('QueueDepth', visible, { Queue: name });
        this.metrics.gauge('QueueDepth', dlq.visible, { Queue: dlq.name });
      }
    } catch (error) {
      this.logger.warn({ err: error, msg: 'queue depths could not be read' });
    }
  }
}
