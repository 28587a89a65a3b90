import { createHash } from 'node:crypto';
import { isPrivateTicker, Problem, type CircuitBreakerState, type News } from '@stocktool/contracts';
import { endOf } from '../calendar/exchange-calendar';
import { KeptAnswers, type Patience } from '../kept-answers/kept-answers';
import type { SharedAnswers } from '../kept-answers/shared-answers';
import type { MarketDataSource, SourceNews } from '../market-data-source';
import type { Surroundings } from '../quote-chain';
import { Circuit } from '../vendor-chain/circuit';
import { RequestBudget } from '../vendors/request-budget';
import { VendorFailure } from '../vendors/vendor-failure';
import { readFeed } from './feed-reader';
import { canonicalUrl, mergeStories } from './merge-stories';
import { plainText } from './plain-text';
import { scoreSentiment } from './score-sentiment';

export interface NewsSettings {
  /** Addresses of RSS or Atom feeds with `{symbol}` in them. */
  readonly NEWS_FEEDS: readonly string[];
  readonly MARKET_DATA_TIMEOUT_MS: number;
  readonly MARKET_DATA_BREAKER_FAILURES: number;
  readonly MARKET_DATA_BREAKER_SECONDS: number;
}

interface Heard extends Pick<News, 'cache'> {
  readonly from: string;
  /** undefined: it does not know the symbol. */
  readonly stories?: readonly SourceNews[] | undefined;
  readonly failed?: boolean;
  /** Known from before: it could not tell a newer answer. */
  readonly stale?: boolean;
  readonly fetchedAtMs?: number;
}

interface Feed {
  /** The host, for people. */
  readonly from: string;
  readonly template: string;
  /** Tells feeds of one host apart, in keys of caches. */
  readonly variant: string;
  readonly circuit: Circuit;
}

const keptFeedBytes = 32 * 1024 * 1024;
/** Of all feeds together: symbols that nobody knows are asked of them too. */
const feedRequests = { requests: 120, perMs: 60_000 };
const clockToleranceMs = 2 * 60_000;
const retryAfterSeconds = 30;
const fromFarthest = ['origin', 'dynamodb', 'memory'] as const;

/**
 * News about a company: the vendors' and those of the configured feeds, each story once, as plain text, with its tone. One
 * that fails is named and the others answer. Each feed has a circuit breaker, as a vendor has. Throws Problem
 * `no-source-configured` where there is neither vendor nor feed.
 */
export class CompanyNews {
  private readonly feeds: readonly Feed[];
  private readonly kept: KeptAnswers;
  private readonly budget: RequestBudget;

  constructor(
    private readonly source: MarketDataSource,
    private readonly settings: NewsSettings,
    private readonly surroundings: Surroundings,
    shared?: SharedAnswers,
  ) {
    const { clock } = surroundings;
    const breaker = {
      failures: settings.MARKET_DATA_BREAKER_FAILURES,
      openMs: settings.MARKET_DATA_BREAKER_SECONDS * 1000,
    };
    this.budget = new RequestBudget([feedRequests], clock);
    this.kept = new KeptAnswers(surroundings, { maxBytes: keptFeedBytes, shared });
    this.feeds = settings.NEWS_FEEDS.map((template) => {
      const from = new URL(template).hostname;
      const variant = createHash('sha256').update(template).digest('hex').slice(0, 16);
      return { from, template, variant, circuit: new Circuit(from, breaker, clock) };
    });
  }

  /** Whether anybody is asked at all. */
  get isConfigured(): boolean {
    return this.source.provides.has('news') || this.feeds.length > 0;
  }

  /** Until all of them may be asked again. */
  availableInMs(): number {
    return Math.max(this.source.availableInMs('news'), this.feeds.length > 0 ? this.budget.availableInMs() : 0);
  }

  breakers(): CircuitBreakerState[] {
    return this.feeds.map(({ circuit }) => circuit.state(this.budget));
  }

