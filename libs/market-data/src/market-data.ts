import {
  isPrivateTicker,
  Problem,
  problemDetails,
  type Interval,
  type MarketSummary,
  type PriceHistory,
  type PriceRow,
  type Quote,
  type Quotes,
  type SymbolMatch,
} from '@stocktool/contracts';
import { aggregateRows } from './aggregate-rows';
import { closeOf, endOf, marketHours } from './calendar/exchange-calendar';
import { PriceAge } from './calendar/price-age';
import { coverageOf, dailyRows, quoteAt, rowsWithin, type DailySeries } from './daily-series';
import type { Coverage, DateRange, MarketDataSource, SourceQuote } from './market-data-source';
import type { PriceSeriesStore } from './price-series/price-series-store';
import type { QuoteCacheTable } from './quote-cache.table';
import { QuoteChain, type Found, type Surroundings } from './quote-chain';

/** Whose private series may be read, and the last date that may be known. */
export interface ReadOptions {
  readonly userId?: string | undefined;
  readonly asOf?: string | undefined;
}

export interface HistoryOptions extends ReadOptions, DateRange {
  readonly interval: Interval;
  readonly adjusted: boolean;
}

/** Columns for the analysis: `close` is null where the source has only adjusted prices. */
export interface SeriesColumns {
  readonly symbol: string;
  readonly currency: string;
  readonly source: string;
  readonly dates: string[];
  readonly adjClose: Float64Array;
  readonly close: (number | null)[];
}

export interface RefreshOutcome {
  readonly refreshed: SourceQuote[];
  readonly failed: { symbol: string; error: unknown }[];
}

const moversShown = 5;
const maxSearchResults = 100;

/**
 * Prices for gateway, chat and workers: the market's from one source through the cache chain, `~NAME` from the caller's
 * own series. Throws Problem `symbol-not-found`, and `no-source-configured` where nothing that is configured can answer.
 */
export class MarketData {
  private readonly chain: QuoteChain;
  private readonly age = new PriceAge();

  constructor(
    private readonly source: MarketDataSource,
    cache: QuoteCacheTable,
    private readonly privateSeries: PriceSeriesStore,
    private readonly surroundings: Surroundings,
  ) {
    this.chain = new QuoteChain(source, cache, surroundings);
  }

  /**
   * `asOf` answers from the history up to that date, past all quote caches. `ageSeconds` is measured by the real clock,
   * `stale` by the source's own: a later session of the exchanges has closed, or the caches are overdue.
   */
  async quote(symbol: string, options: ReadOptions = {}): Promise<Quote> {
    if (isPrivateTicker(symbol) || options.asOf !== undefined) return this.quoteFromHistory(symbol, options);
    const held = this.chain.inMemory(symbol);
    if (held) return this.shown(held.quote, held.cache, !held.fresh, this.source.now());
    return this.quoteFromChain(symbol, this.chain.find([symbol]));
  }

  /** Each symbol on its own: what is known comes back although the rest is not. In the order asked for, without repeats. */
  async quotes(symbols: readonly string[], options: ReadOptions = {}): Promise<Quotes> {
    const distinct = [...new Set(symbols)];
    const market = options.asOf === undefined ? distinct.filter((symbol) => !isPrivateTicker(symbol)) : [];
    const looking = market.length > 0 ? this.chain.find(market) : new Map<string, Promise<Found | undefined>>();
    const answers = await Promise.allSettled(
      distinct.map((symbol) =>
        looking.has(symbol) ? this.quoteFromChain(symbol, looking) : this.quoteFromHistory(symbol, options),
      ),
    );
    const result: Quotes = { items: [], errors: [] };
    answers.forEach((answer, i) => {
      if (answer.status === 'fulfilled') result.items.push(answer.value);
      else if (answer.reason instanceof Problem) {
        result.errors.push({ symbol: distinct[i]!, problem: problemDetails(answer.reason) });
      } else throw answer.reason;
    });
    return result;
  }

