import type { Clock, Quote } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import { BackgroundRefresh } from './background-refresh';
import type { MarketDataSource } from './market-data-source';
import { unknownForMs, type CachedQuote, type QuoteCacheTable, type UnknownSymbol } from './quote-cache.table';
import { WriteBehind } from './write-behind';

const freshMs = 5 * 60_000;
/** Entries made together do not all expire together. */
const jitter = 0.1;
const servedStaleMs = 24 * 60 * 60_000;
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
  /** From 0 to 1, for what must not happen all at once. */
  readonly random?: (() => number) | undefined;
}

interface Held extends CachedQuote {
  /** By the source's clock. */
  readonly freshUntilMs: number;
}

export interface Found extends CachedQuote {
  readonly cache: Quote['cache'];
  readonly fresh: boolean;
}
/** An unknown symbol is absent. */
type Fetched = ReadonlyMap<string, CachedQuote | Error>;
type Looking = Promise<Found | undefined>;

/**
 * memory → DynamoDB → source. At most one look-up per symbol is under way in a process. A quote is fresh for 4.5 to 5
 * minutes of its source's clock; after that it is served for up to a day while a new one is fetched in the background, a few
 * at a time. "Unknown" is remembered for ten minutes. A cache that fails is reported and passed by; only the source can make a
 * look-up fail.
 */
export class QuoteChain {
  private readonly memory = new LRUCache<string, Held>({ max: maxEntries });
  private readonly unknownUntilMs = new LRUCache<string, number>({ max: maxEntries });
  private readonly underWay = new Map<string, Looking>();
  private readonly background: BackgroundRefresh;
  private readonly writes: WriteBehind<CachedQuote | UnknownSymbol>;
  private readonly random: () => number;

  constructor(
    private readonly source: MarketDataSource,
    private readonly table: QuoteCacheTable,
    private readonly surroundings: Surroundings,
  ) {
    this.random = surroundings.random ?? Math.random;
    this.writes = new WriteBehind((rows) => table.put(rows));
    const failed = (error: unknown, symbol: string) => surroundings.report(error, `refreshing the quote of ${symbol}`);
    this.background = new BackgroundRefresh((symbols) => this.renew(symbols), failed, {
      clock: surroundings.clock,
      random: this.random,
      together: source.quotesPerRequest,
    });
  }

  /** Without waiting for anything: what memory holds and may be served. A stale one is renewed in the background. */
  inMemory(symbol: string): Found | undefined {
    const held = this.memory.get(symbol);
    if (!held) return undefined;
    const nowMs = this.source.now().getTime();
    const fresh = nowMs < held.freshUntilMs;
    if (!fresh) {
      if (nowMs - held.fetchedAtMs >= servedStaleMs) return undefined;
      this.background.request(symbol);
    }
    this.countLookups('memory', 1, 0);
    return { quote: held.quote, fetchedAtMs: held.fetchedAtMs, cache: 'memory', fresh };
  }

  /** One promise per distinct symbol, so that one that fails does not hide the others; undefined: nobody knows the symbol. */
  find(symbols: readonly string[]): Map<string, Looking> {
    const found = new Map<string, Looking>();
    const missing: string[] = [];
    for (const symbol of new Set(symbols)) {
      const answer = this.atHand(symbol);
      if (answer) found.set(symbol, answer);
      else missing.push(symbol);
    }
    if (missing.length === 0) return found;
    this.countLookups('memory', 0, missing.length);
    const rows = this.readTable(missing);
    const fetching = rows.then((all) => this.fetch(missing.filter((symbol) => !this.mayBeServed(all.get(symbol)))));
    for (const symbol of missing) {
      const looking = rows
        .then((all) => this.beyondMemory(symbol, all.get(symbol), fetching))
        .finally(() => this.underWay.delete(symbol));
      this.underWay.set(symbol, looking);
      found.set(symbol, looking);
    }
    return found;
  }

  /** Past every cache to the source, and into the caches. Fails when the source does or the row cannot be written. */
  async refresh(symbol: string): Promise<CachedQuote | undefined> {
    const entry = entryOf(symbol, await this.fetch([symbol]));
    if (entry) await this.writes.put(symbol, entry);
    return entry;
  }

  private atHand(symbol: string): Looking | undefined {
    const held = this.inMemory(symbol);
    if (held) return Promise.resolve(held);
    const unknownUntilMs = this.unknownUntilMs.get(symbol) ?? 0;
    if (this.surroundings.clock.epochMs() < unknownUntilMs) return Promise.resolve(undefined);
    return this.underWay.get(symbol);
  }

  private async readTable(symbols: readonly string[]): Promise<Map<string, CachedQuote | UnknownSymbol>> {
    const rows = await this.table.get(symbols).catch((error: unknown) => {
      this.surroundings.report(error, 'reading quotes from the cache table');
      return new Map<string, CachedQuote | UnknownSymbol>();
    });
    let hits = 0;
    for (const [symbol, row] of rows) {
      if (!this.isOurs(row)) rows.delete(symbol);
      else if ('unknownTo' in row || this.ageMs(row) < freshMs) hits++;
    }
    this.countLookups('dynamodb', hits, symbols.length - hits);
    return rows;
  }

