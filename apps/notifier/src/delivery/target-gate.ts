import { LRUCache } from 'lru-cache';

export interface TargetGateOptions {
  /** Attempts at once towards one receiver that answers well. */
  readonly most?: number;
  /** And towards one that was slow the last time. */
  readonly mostWhenSlow?: number;
  /** What takes longer than this is slow. */
  readonly slowMs?: number;
  /** How long an attempt waits for its turn before it is sent away. */
  readonly waitMs?: number;
  /** Receivers that take fewer at once than others. */
  readonly mostOf?: Readonly<Record<string, number>>;
}

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

const rememberedReceivers = 10_000;
const rememberedMs = 10 * 60_000;

/**
 * How many attempts run at once towards one receiver: a dead one must not hold all of the notifier, and a quick one shall not wait
 * for nothing. A receiver is slow from the first exchange that takes long until one that does not; see `timed`.
 */
export class TargetGate {
  private readonly lines = new Map<string, Line>();
  private readonly slow = new LRUCache<string, true>({ max: rememberedReceivers, ttl: rememberedMs });
  private readonly options: Required<TargetGateOptions>;

  constructor({ most = 16, mostWhenSlow = 4, slowMs = 2000, waitMs = 1000, mostOf = {} }: TargetGateOptions = {}) {
    this.options = { most, mostWhenSlow, slowMs, waitMs, mostOf };
  }

  /** Runs `work`, or answers undefined when the receiver has enough to do. With a `patienceMs` it waits for slow ones too. */
  async enter<Result>(target: string, work: () => Promise<Result>, patienceMs?: number): Promise<Result | undefined> {
    const line = this.lines.get(target) ?? { running: 0, waiting: [] };
    this.lines.set(target, line);
    if (!this.hasRoom(target, line) && !(await this.turn(target, line, patienceMs))) {
      this.forgetIfEmpty(target, line);
      return undefined;
    }
    line.running += 1;
    try {
      return await work();
    } finally {
      line.running -= 1;
      const next = line.waiting.shift();
      if (next) next();
      else this.forgetIfEmpty(target, line);
    }
  }

  /** The exchange with the receiver itself: how long it takes decides how many are let in. */
  async timed<Result>(target: string, exchange: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    try {
      return await exchange();
    } finally {
      if (performance.now() - startedAt > this.options.slowMs) this.slow.set(target, true);
      else this.slow.delete(target);
    }
  }

  private forgetIfEmpty(target: string, { running, waiting }: Line): void {
    if (running === 0 && waiting.length === 0) this.lines.delete(target);
  }

  private hasRoom(target: string, { running }: Line): boolean {
    const { most, mostOf, mostWhenSlow } = this.options;
    const atOnce = mostOf[target] ?? most;
    return running < (this.slow.has(target) ? Math.min(mostWhenSlow, atOnce) : atOnce);
  }

  /** Nobody waits for a slow receiver unasked: that would hold a place here as well. */
  private async turn(target: string, line: Line, patienceMs?: number): Promise<boolean> {
    const deadline = performance.now() + (patienceMs ?? this.options.waitMs);
    while (patienceMs !== undefined || !this.slow.has(target)) {
      if (this.hasRoom(target, line)) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          line.waiting.splice(line.waiting.indexOf(wake), 1);
          resolve();
        }, left);
        const wake = () => {
          clearTimeout(timer);
          resolve();
        };
        line.waiting.push(wake);
      });
    }
    return this.hasRoom(target, line);
  }
}

/** Webhooks share a receiver by origin, mail by the one server that we hand it to. */
export const receiverOf = (channel: string, target: string): string =>
  channel === 'webhook' ? (URL.parse(target)?.origin ?? target) : channel;
