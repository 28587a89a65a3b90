import type { Clock } from '@stocktool/contracts';

export interface RequestLimit {
  readonly requests: number;
  readonly perMs: number;
}

const longestPauseMs = 60 * 60_000;

/**
 * How often a vendor may be asked by this process: in no window of `perMs` more than `requests`, however they fall. (A
 * bucket that refills as it empties lets nearly twice as many through in its first window, which a daily quota punishes.)
 * Counts are of the process: with several, each gets its share by configuration.
 */
export class RequestBudget {
  private readonly windows: { readonly limit: RequestLimit; readonly takenAtMs: number[] }[];
  private pausedUntilMs = 0;

  constructor(
    limits: readonly RequestLimit[],
    private readonly clock: Clock,
  ) {
    this.windows = limits.map((limit) => ({ limit, takenAtMs: [] }));
  }

  /** Whether a request may be sent now; if so it is counted. */
  take(): boolean {
    const now = this.clock.epochMs();
    if (this.availableInMs() > 0) return false;
    for (const { takenAtMs } of this.windows) takenAtMs.push(now);
    return true;
  }

  /** The vendor said 429: nothing is sent for that long, an hour at most. */
  pause(ms: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.clock.epochMs() + Math.min(ms, longestPauseMs));
  }

  /** 0 when a request may be sent now. */
  availableInMs(): number {
    const now = this.clock.epochMs();
    let waitMs = this.pausedUntilMs - now;
    for (const { limit, takenAtMs } of this.windows) {
      while (takenAtMs.length > 0 && takenAtMs[0]! <= now - limit.perMs) takenAtMs.shift();
      if (takenAtMs.length >= limit.requests) waitMs = Math.max(waitMs, takenAtMs[0]! + limit.perMs - now);
    }
    return Math.max(0, waitMs);
  }

  /** The share of the tightest limit that is left, from 0 to 1. */
  left(): number {
    if (this.availableInMs() > 0) return 0;
    return Math.min(1, ...this.windows.map(({ limit, takenAtMs }) => 1 - takenAtMs.length / limit.requests));
  }
}
