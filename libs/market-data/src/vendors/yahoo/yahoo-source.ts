import type {
  Clock,
  CompanyProfile,
  Dividends,
  Financials,
  Holders,
  Recommendations,
  SymbolMatch,
} from '@stocktool/contracts';
import type { z } from 'zod';
import type { DailySeries } from '../../daily-series';
import {
  MarketDataSource,
  type Capability,
  type QuoteOutcomes,
  type SourceNews,
  type SourceQuote,
} from '../../market-data-source';
import { quoteOf } from '../quote-of';
import { VendorFailure } from '../vendor-failure';
import { dividends, financials, matches, money, news, profile, series } from './mapping';
import * as schema from './schema';
import { ownChecks, type YahooClient } from './yahoo-client';

type Module = 'price' | 'assetProfile' | 'defaultKeyStatistics' | 'recommendationTrend' | 'institutionOwnership';

const beginning = new Date('1960-01-01T00:00:00Z');
const newsCount = 30;
/** Their symbols fit into one address by far. */
const quotesPerRequest = 50;

/**
 * Yahoo Finance through `yahoo-finance2`. Without a key, and without a promise: Yahoo publishes no such interface, its terms
 * are for personal use, and it may change any day. Its symbols are ours. No earnings: it tells the quarter's end, not the day of
 * the announcement, and a date before the news was out is worse than none.
 */
export class YahooSource extends MarketDataSource {
  readonly name = 'yahoo';
  readonly mode = 'live';
  override readonly quotesPerRequest = quotesPerRequest;
  readonly provides: ReadonlySet<Capability> = new Set([
    'quote',
    'history',
    'search',
    'profile',
    'dividends',
    'financials',
    'recommendations',
    'holders',
    'news',
  ]);

  constructor(
    private readonly client: YahooClient,
    private readonly clock: Clock,
  ) {
    super();
  }

  override now(): Date {
    return this.clock.now();
  }

  override async quote(symbol: string): Promise<SourceQuote | undefined> {
    const outcome = (await this.quotes([symbol])).get(symbol);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** In one request. A quote that cannot be read leaves the others; where one is named that nobody asked for, none is unknown. */
  override async quotes(symbols: readonly string[]): Promise<QuoteOutcomes> {
    const answer = await this.client.ask((yahoo) => yahoo.quote([...symbols], {}, ownChecks), schema.Quotes);
    const outcomes = new Map<string, SourceQuote | Error>();
    for (const item of answer ?? []) outcomes.set(item.symbol, this.readQuote(item));
    const strangers = [...outcomes.keys()].filter((symbol) => !symbols.includes(symbol));
    for (const symbol of strangers) outcomes.delete(symbol);
    if (strangers.length > 0)
      for (const symbol of symbols)
        if (!outcomes.has(symbol)) outcomes.set(symbol, new VendorFailure(this.name, 'garbage', 'symbol (impossible)'));
    return outcomes;
  }

  override async history(symbol: string): Promise<DailySeries | undefined> {
    const answer = await this.chart(symbol);
    return answer && series(symbol, answer);
  }

  override async dividends(symbol: string): Promise<Dividends | undefined> {
    const answer = await this.chart(symbol);
    return answer && dividends(symbol, answer);
  }

  override async search(query: string, limit: number): Promise<SymbolMatch[]> {
    const counts = { quotesCount: limit, newsCount: 0 };
    const answer = await this.client.ask((yahoo) => yahoo.search(query, counts, ownChecks), schema.Search);
    return answer ? matches(answer).slice(0, limit) : [];
  }

  override async news(symbol: string): Promise<SourceNews[] | undefined> {
    const counts = { quotesCount: 1, newsCount };
    const answer = await this.client.ask((yahoo) => yahoo.search(symbol, counts, ownChecks), schema.Search);
    return answer && news(answer);
  }

  override async profile(symbol: string): Promise<CompanyProfile | undefined> {
    const modules = ['price', 'assetProfile', 'defaultKeyStatistics'] as const;
    const answer = await this.summary(symbol, modules, schema.Profile);
    return answer && profile(symbol, answer, this.now());
  }

  override async financials(symbol: string): Promise<Financials | undefined> {
    const type = (['annual', 'quarterly'] as const).flatMap((period) => schema.figures.map((name) => period + name));
    const [period1, period2] = [beginning, this.now()].map((instant) => String(Math.floor(instant.getTime() / 1000)));
    const query = { type: type.join(','), period1: period1!, period2: period2! };
    const path = `ws/fundamentals-timeseries/v1/finance/timeseries/${encodeURIComponent(symbol)}`;
    const answer = await this.client.json(path, query, schema.Timeseries);
    return answer && financials(symbol, answer);
  }

  override async recommendations(symbol: string): Promise<Recommendations | undefined> {
    const answer = await this.summary(symbol, ['recommendationTrend'], schema.Recommendations);
    const items = (answer?.recommendationTrend?.trend ?? []).flatMap(({ period, ...counts }) => {
      const months = /^(-?\d+)m$/.exec(period)?.[1];
      return months === undefined ? [] : [{ month: this.monthsFromNow(Number(months)), ...counts }];
    });
    items.sort((a, b) => (a.month < b.month ? 1 : -1));
    return items.length === 0 ? undefined : { symbol, source: this.name, items };
  }

  override async holders(symbol: string): Promise<Holders | undefined> {
    const answer = await this.summary(symbol, ['institutionOwnership'], schema.Holders);
    const items = (answer?.institutionOwnership?.ownershipList ?? []).map((holder) => ({
      name: holder.organization,
      reportedAt: holder.reportDate.toISOString().slice(0, 10),
      shares: holder.position,
      value: holder.value ?? null,
      fraction: holder.pctHeld ?? null,
    }));
    items.sort((a, b) => b.shares - a.shares);
    return items.length === 0 ? undefined : { symbol, source: this.name, items };
  }

  private readQuote(item: unknown): SourceQuote | VendorFailure {
    const answer = this.client.check(item, schema.Quote);
    if (answer instanceof VendorFailure) return answer;
    const { currency, unit } = money(answer.currency);
    const previousClose = answer.regularMarketPreviousClose;
    return quoteOf({
      symbol: answer.symbol,
      price: answer.regularMarketPrice * unit,
      currency,
      previousClose: typeof previousClose === 'number' ? previousClose * unit : null,
      asOf: answer.regularMarketTime,
      source: this.name,
    });
  }

  private chart(symbol: string) {
    const range = { period1: beginning, period2: this.now(), interval: '1d' as const };
    return this.client.ask((yahoo) => yahoo.chart(symbol, range, ownChecks), schema.Chart);
  }

  private summary<Schema extends z.ZodType>(
    symbol: string,
    modules: readonly Module[],
    answer: Schema,
  ): Promise<z.output<Schema> | undefined> {
    return this.client.ask((yahoo) => yahoo.quoteSummary(symbol, { modules: [...modules] }, ownChecks), answer);
  }

  /** The first of a month, counted from the present one. */
  private monthsFromNow(months: number): string {
    const now = this.now();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 10);
  }
}
