import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { GatewayConfig } from '../config';
import { ErasurePass } from './erasure';
import { ErasureTable } from './erasure.table';

const ticksPerSettling = 4;
const perTick = 10;

/** Second passes, and first ones that a crash or a failing service cut short. */
@Injectable()
export class ErasureSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ErasureSweep.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly table: ErasureTable,
    private readonly pass: ErasurePass,
    private readonly config: GatewayConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.loop(this.stopping.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** One page; an erasure that fails waits for its lease to run out and keeps no other from its turn. */
  async sweep(): Promise<void> {
    for (const erasure of await this.table.claimDue(perTick)) {
      if (this.stopping.signal.aborted) return;
      await this.pass.run(erasure).catch((err: unknown) => this.logger.error({ err, msg: 'an erasure goes on later' }));
    }
  }

  private async loop(signal: AbortSignal): Promise<void> {
    const everyMs = (this.config.environment.ERASURE_SETTLE_SECONDS * 1000) / ticksPerSettling;
    while (!signal.aborted) {
      const waitMs = everyMs * (0.75 + Math.random() * 0.5); // several gateways must not tick together
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.sweep().catch((err: unknown) => this.logger.error({ err, msg: 'the sweep of erasures failed' }));
    }
  }
}
