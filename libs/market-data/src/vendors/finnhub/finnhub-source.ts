import type {
  Clock,
  CompanyProfile,
  Dividends,
  Earnings,
  Financials,
  Holders,
  Recommendations,
  SymbolMatch,
} from '@stocktool/contracts';
import type { z } from 'zod';
import { MarketDataSource, type Capability, type SourceNews, type SourceQuote } from '../../market-data-source';
import { quoteOf } from '../quote-of';
import { isUsShare, withDot } from '../us-symbols';
import type { VendorHttp } from '../vendor-http';
import { earnings, financials, matches, news, profile } from './mapping';
import {
  CompanyNews,
  DividendList,
  EarningsCalendar,
  FinancialsReported,
  Ownership,
  Profile,
  Quote,
  RecommendationTrends,
  SplitList,
  SymbolLookup,
} from './schema';

const dayMs = 86_400_000;
const newsDays = 14;
const earningsPastDays = 5 * 365;
const earningsAheadDays = 180;
const dividendsSince = '1980-01-01';
const largestHolders = 100;

/**
 * Finnhub (https://finnhub.io/docs/api), key in a header. Shares of US exchanges: its quotes tell no currency. No price
 * history: its candles are not adjusted for dividends, and a series here has an adjusted close in every row. What the plan
 * of the key lacks (dividends, splits, holders on the free one) is a failure `not-entitled`, and the next vendor is asked.
 */
export class FinnhubSource extends MarketDataSource {
  readonly name = 'finnhub';
  readonly mode = 'live';
  readonly provides: ReadonlySet<Capability> = new Set([
    'quote',
    'search',
    'profile',
    'dividends',
    'financials',
    'earnings',
    'recommendations',
    'holders',
    'news',
  ]);

  constructor(
    private readonly http: VendorHttp,
    private readonly clock: Clock,
  ) {
    super();
  }

  override now(): Date {
    return this.clock.now();
  }

  override async quote(symbol: string): Promise<SourceQuote | undefined> {
    const answer = await this.of(symbol, 'quote', Quote);
    if (!answer || (answer.c === 0 && answer.t === 0)) return undefined;
    return quoteOf({
      symbol,
      price: answer.c,
      currency: 'USD',
      previousClose: answer.pc === 0 ? null : answer.pc,
      asOf: new Date(answer.t * 1000),
      source: this.name,
    });
  }

  override async search(query: string, limit: number): Promise<SymbolMatch[]> {
    const answer = await this.http.json('search', { q: query, exchange: 'US' }, SymbolLookup);
    return answer ? matches(answer).slice(0, limit) : [];
  }

  override async profile(symbol: string): Promise<CompanyProfile | undefined> {
    const answer = await this.of(symbol, 'stock/profile2', Profile);
    return answer?.name === undefined ? undefined : profile(symbol, answer.name, answer, this.now());
  }

  override async dividends(symbol: string): Promise<Dividends | undefined> {
    const range = { from: dividendsSince, to: this.date(365) };
    const paid = await this.of(symbol, 'stock/dividend', DividendList, range);
    const split = await this.of(symbol, 'stock/split', SplitList, range);
    if (!paid || !split) return undefined;
    return {
      symbol,
      currency: paid.find(({ currency }) => currency !== undefined)?.currency ?? null,
      source: this.name,
      dividends: paid.map(({ date, amount }) => ({ exDate: date, amount })).sort(byDate(({ exDate }) => exDate)),
      splits: split
        .map(({ date, fromFactor, toFactor }) => ({ date, numerator: toFactor, denominator: fromFactor }))
        .sort(byDate(({ date }) => date)),
    };
  }

  override async financials(symbol: string): Promise<Financials | undefined> {
    const answer = await this.of(symbol, 'stock/financials-reported', FinancialsReported, { freq: 'annual' });
    return answer && answer.data.length > 0 ? financials(symbol, answer) : undefined;
  }

  /** By the date of the announcement: the calendar, not the list of surprises, which knows only the quarter's end. */
  override async earnings(symbol: string): Promise<Earnings | undefined> {
    const range = { from: this.date(-earningsPastDays), to: this.date(earningsAheadDays) };
    const answer = await this.of(symbol, 'calendar/earnings', EarningsCalendar, range);
    return answer && answer.earningsCalendar.length > 0 ? earnings(symbol, answer) : undefined;
  }

  override async recommendations(symbol: string): Promise<Recommendations | undefined> {
    const answer = await this.of(symbol, 'stock/recommendation', RecommendationTrends);
    if (!answer || answer.length === 0) return undefined;
    const items = answer.map(({ period, ...counts }) => ({ month: period, ...counts }));
    return { symbol, source: this.name, items: items.sort(byDate(({ month }) => month)).reverse() };
  }

  override async holders(symbol: string): Promise<Holders | undefined> {
    const answer = await this.of(symbol, 'stock/ownership', Ownership, { limit: String(largestHolders) });
    if (!answer || answer.ownership.length === 0) return undefined;
    const items = answer.ownership.map(({ name, share, filingDate }) => ({
      name,
      reportedAt: filingDate,
      shares: share,
      value: null,
      fraction: null,
    }));
    return { symbol, source: this.name, items: items.sort((a, b) => b.shares - a.shares) };
  }

  override async news(symbol: string): Promise<SourceNews[] | undefined> {
    const range = { from: this.date(-newsDays), to: this.date(0) };
    const answer = await this.of(symbol, 'company-news', CompanyNews, range);
    return answer && news(answer);
  }

  private of<Schema extends z.ZodType>(
    symbol: string,
    path: string,
    schema: Schema,
    query: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Schema> | undefined> {
    if (!isUsShare(symbol)) return Promise.resolve(undefined);
    return this.http.json(path, { symbol: withDot(symbol), ...query }, schema);
  }

  private date(daysFromNow: number): string {
    return new Date(this.clock.epochMs() + daysFromNow * dayMs).toISOString().slice(0, 10);
  }
}

const byDate =
  <Item>(dateOf: (item: Item) => string) =>
  (a: Item, b: Item): number =>
    dateOf(a) < dateOf(b) ? -1 : 1;
