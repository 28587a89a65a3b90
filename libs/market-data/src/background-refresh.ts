import type { Clock } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';

const mostAtOnce = 8;
const mostWaiting = 1000;
const rememberedFailures = 10_000;
const retryMs = 10_000;

/**
 * Work by symbol that nobody waits for: a few at once, a bounded number waiting, each symbol once. One that failed is not
 * tried again for 10 to 20 seconds, drawn at random, so that not all come back together.
 */
export class BackgroundRefresh {
  private readonly waiting = new Set<string>();
  private readonly running = new Set<string>();
  private readonly notBeforeMs = new LRUCache<string, number>({ max: rememberedFailures });

  constructor(
    private readonly run: (symbol: string) => Promise<unknown>,
    private readonly failed: (error: unknown, symbol: string) => void,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** What does not fit is left: the next reader asks for it again. */
  request(symbol: string): void {
    if (this.running.has(symbol) || this.waiting.size >= mostWaiting || !this.isDue(symbol)) return;
    this.waiting.add(symbol);
    this.startMore();
  }

  isDue(symbol: string): boolean {
    return (this.notBeforeMs.get(symbol) ?? 0) <= this.clock.epochMs();
  }

  private startMore(): void {
    for (const symbol of this.waiting) {
      if (this.running.size >= mostAtOnce) return;
      this.waiting.delete(symbol);
      this.running.add(symbol);
      void this.one(symbol);
    }
  }

  private async one(symbol: string): Promise<void> {
    try {
      await this.run(symbol);
      this.notBeforeMs.delete(symbol);
    } catch (error) {
      this.notBeforeMs.set(symbol, this.clock.epochMs() + retryMs * (1 + this.random()));
      this.failed(error, symbol);
    }
    this.running.delete(symbol);
    this.startMore();
  }
}
