import { setTimeout as pause } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { QueueSender } from '@stocktool/aws-sqs';
import { DeliveryTable } from '@stocktool/subscriptions';

const perTick = 100;

/** Looks for deliveries whose time has come: waits longer than a queue can delay, and what a crash left behind. */
export class DeliverySweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DeliverySweep.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly deliveries: DeliveryTable,
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

  /** One page: what is left comes with the next tick. */
  async sweep(): Promise<void> {
    const due = await this.deliveries.due(perTick);
    await Promise.all(due.map((message) => this.queue.send('notifications', message, { groupId: message.userId })));
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.everySeconds * 1000 * (0.75 + Math.random() * 0.5); // several notifiers must not tick together
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.sweep().catch((error: unknown) => this.logger.error(error));
    }
  }
}
