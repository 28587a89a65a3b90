import { isPrivateTicker, Problem, type Clock, type News } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import { endOf } from '../calendar/exchange-calendar';
import type { MarketDataSource, SourceNews } from '../market-data-source';
import { RequestBudget } from '../vendors/request-budget';
import { readFeed } from './feed-reader';
import { canonicalUrl, mergeStories } from './merge-stories';
import { plainText } from './plain-text';
import { scoreSentiment } from './score-sentiment';

export interface NewsSettings {
  /** Addresses of RSS or Atom feeds with `{symbol}` in them. */
  readonly NEWS_FEEDS: readonly string[];
  readonly MARKET_DATA_TIMEOUT_MS: number;
}

interface Heard {
  readonly from: string;
  /** undefined: it does not know the symbol. */
  readonly stories?: readonly SourceNews[] | undefined;
  readonly failed?: boolean;
}

const keptMs = 15 * 60_000;
const failureKeptMs = 30_000;
const keptFeeds = 500;
const keptFeedBytes = 32 * 1024 * 1024;
const bytesPerCharacter = 2;
/** Of all feeds together: symbols that nobody knows are asked of them too. */
const feedRequests = { requests: 120, perMs: 60_000 };
const clockToleranceMs = 2 * 60_000;
const retryAfterSeconds = 30;

/**
 * News about a company: the vendors' and those of the configured feeds, each story once, as plain text, with its tone. One
 * that fails is named and the others answer. Throws Problem `no-source-configured` where there is neither vendor nor feed.
 */
export class CompanyNews {
  private readonly feeds: LRUCache<string, Heard>;

  constructor(
    private readonly source: MarketDataSource,
    private readonly settings: NewsSettings,
    private readonly clock: Clock,
    report: (error: unknown, doing: string) => void,
  ) {
    const budget = new RequestBudget([feedRequests], clock);
    this.feeds = new LRUCache<string, Heard>({
      max: keptFeeds,
      maxSize: keptFeedBytes,
      sizeCalculation: (heard) => JSON.stringify(heard).length * bytesPerCharacter,
      ttl: keptMs,
      ttlResolution: 0,
      perf: { now: () => clock.epochMs() },
      fetchMethod: async (url, _, { options }) => {
        const from = new URL(url).hostname;
        if (!budget.take()) {
          options.ttl = failureKeptMs;
          return { from, failed: true };
        }
        try {
          return { from, stories: await readFeed(url, settings.MARKET_DATA_TIMEOUT_MS) };
        } catch (error) {
          report(error, 'reading a news feed');
          options.ttl = failureKeptMs;
          return { from, failed: true };
        }
      },
    });
  }

  /** Whether anybody is asked at all. */
  get isConfigured(): boolean {
    return this.source.provides.has('news') || this.settings.NEWS_FEEDS.length > 0;
  }

  /** As of a date: what had been published by its end. */
  async about(symbol: string, { asOf, limit }: { asOf?: string | undefined; limit: number }): Promise<News> {
    if (isPrivateTicker(symbol)) throw new Problem('symbol-not-found', `${symbol} names a private series of prices.`);
    const heard = await Promise.all([...this.vendors(symbol), ...this.settings.NEWS_FEEDS.map(this.feed(symbol))]);
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
    return { symbol, items, unavailable };
  }

  private vendors(symbol: string): Promise<Heard>[] {
    if (!this.source.provides.has('news')) return [];
    const heard = this.source.news(symbol).then(
      (stories): Heard => ({ from: this.source.name, stories: stories?.flatMap(cleaned) }),
      (error: unknown): Heard => {
        if (error instanceof Problem && error.code === 'market-data-unavailable')
          return { from: this.source.name, failed: true };
        throw error;
      },
    );
    return [heard];
  }

  private feed(symbol: string) {
    return (template: string): Promise<Heard> =>
      this.feeds.forceFetch(template.replaceAll('{symbol}', encodeURIComponent(symbol)));
  }

  /** A time in the future is an outlet's clock gone wrong, or a story that is not out. */
  private known(stories: readonly SourceNews[], asOf: string | undefined): SourceNews[] {
    const nowMs = this.source.mode === 'live' ? this.source.now().getTime() : this.clock.epochMs();
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
