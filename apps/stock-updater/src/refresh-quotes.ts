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
import { RunPlaces } from './run-places';
import { fromBehind, mayAsk } from './turn';

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
  /** Of the symbols that users watch, for so many there was no time, no budget or no place: the next run begins with them. */
  readonly left?: number;
  /** Of price alerts; absent when the run was skipped. */
  readonly alerts?: AlertSummary;
  /** Absent when there was nothing to tell, or nobody could be told. */
  readonly eventId?: string;
}

interface Fetched {
  readonly quotes: SourceQuote[];
  readonly failed: { symbol: string; reason: string }[];
}

interface Plan {
  /** Asked for whatever comes. */
  readonly first: readonly string[];
  /** In their turn. */
  readonly watched: readonly string[];
}

const together = 8;
/** For what comes after fetching: writing, alerts, the event. */
const reservedMs = 15_000;
const mostWatched = 5000;
const attempts = 2;
const quotesPerWrite = 100;
const placeOfRun = 'quotes';
/** Of the alerts' part of what is reserved, the event needs so much. */
const reservedForEventMs = 5000;

/** Brings the quote cache up to date and tells of it. What fails for one symbol is reported beside what went well. */
export class RefreshQuotes {
  constructor(
    private readonly source: MarketDataSource,
    private readonly cache: QuoteCacheTable,
    private readonly publisher: EventPublisher,
    private readonly clock: Clock,
    private readonly everybody: {
      readonly watched: Watched;
      readonly alerts: EvaluateAlerts;
      readonly places: RunPlaces;
    },
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
    const plan = symbols ? { first: [...new Set(symbols)], watched: [] } : await this.everySymbol();
    const { left, ...fetched } = await this.fetch(plan, remainingMs);
    const { quotes, failed } = await this.store(fetched);
    const isOver = () => remainingMs() <= reservedForEventMs;
    const alerts = await this.everybody.alerts.run(quotes, { symbols, isOver });
    const updated = quotes.map(({ symbol }) => symbol);
    const eventId = await this.tell(`market-updated:${name}:${today}`, { source: name, asOf, updated, failed });
    return {
      status: 'refreshed',
      source: name,
      asOf,
      updated,
      failed,
      alerts,
      ...(left > 0 && { left }),
      ...(eventId !== undefined && { eventId }),
    };
  }

  /** Those that users watch go around: this run begins behind the last that the one before asked for. */
  private async everySymbol(): Promise<Plan> {
    const { watched, places } = this.everybody;
    const listed = this.source.provides.has('universe') ? await this.source.universe() : [];
    const first = listed.map(({ symbol }) => symbol);
    const known = new Set(first);
    const others = (await watched.symbols()).filter((symbol) => !known.has(symbol));
    return { first, watched: fromBehind(others, await places.get(placeOfRun)) };
  }

  /**
   * A few requests at once, each for as many symbols as the source can name in one, when its budget allows. Of those that come first,
   * it is said for whom no time was left; the others are left to the next run.
   */
  private async fetch({ first, watched }: Plan, remainingMs: () => number): Promise<Fetched & { left: number }> {
    const fetched: Fetched = { quotes: [], failed: [] };
    const symbols = [...first, ...watched.slice(0, this.watchedLimit)];
    let end = symbols.length;
    const mayBeAsked = () => mayAsk(() => this.source.availableInMs('quote'), remainingMs, reservedMs);
    const starts = Array.from(symbols.keys())
      .filter((i) => i % this.source.quotesPerRequest === 0)
      .values();
    const work = async () => {
      for (const start of starts) {
        if (!(await mayBeAsked())) {
          end = Math.min(end, start);
          return;
        }
        const { quotes, failed } = await this.group(
          symbols.slice(start, start + this.source.quotesPerRequest),
          mayBeAsked,
        );
        fetched.quotes.push(...quotes);
        fetched.failed.push(...failed);
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    fetched.failed.push(...first.slice(end).map((symbol) => ({ symbol, reason: 'no time was left' })));
    const asked = Math.max(0, end - first.length);
    if (asked > 0) await this.everybody.places.put(placeOfRun, asked < watched.length ? watched[asked - 1] : undefined);
    return { ...fetched, left: watched.length - asked };
  }

  /** Symbols that fail get a second chance, together, when the budget allows. */
  private async group(symbols: readonly string[], mayBeAsked: () => Promise<boolean>): Promise<Fetched> {
    const fetched: Fetched = { quotes: [], failed: [] };
    let open = symbols;
    for (let attempt = 1; open.length > 0; attempt++) {
      const outcomes = await this.outcomes(open);
      const again: string[] = [];
      for (const symbol of open) {
        const outcome = outcomes.get(symbol);
        if (outcome === undefined) fetched.failed.push({ symbol, reason: 'unknown symbol' });
        else if (!(outcome instanceof Error)) fetched.quotes.push(outcome);
        else if (attempt < attempts && (await mayBeAsked())) again.push(symbol);
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

/** For people: a problem says what it is, anything else only that it happened. */
const reasonOf = (error: unknown): string => (error instanceof Problem ? error.message : 'failed unexpectedly');