  /**
   * Rows from `from` to `to`, both inclusive. `adjusted` scales open, high, low and close for splits and dividends, so that
   * close equals adjClose; raw rows are as traded. Weeks and months are made from the adjusted or raw days, each dated by
   * its last trading day.
   */
  async history(symbol: string, { interval, adjusted, ...options }: HistoryOptions): Promise<PriceHistory> {
    const range = upTo(options);
    const series = await this.daily(symbol, range, options);
    const rows = aggregateRows(dailyRows(series, range, adjusted), interval);
    const { currency, source, cache = 'origin', stale } = series;
    return { symbol, currency, source, ...this.lastOf(rows), cache, ...(stale && { stale }), rows };
  }

  /** The daily columns of a range, copied, so that the caller may keep, change or transfer them. */
  async series(symbol: string, options: ReadOptions & DateRange = {}): Promise<SeriesColumns> {
    const range = upTo(options);
    const series = await this.daily(symbol, range, options);
    const { start, end } = rowsWithin(series, range);
    return {
      symbol,
      currency: series.currency,
      source: series.source,
      dates: series.dates.slice(start, end),
      adjClose: series.columns.adjClose.slice(start, end),
      close: nullable(series.columns.close, start, end),
    };
  }

  /** undefined when the symbol is unknown, or not yet there as of the date. */
  async coverage(symbol: string, options: ReadOptions = {}): Promise<Coverage | undefined> {
    if (options.asOf === undefined) return this.wholeCoverage(symbol, options.userId);
    const range = upTo(options);
    const series = await this.dailyIfKnown(symbol, range, options);
    if (!series) return undefined;
    const { start, end } = rowsWithin(series, range);
    return end > start ? coverageOf({ ...series, dates: series.dates.slice(start, end) }) : undefined;
  }

  /** Symbols and names; `~` lists the caller's own series. */
  async search(query: string, limit: number, { userId, asOf }: ReadOptions = {}): Promise<SymbolMatch[]> {
    const own = userId === undefined ? [] : await this.privateSeries.search(userId, query);
    const listed = isPrivateTicker(query) ? [] : await this.source.search(query, maxSearchResults);
    return knownAsOf([...own, ...listed], asOf).slice(0, limit);
  }

  /** Indices and the largest moves among the stocks of the latest session; symbols that ended earlier do not take part. */
  async summary({ asOf }: Pick<ReadOptions, 'asOf'> = {}): Promise<MarketSummary> {
    const { source } = this;
    const universe = await source.universe();
    const kinds = new Map(universe.map(({ symbol, kind }) => [symbol, kind]));
    const listed = universe
      .filter(({ from }) => asOf === undefined || from === null || from <= asOf)
      .map(({ symbol }) => symbol);
    const { items } = await this.quotes(listed, { asOf });
    const latest = items.reduce((last, quote) => (quote.asOf > last ? quote.asOf : last), '');
    const movers = items
      .filter((quote) => quote.asOf === latest && kinds.get(quote.symbol) === 'stock' && quote.changePercent !== null)
      .sort((a, b) => b.changePercent! - a.changePercent!);
    return {
      dataMode: source.mode,
      asOf: latest === '' ? this.nowAsOf(asOf).toISOString() : latest,
      ...hoursAt(source.now(), asOf),
      indices: items.filter(({ symbol }) => kinds.get(symbol) === 'index'),
      gainers: movers.filter(({ changePercent }) => changePercent! > 0).slice(0, moversShown),
      losers: movers
        .filter(({ changePercent }) => changePercent! < 0)
        .reverse()
        .slice(0, moversShown),
    };
  }

  /** Fetches from the source and writes both caches: for whoever keeps them warm. Without symbols: all that the source lists. */
  async refresh(symbols?: readonly string[]): Promise<RefreshOutcome> {
    const wanted = symbols ?? (await this.source.universe()).map(({ symbol }) => symbol);
    const outcome: RefreshOutcome = { refreshed: [], failed: [] };
    for (const symbol of new Set(wanted)) {
      try {
        const entry = await this.chain.refresh(symbol);
        if (entry) outcome.refreshed.push(entry.quote);
        else outcome.failed.push({ symbol, error: unknownSymbol(symbol) });
      } catch (error) {
        outcome.failed.push({ symbol, error });
      }
    }
    return outcome;
  }

  private async quoteFromChain(
    symbol: string,
    looking: ReadonlyMap<string, Promise<Found | undefined>>,
  ): Promise<Quote> {
    const found = await looking.get(symbol);
    if (!found) throw unknownSymbol(symbol);
    return this.shown(found.quote, found.cache, !found.fresh, this.source.now());
  }