  /** As of a date: what had been published by its end. */
  async about(symbol: string, { asOf, limit }: { asOf?: string | undefined; limit: number }): Promise<News> {
    if (isPrivateTicker(symbol)) throw new Problem('symbol-not-found', `${symbol} names a private series of prices.`);
    const heard = await this.hear(symbol);
    if (heard.length === 0)
      throw new Problem('no-source-configured', `The configured market data (${this.source.name}) has no news.`);
    const unavailable = heard.filter(({ failed }) => failed).map(({ from }) => from);
    if (unavailable.length === heard.length)
      throw new Problem('market-data-unavailable', 'No source of news can answer at present.', { retryAfterSeconds });
    if (heard.every(({ stories, failed }) => failed !== true && stories === undefined))
      throw new Problem('symbol-not-found', `There is no symbol ${symbol}.`);
    const stories = this.known(
      heard.flatMap(({ stories = [] }) => stories),
      asOf,
    );
    const items = mergeStories(stories)
      .slice(0, limit)
      .map((story) => ({ ...story, sentiment: scoreSentiment(`${story.title}. ${story.summary ?? ''}`) }));
    return { symbol, ...this.provenanceOf(heard, asOf), items, unavailable };
  }

  /** Asks whoever's answer is due, so that all processes find it; resolves to those that could not answer. */
  async refresh(symbol: string): Promise<string[]> {
    const heard = await this.hear(symbol, { patiently: true });
    return heard.filter(({ failed, stale }) => failed || stale).map(({ from }) => from);
  }

  private hear(symbol: string, patience: Patience = {}): Promise<Heard[]> {
    const vendors = this.source.provides.has('news') ? [this.vendors(symbol, patience)] : [];
    return Promise.all([...vendors, ...this.feeds.map((feed) => this.feed(feed, symbol, patience))]);
  }

  private async vendors(symbol: string, patience: Patience): Promise<Heard> {
    const from = this.source.name;
    try {
      const { answer, fetchedAtMs, cache, stale } = await this.source.newsTold(symbol, patience);
      return { from, stories: answer?.flatMap(cleaned), fetchedAtMs, cache, stale };
    } catch (error) {
      if (error instanceof Problem && error.code === 'market-data-unavailable') return { from, failed: true };
      throw error;
    }
  }

  private async feed({ from, template, variant, circuit }: Feed, symbol: string, patience: Patience): Promise<Heard> {
    const url = template.replaceAll('{symbol}', encodeURIComponent(symbol));
    const read = () =>
      circuit.run(() => {
        if (!this.budget.take()) throw new VendorFailure(from, 'out-of-budget', 'the request budget of feeds is spent');
        return readFeed(url, this.settings.MARKET_DATA_TIMEOUT_MS);
      });
    try {
      const { stale, ...told } = await this.kept.find({ kind: 'feed', symbol, variant }, read, patience);
      return { from, stories: told.answer, fetchedAtMs: told.fetchedAtMs, cache: told.cache, stale };
    } catch (error) {
      const isKnown = error instanceof VendorFailure && ['out-of-budget', 'passed-over'].includes(error.kind);
      if (!isKnown) this.surroundings.report(error, 'reading a news feed');
      return { from, failed: true };
    }
  }

  /** Of the oldest of what was heard, and the cache that was farthest away. */
  private provenanceOf(heard: readonly Heard[], asOf: string | undefined): Pick<News, 'asOf' | 'ageSeconds' | 'cache'> {
    const told = heard.flatMap(({ fetchedAtMs }) => fetchedAtMs ?? []);
    const latestMs = asOf === undefined ? Infinity : endOf(asOf).getTime();
    const atMs = Math.min(latestMs, ...told);
    const ageSeconds = Math.max(0, Math.floor((this.surroundings.clock.epochMs() - atMs) / 1000));
    const cache = fromFarthest.find((each) => heard.some((one) => one.cache === each)) ?? 'origin';
    return { asOf: new Date(atMs).toISOString(), ageSeconds, cache };
  }

  /** A time in the future is an outlet's clock gone wrong, or a story that is not out. */
  private known(stories: readonly SourceNews[], asOf: string | undefined): SourceNews[] {
    const nowMs = this.source.mode === 'live' ? this.source.now().getTime() : this.surroundings.clock.epochMs();
    const latestMs = asOf === undefined ? nowMs + clockToleranceMs : Math.min(endOf(asOf).getTime(), nowMs);
    return stories.filter(({ publishedAt }) => Date.parse(publishedAt) <= latestMs);
  }
}

/** A vendor's story as it may be shown; none where nothing is left of its title or its address. */
function cleaned(story: SourceNews): SourceNews[] {
  const url = canonicalUrl(story.url);
  const title = plainText(story.title, 300);
  const summary = plainText(story.summary ?? '', 1000);
  if (url === undefined || title === '') return [];
  return [
    { ...story, url, title, publisher: plainText(story.publisher, 100), summary: summary === '' ? null : summary },
  ];
}
