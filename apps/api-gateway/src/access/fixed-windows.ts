import type { Clock } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';

/** Counters kept at once; the least recently used goes first. */
const countersKept = 10_000;

export interface Count {
  readonly most: number;
  readonly used: number;
  /** Until the window ends; 0 when none has begun. */
  readonly secondsLeft: number;
}

interface Window {
  used: number;
  endsAtMs: number;
}

/** Counts by key in windows of fixed length, each of which begins with its first count. In this process only. */
export class FixedWindows {
  private readonly windows = new LRUCache<string, Window>({ max: countersKept });

  constructor(
    readonly most: number,
    readonly windowMs: number,
    private readonly clock: Clock,
  ) {}

  spend(key: string): Count {
    const nowMs = this.clock.epochMs();
    const known = this.windows.get(key);
    if (!known || known.endsAtMs <= nowMs) {
      this.windows.set(key, { used: 1, endsAtMs: nowMs + this.windowMs });
      return { most: this.most, used: 1, secondsLeft: Math.ceil(this.windowMs / 1000) };
    }
    known.used++;
    return this.count(known, nowMs);
  }

  /** Counts nothing. */
  look(key: string): Count {
    const nowMs = this.clock.epochMs();
    const known = this.windows.get(key);
    return known && known.endsAtMs > nowMs ? this.count(known, nowMs) : { most: this.most, used: 0, secondsLeft: 0 };
  }

  private count({ used, endsAtMs }: Window, nowMs: number): Count {
    return { most: this.most, used, secondsLeft: Math.ceil((endsAtMs - nowMs) / 1000) };
  }
}
