import type { CircuitBreakerState, Clock } from '@stocktool/contracts';
import type { Capability, MarketDataSource } from '../market-data-source';
import type { RequestBudget } from '../vendors/request-budget';
import { VendorFailure } from '../vendors/vendor-failure';
import { Circuit, type BreakerSettings } from './circuit';

export interface Vendor {
  readonly source: MarketDataSource;
  readonly budget: RequestBudget;
}

/** Its plan may have been changed by then. */
const notEntitledMs = 60 * 60_000;

/** One vendor of the chain behind its circuit breaker, and what its plan was found to lack. */
export class VendorLink {
  private readonly circuit: Circuit;
  private readonly notEntitledUntilMs = new Map<Capability, number>();

  constructor(
    readonly vendor: Vendor,
    settings: BreakerSettings,
    private readonly clock: Clock,
  ) {
    this.circuit = new Circuit(vendor.source.name, settings, clock);
  }

  get name(): string {
    return this.vendor.source.name;
  }

  /** Throws VendorFailure, also where the vendor was not asked at all. */
  async ask<Answer>(capability: Capability, call: (source: MarketDataSource) => Promise<Answer>): Promise<Answer> {
    if ((this.notEntitledUntilMs.get(capability) ?? 0) > this.clock.epochMs())
      throw new VendorFailure(this.name, 'not-entitled', `its plan has no ${capability}`);
    try {
      return await this.circuit.run(() => call(this.vendor.source));
    } catch (error) {
      if (error instanceof VendorFailure && error.kind === 'not-entitled')
        this.notEntitledUntilMs.set(capability, this.clock.epochMs() + notEntitledMs);
      throw error;
    }
  }

  state(): CircuitBreakerState {
    return this.circuit.state(this.vendor.budget);
  }
}