  private async quoteFromHistory(symbol: string, options: ReadOptions): Promise<Quote> {
    const range = upTo(options);
    const quote = quoteAt(await this.daily(symbol, range, options), range.to);
    if (!quote) throw new Problem('symbol-not-found', `There is no price of ${symbol} up to ${range.to}.`);
    const own = isPrivateTicker(symbol);
    return this.shown(quote, 'origin', false, own ? new Date(quote.asOf) : this.nowAsOf(options.asOf));
  }

  /** Of an answer without rows nothing can be said. */
  private lastOf(rows: readonly PriceRow[]): Pick<PriceHistory, 'asOf' | 'ageSeconds'> {
    const last = rows.at(-1);
    if (!last) return {};
    const closed = closeOf(last.date);
    return { asOf: closed.toISOString(), ageSeconds: this.ageOf(closed.getTime()) };
  }

  private ageOf(atMs: number): number {
    return Math.max(0, Math.floor((this.surroundings.clock.epochMs() - atMs) / 1000));
  }

  private shown(quote: SourceQuote, cache: Quote['cache'], overdue: boolean, now: Date): Quote {
    const asOfMs = Date.parse(quote.asOf);
    return {
      ...quote,
      ageSeconds: this.ageOf(asOfMs),
      stale: overdue || this.age.isOutdated(asOfMs, now.getTime()),
      cache,
    };
  }

  /** The source's clock, or the end of the as-of date where that is earlier. */
  private nowAsOf(asOf: string | undefined): Date {
    const now = this.source.now();
    return asOf !== undefined && endOf(asOf) < now ? endOf(asOf) : now;
  }

  private async wholeCoverage(symbol: string, userId: string | undefined): Promise<Coverage | undefined> {
    if (!isPrivateTicker(symbol)) return this.source.coverage(symbol);
    return userId === undefined ? undefined : this.privateSeries.coverage(userId, symbol.slice(1));
  }

  private async daily(symbol: string, range: DateRange, options: ReadOptions): Promise<DailySeries> {
    const series = await this.dailyIfKnown(symbol, range, options);
    if (!series) throw unknownSymbol(symbol);
    return series;
  }

  private async dailyIfKnown(
    symbol: string,
    range: DateRange,
    { userId }: ReadOptions,
  ): Promise<DailySeries | undefined> {
    if (!isPrivateTicker(symbol)) return this.source.history(symbol, range);
    return userId === undefined ? undefined : this.privateSeries.load(userId, symbol.slice(1));
  }
}

/** As of a date its session is over, and when the next one would be was not known for sure. */
function hoursAt(now: Date, asOf: string | undefined): Pick<MarketSummary, 'session' | 'nextOpen' | 'nextClose'> {
  if (asOf !== undefined) return { session: 'closed', nextOpen: null, nextClose: null };
  const { session, nextOpen, nextClose } = marketHours(now);
  return { session, nextOpen: nextOpen.toISOString(), nextClose: nextClose.toISOString() };
}

const unknownSymbol = (symbol: string): Problem => new Problem('symbol-not-found', `There is no symbol ${symbol}.`);

/** Whoever does not say since when it has prices may not have had any then, and stays out. */
function knownAsOf(matches: readonly SymbolMatch[], asOf: string | undefined): SymbolMatch[] {
  if (asOf === undefined) return [...matches];
  return matches
    .filter(({ from }) => from !== null && from <= asOf)
    .map((match) => (match.to !== null && match.to > asOf ? { ...match, to: asOf } : match));
}

/** A plain loop: Array.from with a callback took forty times as long over 20 symbols. */
function nullable(values: Float64Array | undefined, start: number, end: number): (number | null)[] {
  const cells = new Array<number | null>(end - start).fill(null);
  if (values) for (let row = start; row < end; row++) if (!Number.isNaN(values[row])) cells[row - start] = values[row]!;
  return cells;
}

/** The range that may be known: `to`, or the as-of date where that is earlier. */
function upTo({ from, to, asOf }: ReadOptions & DateRange): DateRange {
  const last = asOf !== undefined && (to === undefined || asOf < to) ? asOf : to;
  return { from, to: last };
}
