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
import { coverageOf, type DailySeries } from './daily-series';
import type { Answers, Question } from './kept-answers/answer-kinds';
import { KeptAnswers, type Patience, type Told } from './kept-answers/kept-answers';
import type { SharedAnswers } from './kept-answers/shared-answers';
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

const maxBytes = 48 * 1024 * 1024;

type FactKind = 'profile' | 'dividends' | 'financials' | 'earnings' | 'recommendations' | 'holders';

/**
 * The vendors behind a cache for what changes slowly: prices of days, facts, news and searches. Each answer says since when it has
 * been known and which cache had it. Quotes have a cache of their own.
 */
export class LiveSource extends MarketDataSource {
  readonly name = 'live';
  readonly mode = 'live';
  readonly provides: ReadonlySet<Capability>;
  override readonly quotesPerRequest: number;
  private readonly clock: Clock;
  private readonly answers: KeptAnswers;

  /** `shared` absent: this process shares nothing but quotes. */
  constructor(
    private readonly vendors: VendorChain,
    surroundings: Surroundings,
    shared?: SharedAnswers,
  ) {
    super();
    this.clock = surroundings.clock;
    this.provides = vendors.provides;
    this.quotesPerRequest = vendors.quotesPerRequest;
    const accepts = (source: string) => vendors.accepts(source);
    this.answers = new KeptAnswers(surroundings, { maxBytes, shared, accepts });
  }

  override availableInMs(capability: Capability): number {
    return this.vendors.availableInMs(capability);
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
  override async history(symbol: string): Promise<DailySeries | undefined> {
    const told = await this.answers.find({ kind: 'history', symbol }, () => this.vendors.history(symbol));
    const { answer, cache, stale } = told;
    return answer && { ...answer, cache, ...(stale && { stale }) };
  }

  override async coverage(symbol: string): Promise<Coverage | undefined> {
    const series = await this.history(symbol);
    return series && series.dates.length > 0 ? coverageOf(series) : undefined;
  }

  override async search(query: string, limit: number): Promise<SymbolMatch[]> {
    const question = { kind: 'search', symbol: query.trim().toLowerCase(), variant: String(limit) } as const;
    return (await this.answers.find(question, () => this.vendors.search(query, limit))).answer ?? [];
  }

  override universe(): Promise<SymbolMatch[]> {
    return this.vendors.universe();
  }

  override profile(symbol: string): Promise<CompanyProfile | undefined> {
    return this.fact({ kind: 'profile', symbol }, () => this.vendors.profile(symbol));
  }

  override dividends(symbol: string): Promise<Dividends | undefined> {
    return this.fact({ kind: 'dividends', symbol }, () => this.vendors.dividends(symbol));
  }

  override financials(symbol: string): Promise<Financials | undefined> {
    return this.fact({ kind: 'financials', symbol }, () => this.vendors.financials(symbol));
  }

  override earnings(symbol: string): Promise<Earnings | undefined> {
    return this.fact({ kind: 'earnings', symbol }, () => this.vendors.earnings(symbol));
  }

  override recommendations(symbol: string): Promise<Recommendations | undefined> {
    return this.fact({ kind: 'recommendations', symbol }, () => this.vendors.recommendations(symbol));
  }

  override holders(symbol: string): Promise<Holders | undefined> {
    return this.fact({ kind: 'holders', symbol }, () => this.vendors.holders(symbol));
  }

  override async news(symbol: string): Promise<SourceNews[] | undefined> {
    return (await this.newsTold(symbol)).answer;
  }

  override newsTold(symbol: string, patience?: Patience): Promise<Told<SourceNews[]>> {
    return this.answers.find({ kind: 'news', symbol }, () => this.vendors.news(symbol), patience);
  }

  private async fact<Kind extends FactKind>(
    question: Question<Kind>,
    load: () => Promise<Answers[Kind] | undefined>,
  ): Promise<Answers[Kind] | undefined> {
    const { answer, fetchedAtMs, cache, stale } = await this.answers.find(question, load);
    return answer && { ...answer, asOf: new Date(fetchedAtMs).toISOString(), cache, ...(stale && { stale }) };
  }
}
