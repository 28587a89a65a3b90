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
}

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

const rememberedReceivers = 10_000;
const rememberedMs = 10 * 60_000;

/**
 * How many attempts run at once towards one receiver: a dead one must not hold all of the notifier, and a quick one shall not wait
 * for nothing. A receiver is slow from the first attempt that takes long until one that does not.
 */
export class TargetGate {
  private readonly lines = new Map<string, Line>();
  private readonly slow = new LRUCache<string, true>({ max: rememberedReceivers, ttl: rememberedMs });
  private readonly options: Required<TargetGateOptions>;

  constructor({ most = 16, mostWhenSlow = 4, slowMs = 2000, waitMs = 1000 }: TargetGateOptions = {}) {
    this.options = { most, mostWhenSlow, slowMs, waitMs };
  }

  /** Runs `work`, or answers undefined when the receiver has enough to do. */
  async enter<Result>(target: string, work: () => Promise<Result>): Promise<Result | undefined> {
    const line = this.lines.get(target) ?? { running: 0, waiting: [] };
    this.lines.set(target, line);
    if (!this.hasRoom(target, line) && !(await this.turn(target, line))) {
      this.forgetIfEmpty(target, line);
      return undefined;
    }
    line.running += 1;
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      if (performance.now() - startedAt > this.options.slowMs) this.slow.set(target, true);
      else this.slow.delete(target);
      line.running -= 1;
      const next = line.waiting.shift();
      if (next) next();
      else this.forgetIfEmpty(target, line);
    }
  }

  private forgetIfEmpty(target: string, { running, waiting }: Line): void {
    if (running === 0 && waiting.length === 0) this.lines.delete(target);
  }

  private hasRoom(target: string, { running }: Line): boolean {
    return running < (this.slow.has(target) ? this.options.mostWhenSlow : this.options.most);
  }

  /** Nobody waits for a slow receiver: that would hold a place here as well. */
  private async turn(target: string, line: Line): Promise<boolean> {
    const deadline = performance.now() + this.options.waitMs;
    while (!this.slow.has(target)) {
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
