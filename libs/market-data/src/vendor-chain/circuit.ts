import type { CircuitBreakerState, Clock } from '@stocktool/contracts';
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  isBrokenCircuitError,
  type IBackoff,
} from 'cockatiel';
import type { RequestBudget } from '../vendors/request-budget';
import { VendorFailure, type FailureKind } from '../vendors/vendor-failure';

export interface BreakerSettings {
  /** Failures in a row after which a vendor is left alone. */
  readonly failures: number;
  /** How long; then one call tries. */
  readonly openMs: number;
}

/** What says that the vendor is not well. A limit or a plan says nothing of that kind. */
const countsAgainst: ReadonlySet<FailureKind> = new Set(['unreachable', 'garbage', 'refused']);

const names = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
} as const;

/** The library compares with the machine's time how long a breaker was open: asked for the duration, ours answers by the Clock. */
function openFor(openMs: number, clock: Clock): IBackoff<unknown> {
  const openedAtMs = clock.epochMs();
  return {
    get duration() {
      return clock.epochMs() - openedAtMs >= openMs ? 0 : Number.POSITIVE_INFINITY;
    },
    next: () => openFor(openMs, clock),
  };
}

/**
 * The circuit breaker of one vendor or feed. Open after so many failures in a row; after a while exactly one call is let through,
 * and its outcome closes or opens it again. All others are passed over meanwhile, none waits.
 */
export class Circuit {
  private readonly breaker;
  private changedAtMs: number;
  private lastFailure: string | null = null;

  constructor(
    readonly name: string,
    { failures, openMs }: BreakerSettings,
    private readonly clock: Clock,
  ) {
    this.changedAtMs = clock.epochMs();
    this.breaker = circuitBreaker(
      handleWhen((error) => !(error instanceof VendorFailure) || countsAgainst.has(error.kind)),
      { halfOpenAfter: { next: () => openFor(openMs, clock) }, breaker: new ConsecutiveBreaker(failures) },
    );
    this.breaker.onStateChange(() => {
      this.changedAtMs = this.clock.epochMs();
    });
  }

  /** Throws VendorFailure `passed-over` where the call was not made at all. */
  async run<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (this.breaker.state === CircuitState.HalfOpen) throw this.passedOver();
    try {
      return await this.breaker.execute(call);
    } catch (error) {
      if (isBrokenCircuitError(error)) throw this.passedOver();
      if (error instanceof VendorFailure && countsAgainst.has(error.kind)) this.lastFailure = error.message;
      throw error;
    }
  }

  state(budget: RequestBudget): CircuitBreakerState {
    return {
      name: this.name,
      state: names[this.breaker.state],
      since: new Date(this.changedAtMs).toISOString(),
      lastFailure: this.lastFailure,
      budgetLeft: budget.left(),
    };
  }

  private passedOver(): VendorFailure {
    return new VendorFailure(this.name, 'passed-over', 'its circuit breaker is open');
  }
}
