import type {
  CircuitBreakerState,
  Clock,
  CompanyProfile,
  Dividends,
  Earnings,
  Financials,
  Holders,
  Recommendations,
  SymbolMatch,
} from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import { coverageOf, type DailySeries } from './daily-series';
import {
  MarketDataSource,
  type Capability,
  type Coverage,
  type QuoteOutcomes,
  type SourceNews,
  type SourceQuote,
} from './market-data-source';
import type { Surroundings } from './quote-chain';
import type { VendorChain } from './vendor-chain/vendor-chain';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Answers made together do not all expire together. */
const jitter = 0.1;
const keptMs = { history: dayMs, search: dayMs, news: 15 * minuteMs, facts: dayMs } as const;
const unknownMs = 10 * minuteMs;
/** The last known answer serves while no vendor can give a newer one, and says that it is stale. */
const servedStaleMs = 7 * dayMs;
const maxBytes = 48 * 1024 * 1024;
const bytesPerRow = 100;
const bytesBeside = 1024;
const bytesPerCharacter = 2;

const dimensions = { Cache: 'vendor-answers' };

interface Kept {
  readonly answer: unknown;
  readonly untilMs: number;
  readonly keptAtMs: number;
}

/**
 * The vendors with a memory for what changes slowly: prices of days, facts, news and searches. Several that ask for the same
 * at once are one question; what fails is answered from the last known for up to a week. Quotes have a cache of their own,
 * shared by all processes.
 */
export class LiveSource extends MarketDataSource {
  readonly name = 'live';
  readonly mode = 'live';
  readonly provides: ReadonlySet<Capability>;
  override readonly quotesPerRequest: number;
  private readonly memory = new LRUCache<string, Kept>({
    maxSize: maxBytes,
    sizeCalculation: ({ answer }) => bytesBeside + bytesOf(answer),
  });
  private readonly clock: Clock;
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(
    private readonly vendors: VendorChain,
    private readonly surroundings: Pick<Surroundings, 'clock' | 'metrics'>,
    private readonly random: () => number = Math.random,
  ) {
    super();
    this.clock = surroundings.clock;
    this.provides = vendors.provides;
    this.quotesPerRequest = vendors.quotesPerRequest;
  }

  breakers(): CircuitBreakerState[] {
    return this.vendors.breakers();
  }

  override now(): Date {
    return this.vendors.now();
  }

  override accepts(source: string): boolean {
    return this.vendors.accepts(source);
  }

  override quote(symbol: string): Promise<SourceQuote | undefined> {
    return this.vendors.quote(symbol);
  }

  override quotes(symbols: readonly string[]): Promise<QuoteOutcomes> {
    return this.vendors.quotes(symbols);
  }

  /** Whole, whatever range is asked for: one answer serves all. */
  override history(symbol: string): Promise<DailySeries | undefined> {
    return this.kept(`history ${symbol}`, keptMs.history, () => this.vendors.history(symbol));
  }

  override async coverage(symbol: string): Promise<Coverage | undefined> {
    const series = await this.history(symbol);
    return series && series.dates.length > 0 ? coverageOf(series) : undefined;
  }

  override search(query: string, limit: number): Promise<SymbolMatch[]> {
    const key = `search ${limit} ${query.trim().toLowerCase()}`;
    return this.kept(key, keptMs.search, () => this.vendors.search(query, limit));
  }

  override universe(): Promise<SymbolMatch[]> {
    return this.vendors.universe();
  }

  override profile(symbol: string): Promise<CompanyProfile | undefined> {
    return this.kept(`profile ${symbol}`, keptMs.facts, () => this.vendors.profile(symbol));
  }

  override dividends(symbol: string): Promise<Dividends | undefined> {
    return this.kept(`dividends ${symbol}`, keptMs.facts, () => this.vendors.dividends(symbol));
  }

  override financials(symbol: string): Promise<Financials | undefined> {
    return this.kept(`financials ${symbol}`, keptMs.facts, () => this.vendors.financials(symbol));
  }

  override earnings(symbol: string): Promise<Earnings | undefined> {
    return this.kept(`earnings ${symbol}`, keptMs.facts, () => this.vendors.earnings(symbol));
  }

  override recommendations(symbol: string): Promise<Recommendations | undefined> {
    return this.kept(`recommendations ${symbol}`, keptMs.facts, () => this.vendors.recommendations(symbol));
  }

  override holders(symbol: string): Promise<Holders | undefined> {
    return this.kept(`holders ${symbol}`, keptMs.facts, () => this.vendors.holders(symbol));
  }

  override news(symbol: string): Promise<SourceNews[] | undefined> {
    return this.kept(`news ${symbol}`, keptMs.news, () => this.vendors.news(symbol));
  }

  private kept<Answer>(key: string, forMs: number, load: () => Promise<Answer>): Promise<Answer> {
    const known = this.memory.get(key);
    const nowMs = this.clock.epochMs();
    if (known && nowMs < known.untilMs) {
      this.surroundings.metrics.count('CacheHits', 1, dimensions);
      return Promise.resolve(known.answer as Answer);
    }
    const asked = this.underWay.get(key);
    if (asked) return asked as Promise<Answer>;
    this.surroundings.metrics.count('CacheMisses', 1, dimensions);
    const asking = this.load(key, forMs, load, known).finally(() => this.underWay.delete(key));
    this.underWay.set(key, asking);
    return asking;
  }

  private async load<Answer>(
    key: string,
    forMs: number,
    load: () => Promise<Answer>,
    known: Kept | undefined,
  ): Promise<Answer> {
    const keptAtMs = this.clock.epochMs();
    try {
      const answer = await load();
      const lifeMs = answer === undefined ? unknownMs : forMs * (1 - jitter * this.random());
      this.memory.set(key, { answer, untilMs: keptAtMs + lifeMs, keptAtMs });
      return answer;
    } catch (error) {
      if (known?.answer !== undefined && keptAtMs - known.keptAtMs < servedStaleMs)
        return stale(known.answer as Answer);
      throw error;
    }
  }
}

/** About: news and statements of one symbol may be a thousand times those of another. */
const bytesOf = (answer: unknown): number =>
  typeof answer === 'object' && answer !== null && 'dates' in answer
    ? (answer as DailySeries).dates.length * bytesPerRow
    : (JSON.stringify(answer) ?? '').length * bytesPerCharacter;

/** Lists of stories and of symbols stay as they are: each story says of when it is. */
const stale = <Answer>(answer: Answer): Answer =>
  typeof answer === 'object' && !Array.isArray(answer) ? { ...answer, stale: true } : answer;
