import { setTimeout as pause } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/**
 * Something that is looked for again and again while the service runs: what waits for its time, what a crash left undone. The first
 * look is one interval after the start; looks do not overlap; one that fails is logged, and the next comes all the same. Before the
 * service ends, the one under way does; `stopping` tells it to be quick.
 */
export abstract class Sweep implements OnApplicationBootstrap, OnModuleDestroy {
  protected readonly logger = new Logger(this.constructor.name);
  private readonly stop = new AbortController();
  protected readonly stopping = this.stop.signal;
  private running: Promise<void> | undefined;

  constructor(private readonly everySeconds: number) {}

  /** One look: a bounded part of what is there, the rest comes with the next. */
  abstract sweep(): Promise<void>;

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.aborted) {
      const waitMs = this.everySeconds * 1000 * (0.75 + Math.random() * 0.5); // several processes must not look together
      await pause(waitMs, undefined, { signal: this.stopping }).catch(() => undefined);
      if (this.stopping.aborted) return;
      await this.sweep().catch((err: unknown) => this.logger.error({ err, msg: 'a sweep failed' }));
    }
  }
}
