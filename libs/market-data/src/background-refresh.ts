import type { Clock } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';

const mostAtOnce = 8;
const mostWaiting = 1000;
const rememberedFailures = 10_000;
const retryMs = 10_000;

/**
 * Work by symbol that nobody waits for: so many together, a few such groups at once, a bounded number waiting, each symbol once.
 * One that failed is not tried again for 10 to 20 seconds, drawn at random, so that not all come back together.
 */
export class BackgroundRefresh {
  private readonly waiting = new Set<string>();
  private readonly running = new Set<string>();
  private groupsRunning = 0;
  private starting = false;
  private readonly notBeforeMs = new LRUCache<string, number>({ max: rememberedFailures });

  /** `run` answers with what failed, or rejects where all did. */
  constructor(
    private readonly run: (symbols: readonly string[]) => Promise<ReadonlyMap<string, Error>>,
    private readonly failed: (error: unknown, symbol: string) => void,
    private readonly around: { readonly clock: Clock; readonly random: () => number; readonly together: number },
  ) {}

  /** What does not fit is left: the next reader asks for it again. */
  request(symbol: string): void {
    if (this.running.has(symbol) || this.waiting.size >= mostWaiting || !this.isDue(symbol)) return;
    this.waiting.add(symbol);
    if (this.starting) return;
    this.starting = true;
    queueMicrotask(() => {
      this.starting = false;
      this.startMore(); // with all that is asked for in this turn
    });
  }

  isDue(symbol: string): boolean {
    return (this.notBeforeMs.get(symbol) ?? 0) <= this.around.clock.epochMs();
  }

  private startMore(): void {
    while (this.waiting.size > 0 && this.groupsRunning < mostAtOnce) {
      const group = [...this.waiting].slice(0, this.around.together);
      for (const symbol of group) {
        this.waiting.delete(symbol);
        this.running.add(symbol);
      }
      void this.runGroup(group);
    }
  }

  private async runGroup(group: readonly string[]): Promise<void> {
    this.groupsRunning++;
    const failures = await this.run(group).catch((error: unknown) => new Map(group.map((symbol) => [symbol, error])));
    for (const symbol of group) {
      if (failures.has(symbol)) this.hasFailed(symbol, failures.get(symbol));
      else this.notBeforeMs.delete(symbol);
      this.running.delete(symbol);
    }
    this.groupsRunning--;
    this.startMore();
  }

  private hasFailed(symbol: string, error: unknown): void {
    const { clock, random } = this.around;
    this.notBeforeMs.set(symbol, clock.epochMs() + retryMs * (1 + random()));
    this.failed(error, symbol);
  }
}
