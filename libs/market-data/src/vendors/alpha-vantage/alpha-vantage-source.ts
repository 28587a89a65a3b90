import type { Clock, CompanyProfile, Dividends, Earnings, Financials, SymbolMatch } from '@stocktool/contracts';
import { z } from 'zod';
import { closeOf } from '../../calendar/exchange-calendar';
import type { DailySeries } from '../../daily-series';
import { MarketDataSource, type Capability, type SourceNews, type SourceQuote } from '../../market-data-source';
import { quoteOf } from '../quote-of';
import { isUsShare } from '../us-symbols';
import type { VendorHttp } from '../vendor-http';
import { earnings, financials, matches, news, profile, series } from './mapping';
import {
  BalanceSheet,
  CashFlow,
  DailyAdjusted,
  DividendList,
  EarningsList,
  GlobalQuote,
  IncomeStatement,
  NewsFeed,
  Overview,
  Refusal,
  SplitList,
  SymbolSearch,
} from './schema';

const dayMs = 24 * 60 * 60_000;

/**
 * Alpha Vantage (https://www.alphavantage.co/documentation). It says in a 200 what others say by status, and its texts quote the
 * key. Shares of US exchanges: quotes and prices tell no currency. A quote names only its day: its time is the close of that
 * day, or now while the session lasts. Adjusted daily prices are of its paid plans. Financial statements take three requests.
 */
export class AlphaVantageSource extends MarketDataSource {
  readonly name = 'alpha-vantage';
  readonly mode = 'live';
  readonly provides: ReadonlySet<Capability> = new Set([
    'quote',
    'history',
    'search',
    'profile',
    'dividends',
    'financials',
    'earnings',
    'news',
  ]);

  constructor(
    private readonly http: VendorHttp,
    private readonly key: string,
    private readonly clock: Clock,
  ) {
    super();
  }

  override now(): Date {
    return this.clock.now();
  }

  override async quote(symbol: string): Promise<SourceQuote | undefined> {
    const answer = await this.of('GLOBAL_QUOTE', symbol, GlobalQuote);
    const quote = answer?.['Global Quote'];
    if (!quote) return undefined;
    const close = closeOf(quote['07. latest trading day']);
    return quoteOf({
      symbol,
      price: quote['05. price'],
      currency: 'USD',
      previousClose: quote['08. previous close'] === 0 ? null : quote['08. previous close'],
      asOf: this.duringSession(close) ? this.now() : close,
      source: this.name,
    });
  }

  override async history(symbol: string): Promise<DailySeries | undefined> {
    const answer = await this.of('TIME_SERIES_DAILY_ADJUSTED', symbol, DailyAdjusted, { outputsize: 'full' });
    return answer && series(symbol, answer);
  }

  override async search(query: string, limit: number): Promise<SymbolMatch[]> {
    const answer = await this.ask('SYMBOL_SEARCH', { keywords: query }, SymbolSearch);
    return answer ? matches(answer).slice(0, limit) : [];
  }

  override async profile(symbol: string): Promise<CompanyProfile | undefined> {
    const answer = await this.of('OVERVIEW', symbol, Overview);
    return typeof answer?.Name === 'string' ? profile(symbol, answer.Name, answer, this.now()) : undefined;
  }

  override async dividends(symbol: string): Promise<Dividends | undefined> {
    const paid = await this.of('DIVIDENDS', symbol, DividendList);
    const split = await this.of('SPLITS', symbol, SplitList);
    if (!paid || !split) return undefined;
    return {
      symbol,
      currency: 'USD',
      source: this.name,
      dividends: paid.data
        .map(({ ex_dividend_date: exDate, amount }) => ({ exDate, amount }))
        .sort((a, b) => (a.exDate < b.exDate ? -1 : 1)),
      splits: split.data
        .map(({ effective_date: date, split_factor: numerator }) => ({ date, numerator, denominator: 1 }))
        .sort((a, b) => (a.date < b.date ? -1 : 1)),
    };
  }

  override async financials(symbol: string): Promise<Financials | undefined> {
    const income = await this.of('INCOME_STATEMENT', symbol, IncomeStatement);
    if (!income || income.annualReports.length === 0) return undefined;
    const balance = await this.of('BALANCE_SHEET', symbol, BalanceSheet);
    const cash = await this.of('CASH_FLOW', symbol, CashFlow);
    return balance && cash && financials(symbol, { income, balance, cash });
  }

  override async earnings(symbol: string): Promise<Earnings | undefined> {
    const answer = await this.of('EARNINGS', symbol, EarningsList);
    return answer && answer.quarterlyEarnings.length > 0 ? earnings(symbol, answer) : undefined;
  }

  override async news(symbol: string): Promise<SourceNews[] | undefined> {
    if (!isUsShare(symbol)) return undefined;
    const answer = await this.ask('NEWS_SENTIMENT', { tickers: symbol, sort: 'LATEST', limit: '50' }, NewsFeed);
    return answer && news(answer);
  }

  private of<Schema extends z.ZodType>(
    name: string,
    symbol: string,
    schema: Schema,
    query: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Schema> | undefined> {
    if (!isUsShare(symbol)) return Promise.resolve(undefined);
    return this.ask(name, { symbol, ...query }, schema);
  }

  /** undefined: it does not know the symbol. */
  private async ask<Schema extends z.ZodType>(
    name: string,
    query: Readonly<Record<string, string>>,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    const answer = await this.http.json('query', { function: name, ...query, apikey: this.key }, Refusal);
    if (!answer || answer['Error Message'] !== undefined) return undefined;
    const refused = answer.Information ?? answer.Note;
    if (refused !== undefined) {
      if (/premium endpoint/i.test(refused)) throw this.http.failure('not-entitled', `its plan has no ${name}`);
      throw this.http.limited(/per day/i.test(refused) ? dayMs : undefined);
    }
    return this.http.check(answer, schema);
  }

  private duringSession(close: Date): boolean {
    return close > this.now() && close.getTime() - this.clock.epochMs() < dayMs;
  }
}
