import { EventPublisher } from '@stocktool/aws-sns';
import { Clock, makeEvent, Problem } from '@stocktool/contracts';
import {
  dayInNewYork,
  isTradingDay,
  MarketDataSource,
  QuoteCacheTable,
  type QuoteOutcomes,
  type SourceQuote,
} from '@stocktool/market-data';
import { Watched } from '@stocktool/portfolios';
import { EvaluateAlerts, type AlertSummary } from './evaluate-alerts';

export interface RefreshRequest {
  /** When absent: all that the source lists, and what users watch, hold or have alerts for. */
  readonly symbols?: readonly string[] | undefined;
  /** Also on a day without trading. */
  readonly force: boolean;
  /** What is left of the time for the whole run. */
  readonly remainingMs?: () => number;
}

export interface RefreshSummary {
  readonly status: 'refreshed' | 'skipped';
  readonly reason?: string;
  readonly source: string;
  readonly asOf: string;
  readonly updated: string[];
  readonly failed: { symbol: string; reason: string }[];
  /** There when users watch more symbols than so many: the others were left out. */
  readonly watchedLimit?: number;
  /** Of price alerts; absent when the run was skipped. */
  readonly alerts?: AlertSummary;
  /** Absent when there was nothing to tell, or nobody could be told. */
  readonly eventId?: string;
}

interface Fetched {
  readonly quotes: SourceQuote[];
  readonly failed: { symbol: string; reason: string }[];
}

const together = 8;
/** For what comes after fetching: writing, alerts, the event. */
const reservedMs = 15_000;
const mostWatched = 5000;
const attempts = 2;
const quotesPerWrite = 100;

/** Brings the quote cache up to date and tells of it. What fails for one symbol is reported beside what went well. */
export class RefreshQuotes {
  constructor(
    private readonly source: MarketDataSource,
    private readonly cache: QuoteCacheTable,
    private readonly publisher: EventPublisher,
    private readonly clock: Clock,
    private readonly everybody: { readonly watched: Watched; readonly alerts: EvaluateAlerts },
    private readonly watchedLimit: number = mostWatched,
  ) {}

  async run({ symbols, force, remainingMs = () => Infinity }: RefreshRequest): Promise<RefreshSummary> {
    const { name, mode } = this.source;
    const asOf = this.source.now().toISOString();
    const today = dayInNewYork(this.clock.now());
    if (mode === 'live' && !force && !isTradingDay(today)) {
      const reason = `${today} is no trading day`;
      return { status: 'skipped', reason, source: name, asOf, updated: [], failed: [] };
    }
    const { wanted, complete } = symbols ? { wanted: symbols, complete: true } : await this.everySymbol();
    const { quotes, failed } = await this.store(await this.fetch([...new Set(wanted)], remainingMs));
    const alerts = await this.everybody.alerts.run(quotes, symbols);
    const updated = quotes.map(({ symbol }) => symbol);
    const eventId = await this.tell(`market-updated:${name}:${today}`, { source: name, asOf, updated, failed });
    return {
      status: 'refreshed',
      source: name,
      asOf,
      updated,
      failed,
      alerts,
      ...(!complete && { watchedLimit: this.watchedLimit }),
      ...(eventId !== undefined && { eventId }),
    };
  }

  private async everySymbol(): Promise<{ wanted: string[]; complete: boolean }> {
    const listed = this.source.provides.has('universe') ? await this.source.universe() : [];
    const { symbols, complete } = await this.everybody.watched.symbols(this.watchedLimit);
    return { wanted: [...listed.map(({ symbol }) => symbol), ...symbols], complete };
  }

  /** A few requests at once, each for as many symbols as the source can name in one. For whom no time is left, that is said. */
  private async fetch(symbols: string[], remainingMs: () => number): Promise<Fetched> {
    const fetched: Fetched = { quotes: [], failed: [] };
    const starts = Array.from(symbols.keys())
      .filter((i) => i % this.source.quotesPerRequest === 0)
      .values();
    const work = async () => {
      for (const start of starts) {
        const group = symbols.slice(start, start + this.source.quotesPerRequest);
        const { quotes, failed } = remainingMs() > reservedMs ? await this.group(group) : noTimeFor(group);
        fetched.quotes.push(...quotes);
        fetched.failed.push(...failed);
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    return fetched;
  }

  /** Symbols that fail get a second chance, together. */
  private async group(symbols: readonly string[]): Promise<Fetched> {
    const fetched: Fetched = { quotes: [], failed: [] };
    let open = symbols;
    for (let attempt = 1; open.length > 0; attempt++) {
      const outcomes = await this.outcomes(open);
      const again: string[] = [];
      for (const symbol of open) {
        const outcome = outcomes.get(symbol);
        if (outcome === undefined) fetched.failed.push({ symbol, reason: 'unknown symbol' });
        else if (!(outcome instanceof Error)) fetched.quotes.push(outcome);
        else if (attempt < attempts) again.push(symbol);
        else fetched.failed.push({ symbol, reason: reasonOf(outcome) });
      }
      open = again;
    }
    return fetched;
  }

  private async outcomes(symbols: readonly string[]): Promise<QuoteOutcomes> {
    try {
      return await this.source.quotes(symbols);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      return new Map(symbols.map((symbol) => [symbol, failure]));
    }
  }

  /** In batches, whose unprocessed items the table writes again by itself. A batch that fails leaves the others. */
  private async store({ quotes, failed }: Fetched): Promise<Fetched> {
    const stored: Fetched = { quotes: [], failed: [...failed] };
    const fetchedAtMs = this.source.now().getTime();
    for (let start = 0; start < quotes.length; start += quotesPerWrite) {
      const batch = quotes.slice(start, start + quotesPerWrite);
      try {
        await this.cache.put(batch.map((quote) => ({ quote, fetchedAtMs })));
        stored.quotes.push(...batch);
      } catch (error) {
        stored.failed.push(...batch.map(({ symbol }) => ({ symbol, reason: reasonOf(error) })));
      }
    }
    return stored;
  }

  /** The same event however often it is told on one day. */
  private async tell(
    id: string,
    data: { source: string; asOf: string; updated: string[]; failed: { symbol: string; reason: string }[] },
  ): Promise<string | undefined> {
    const event = makeEvent('market.updated', {
      id,
      source: 'stocktool/stock-updater',
      time: this.clock.now(),
      data,
    });
    try {
      await this.publisher.publish(event);
      return id;
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }
}

const noTimeFor = (symbols: readonly string[]): Fetched => ({
  quotes: [],
  failed: symbols.map((symbol) => ({ symbol, reason: 'no time was left' })),
});

/** For people: a problem says what it is, anything else only that it happened. */
const reasonOf = (error: unknown): string => (error instanceof Problem ? error.message : 'failed unexpectedly');
