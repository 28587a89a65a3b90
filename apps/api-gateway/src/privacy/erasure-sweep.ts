import { Injectable } from '@nestjs/common';
import { Sweep } from '@stocktool/bootstrap';
import { GatewayConfig } from '../config';
import { ErasurePass } from './erasure';
import { ErasureTable } from './erasure.table';

const looksPerSettling = 4;
const perTick = 10;

/** Second passes, and first ones that a crash or a failing service cut short. */
@Injectable()
export class ErasureSweep extends Sweep {
  constructor(
    private readonly table: ErasureTable,
    private readonly pass: ErasurePass,
    { environment }: GatewayConfig,
  ) {
    super(environment.ERASURE_SETTLE_SECONDS / looksPerSettling);
  }

  /** One page; an erasure that fails waits for its lease to run out and keeps no other from its turn. */
  async sweep(): Promise<void> {
    for (const erasure of await this.table.claimDue(perTick)) {
      if (this.stopping.aborted) return;
      await this.pass.run(erasure).catch((err: unknown) => this.logger.error({ err, msg: 'an erasure goes on later' }));
    }
  }
}
