import { Logger } from '@nestjs/common';
import { AnalysisTable, type Attempt } from '@stocktool/analyses';
import { Clock } from '@stocktool/contracts';

/** The attempt no longer owns its analysis: it was cancelled, or another attempt has begun. */
export class LeaseLost extends Error {
  constructor(reason: string) {
    super(`the lease was lost: ${reason}`);
    this.name = 'LeaseLost';
  }
}

/**
 * Renews the lease at a third of its length for as long as the work runs, and tells progress once the work has taken more than a
 * second. `signal` aborts with LeaseLost when a renewal is refused, or when none succeeded for the length of the lease: by then
 * somebody else may have begun.
 */
export class LeaseKeeper implements Disposable {
  private readonly logger = new Logger(LeaseKeeper.name);
  private readonly controller = new AbortController();
  private readonly timers: NodeJS.Timeout[];
  private heldUntilEpochMs: number;
  private fraction = 0;
  private toldFraction = 0;

  constructor(
    private readonly table: AnalysisTable,
    private readonly attempt: Attempt,
    private readonly leaseSeconds: number,
    private readonly clock: Clock,
  ) {
    this.heldUntilEpochMs = clock.epochMs() + leaseSeconds * 1000;
    this.timers = [
      setInterval(() => void this.renew(), (leaseSeconds * 1000) / 3),
      setInterval(() => void this.tellProgress(), 1000),
    ];
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  progress(fraction: number): void {
    this.fraction = fraction;
  }

  [Symbol.dispose](): void {
    this.timers.forEach((timer) => clearInterval(timer));
  }

  private async renew(): Promise<void> {
    const until = this.clock.epochMs() + this.leaseSeconds * 1000;
    try {
      if (await this.table.renewLease(this.attempt, this.leaseSeconds)) this.heldUntilEpochMs = until;
      else this.lose('refused');
    } catch (error) {
      this.logger.warn({ err: error, analysisId: this.attempt.analysisId, msg: 'could not renew the lease' });
      if (this.clock.epochMs() >= this.heldUntilEpochMs) this.lose('could not be renewed in time');
    }
  }

  private async tellProgress(): Promise<void> {
    if (this.fraction === this.toldFraction) return;
    this.toldFraction = this.fraction;
    try {
      if (!(await this.table.progress(this.attempt, this.fraction))) this.lose('refused');
    } catch (error) {
      this.logger.warn({ err: error, analysisId: this.attempt.analysisId, msg: 'could not tell progress' });
    }
  }

  private lose(reason: string): void {
    this.controller.abort(new LeaseLost(reason));
  }
}
