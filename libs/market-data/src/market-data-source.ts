import {
  Problem,
  type CompanyProfile,
  type Disagreement,
  type Dividends,
  type Earnings,
  type Financials,
  type Holders,
  type NewsItem,
  type Recommendations,
  type SymbolMatch,
} from '@stocktool/contracts';
import type { DailySeries } from './daily-series';
import type { Patience, Told } from './kept-answers/kept-answers';

/** The last price a source knows; `changePercent` is in percent points. */
export interface SourceQuote {
  readonly symbol: string;
  readonly price: number;
  readonly currency: string;
  readonly previousClose: number | null;
  readonly change: number | null;
  readonly changePercent: number | null;
  /** ISO time of the price, not of the call. */
  readonly asOf: string;
  /** Who says so: shown to the user as it is. */
  readonly source: string;
  /** Of a second vendor that was asked too, where it is too far away. */
  readonly disagreement?: Disagreement | undefined;
}

/** By symbol; an unknown one is absent, and where one cannot be answered, why is in its place. */
export type QuoteOutcomes = ReadonlyMap<string, SourceQuote | Error>;

export interface Coverage {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly currency: string;
}

/** Dates, both inclusive; a source may answer with more than was asked, never with less. */
export interface DateRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A story as a source tells it; its sentiment is ours. */
export type SourceNews = Omit<NewsItem, 'sentiment'>;

/** What a source may be asked. */
export const capabilities = [
  'quote',
  'history',
  'coverage',
  'search',
  'universe',
  'profile',
  'dividends',
  'financials',
  'earnings',
  'recommendations',
  'holders',
  'news',
] as const;
export type Capability = (typeof capabilities)[number];

/**
 * Where market data comes from. `undefined` means that the source does not know the symbol; a source that cannot answer
 * throws Problem `market-data-unavailable`, and what it never answers, `no-source-configured`: `provides` says so before.
 */
export abstract class MarketDataSource {
  abstract readonly name: string;
  abstract readonly mode: 'bundled' | 'live';
  abstract readonly provides: ReadonlySet<Capability>;

  /** The source's own clock: what "now" means for its data. A data set of the past stands still at its end. */
  abstract now(): Date;

  /** Which data answers: of a data set its checksum; a live source has none, and the time stands for it. */
  get version(): string {
    return this.now().toISOString();
  }

  /** Until somebody may be asked for this again: 0 where it may be now. A source without budgets never makes wait. */
  availableInMs(_capability: Capability): number {
    return 0;
  }

  /** How many symbols one request for quotes can name; a vendor is not asked for more at once. */
  readonly quotesPerRequest: number = 1;

  quote(_symbol: string): Promise<SourceQuote | undefined> {
    return this.lacks('quotes');
  }

  /** One by one here, all at once; rejects only where no symbol could be asked for. */
  async quotes(symbols: readonly string[]): Promise<QuoteOutcomes> {
    const outcomes = new Map<string, SourceQuote | Error>();
    const one = async (symbol: string) => {
      const outcome = await this.quote(symbol).catch(asError);
      if (outcome) outcomes.set(symbol, outcome);
    };
    await Promise.all(symbols.map(one));
    return outcomes;
  }

  history(_symbol: string, _range?: DateRange): Promise<DailySeries | undefined> {
    return this.lacks('price history');
  }

  coverage(_symbol: string): Promise<Coverage | undefined> {
    return this.lacks('price history');
  }

  search(_query: string, _limit: number): Promise<SymbolMatch[]> {
    return this.lacks('a symbol search');
  }

  /** What the source can list by itself, for the market summary and for refreshing the cache. */
  universe(): Promise<SymbolMatch[]> {
    return this.lacks('a list of symbols');
  }

  profile(_symbol: string): Promise<CompanyProfile | undefined> {
    return this.lacks('company profiles');
  }

  dividends(_symbol: string): Promise<Dividends | undefined> {
    return this.lacks('dividends');
  }

  financials(_symbol: string): Promise<Financials | undefined> {
    return this.lacks('financial statements');
  }

  earnings(_symbol: string): Promise<Earnings | undefined> {
    return this.lacks('earnings');
  }

  recommendations(_symbol: string): Promise<Recommendations | undefined> {
    return this.lacks("analysts' recommendations");
  }

  holders(_symbol: string): Promise<Holders | undefined> {
    return this.lacks('institutional holders');
  }

  /** Newest first. */
  news(_symbol: string): Promise<SourceNews[] | undefined> {
    return this.lacks('news');
  }

  /** The same with since when it has been known. */
  async newsTold(symbol: string, _patience?: Patience): Promise<Told<SourceNews[]>> {
    return { answer: await this.news(symbol), fetchedAtMs: this.now().getTime(), cache: 'origin', stale: false };
  }

  /** Whether a cached row that names `source` may be served: what another configuration left behind must not. */
  accepts(source: string): boolean {
    return source === this.name;
  }

  private lacks(what: string): Promise<never> {
    return Promise.reject(
      new Problem('no-source-configured', `The configured market data (${this.name}) has no ${what}.`),
    );
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
