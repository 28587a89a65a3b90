import type { Clock, Quote } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import type { MarketDataSource } from './market-data-source';
import type { CachedQuote, QuoteCacheTable } from './quote-cache.table';

const freshMs = 5 * 60_000;
const servedStaleMs = 24 * 60 * 60_000;
const unknownMs = 10 * 60_000;
const maxEntries = 10_000;

/** What `Metrics` of observability offers. */
export interface Counter {
  count(name: string, value?: number, dimensions?: Record<string, string>): void;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly metrics: Counter;
  /** A failure that did not stop the answer: a cache that is down, a refresh in the background. */
  readonly report: (error: unknown, doing: string) => void;
}

export interface Found extends CachedQuote {
  readonly cache: Quote['cache'];
}

/**
 * memory → DynamoDB → source. At most one look-up per symbol is under way in a process. A quote is fresh for 5 minutes of
 * its source's clock; after that it is served for up to a day while a new one is fetched in the background. A cache that
 * fails is reported and passed by; only the source can make a look-up fail.
 */
export class QuoteChain {
  private readonly memory = new LRUCache<string, CachedQuote>({ max: maxEntries });
  private readonly unknownUntilMs = new LRUCache<string, number>({ max: maxEntries });
  private readonly underWay = new Map<string, Promise<Found | undefined>>();
  private readonly refreshing = new Set<string>();

  constructor(
    private readonly source: MarketDataSource,
    private readonly table: QuoteCacheTable,
    private readonly surroundings: Surroundings,
  ) {}

  /** One promise per distinct symbol, so that one that fails does not hide the others; undefined: nobody knows the symbol. */
  find(symbols: readonly string[]): Map<string, Promise<Found | undefined>> {
    const found = new Map<string, Promise<Found | undefined>>();
    const missing: string[] = [];
    for (const symbol of new Set(symbols)) {
      const answer = this.atHand(symbol);
      if (answer) found.set(symbol, answer);
      else missing.push(symbol);
    }
    this.countLookups('memory', found.size, missing.length);
    if (missing.length === 0) return found;
    const rows = this.readTable(missing);
    for (const symbol of missing) {
      const looking = rows
        .then((all) => this.beyondMemory(symbol, all.get(symbol)))
        .finally(() => this.underWay.delete(symbol));
      this.underWay.set(symbol, looking);
      found.set(symbol, looking);
    }
    return found;
  }

  /** Past every cache to the source, and into the caches. Fails when the source does or the row cannot be written. */
  async refresh(symbol: string): Promise<CachedQuote | undefined> {
    const entry = await this.fetch(symbol);
    if (entry) await this.table.put([entry]);
    return entry;
  }

  isFresh({ fetchedAtMs }: CachedQuote): boolean {
    return this.ageMs(fetchedAtMs) < freshMs;
  }

  private atHand(symbol: string): Promise<Found | undefined> | undefined {
    const entry = this.memory.get(symbol);
    if (entry && this.isFresh(entry)) return Promise.resolve({ ...entry, cache: 'memory' });
    const unknownUntilMs = this.unknownUntilMs.get(symbol) ?? 0;
    if (this.surroundings.clock.epochMs() < unknownUntilMs) return Promise.resolve(undefined);
    return this.underWay.get(symbol);
  }

  private async readTable(symbols: readonly string[]): Promise<Map<string, CachedQuote>> {
    const rows = await this.table.get(symbols).catch((error: unknown) => {
      this.surroundings.report(error, 'reading quotes from the cache table');
      return new Map<string, CachedQuote>();
    });
    for (const [symbol, { quote }] of rows) if (!this.source.accepts(quote.source)) rows.delete(symbol);
    const hits = [...rows.values()].filter((row) => this.isFresh(row)).length;
    this.countLookups('dynamodb', hits, symbols.length - hits);
    return rows;
  }

  private async beyondMemory(symbol: string, row: CachedQuote | undefined): Promise<Found | undefined> {
    const held = this.memory.get(symbol);
    const [entry, cache] = newest(held, row);
    if (entry && this.ageMs(entry.fetchedAtMs) < servedStaleMs) {
      this.memory.set(symbol, entry);
      if (!this.isFresh(entry)) this.refreshInBackground(symbol);
      return { ...entry, cache };
    }
    const fetched = await this.fetch(symbol);
    if (!fetched) return undefined;
    await this.store(fetched);
    return { ...fetched, cache: 'origin' };
  }

  private async fetch(symbol: string): Promise<CachedQuote | undefined> {
    const fetchedAtMs = this.source.now().getTime(); // before the call: an answer is never fresher than its question
    const quote = await this.source.quote(symbol);
    if (!quote) {
      this.unknownUntilMs.set(symbol, this.surroundings.clock.epochMs() + unknownMs);
      return undefined;
    }
    const entry = { quote, fetchedAtMs };
    this.memory.set(symbol, entry);
    this.unknownUntilMs.delete(symbol);
    return entry;
  }

  private async store(entry: CachedQuote): Promise<void> {
    await this.table
      .put([entry])
      .catch((error: unknown) => this.surroundings.report(error, 'writing a quote to the cache table'));
  }

  private refreshInBackground(symbol: string): void {
    if (this.refreshing.has(symbol)) return;
    this.refreshing.add(symbol);
    this.refresh(symbol)
      .catch((error: unknown) => this.surroundings.report(error, `refreshing the quote of ${symbol}`))
      .finally(() => this.refreshing.delete(symbol));
  }

  private ageMs(fetchedAtMs: number): number {
    return this.source.now().getTime() - fetchedAtMs;
  }

  private countLookups(cache: string, hits: number, misses: number): void {
    if (hits > 0) this.surroundings.metrics.count('CacheHits', hits, { Cache: cache });
    if (misses > 0) this.surroundings.metrics.count('CacheMisses', misses, { Cache: cache });
  }
}

function newest(
  held: CachedQuote | undefined,
  row: CachedQuote | undefined,
): [CachedQuote | undefined, 'memory' | 'dynamodb'] {
  if (held && (!row || held.fetchedAtMs >= row.fetchedAtMs)) return [held, 'memory'];
  return [row, 'dynamodb'];
}