  /** What another configuration left behind is not served. */
  private isOurs(row: CachedQuote | UnknownSymbol): boolean {
    if ('quote' in row) return this.source.accepts(row.quote.source);
    return row.unknownTo === this.source.name && this.ageMs(row) < unknownForMs;
  }

  private mayBeServed(row: CachedQuote | UnknownSymbol | undefined): boolean {
    return row !== undefined && ('unknownTo' in row || this.ageMs(row) < servedStaleMs);
  }

  private async beyondMemory(
    symbol: string,
    row: CachedQuote | UnknownSymbol | undefined,
    fetching: Promise<Fetched>,
  ): Looking {
    if (row && 'unknownTo' in row) {
      this.holdUnknown(symbol, unknownForMs - this.ageMs(row));
      return undefined;
    }
    if (row && this.mayBeServed(row)) {
      const fresh = this.source.now().getTime() < this.hold(row).freshUntilMs;
      if (!fresh) this.background.request(symbol);
      return { ...row, cache: 'dynamodb', fresh };
    }
    const fetched = entryOf(symbol, await fetching);
    await this.store(symbol, fetched);
    return fetched && { ...fetched, cache: 'origin', fresh: true };
  }

  /** Those that no other process has fetched by now. Answers with what failed. */
  private async renew(symbols: readonly string[]): Promise<ReadonlyMap<string, Error>> {
    const isHeld = await Promise.all(symbols.map((symbol) => this.heldFromTable(symbol)));
    const overdue = symbols.filter((_, i) => !isHeld[i]);
    const fetched = await this.fetch(overdue);
    const failures = new Map<string, Error>();
    const keep = async (symbol: string, entry: CachedQuote | Error | undefined) => {
      if (entry instanceof Error) failures.set(symbol, entry);
      else await this.store(symbol, entry);
    };
    await Promise.all(overdue.map((symbol) => keep(symbol, fetched.get(symbol))));
    return failures;
  }

  private async heldFromTable(symbol: string): Promise<boolean> {
    const row = (await this.readTable([symbol])).get(symbol);
    if (!row || !('quote' in row) || this.ageMs(row) >= freshMs * (1 - jitter)) return false;
    this.hold(row);
    return true;
  }

  /** All in as few requests as the source can do with. */
  private async fetch(symbols: readonly string[]): Promise<Fetched> {
    const fetched = new Map<string, CachedQuote | Error>();
    if (symbols.length === 0) return fetched;
    const fetchedAtMs = this.source.now().getTime(); // before the call: an answer is never fresher than its question
    const outcomes = await this.source.quotes(symbols);
    for (const symbol of symbols) {
      const outcome = outcomes.get(symbol);
      if (outcome instanceof Error) fetched.set(symbol, outcome);
      else if (outcome) fetched.set(symbol, this.hold({ quote: outcome, fetchedAtMs }));
      else this.holdUnknown(symbol, unknownForMs);
    }
    return fetched;
  }

  private hold({ quote, fetchedAtMs }: CachedQuote): Held {
    const held = { quote, fetchedAtMs, freshUntilMs: fetchedAtMs + freshMs * (1 - jitter * this.random()) };
    this.memory.set(quote.symbol, held);
    this.unknownUntilMs.delete(quote.symbol);
    return held;
  }

  private holdUnknown(symbol: string, forMs: number): void {
    this.memory.delete(symbol);
    this.unknownUntilMs.set(symbol, this.surroundings.clock.epochMs() + forMs);
  }

  /** That a live source does not know a symbol costs requests to find out: other processes are told. */
  private async store(symbol: string, entry: CachedQuote | undefined): Promise<void> {
    if (!entry && this.source.mode !== 'live') return;
    const row = entry ?? { symbol, unknownTo: this.source.name, fetchedAtMs: this.source.now().getTime() };
    await this.writes
      .put(symbol, row)
      .catch((error: unknown) => this.surroundings.report(error, 'writing a quote to the cache table'));
  }

  private ageMs({ fetchedAtMs }: { readonly fetchedAtMs: number }): number {
    return this.source.now().getTime() - fetchedAtMs;
  }

  private countLookups(cache: keyof typeof dimensions, hits: number, misses: number): void {
    if (hits > 0) this.surroundings.metrics.count('CacheHits', hits, dimensions[cache]);
    if (misses > 0) this.surroundings.metrics.count('CacheMisses', misses, dimensions[cache]);
  }
}

function entryOf(symbol: string, fetched: Fetched): CachedQuote | undefined {
  const outcome = fetched.get(symbol);
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

const dimensions = { memory: { Cache: 'memory' }, dynamodb: { Cache: 'dynamodb' } };
