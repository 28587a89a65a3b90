import { createHash } from 'node:crypto';
import { Clock, Problem, type ChatToolArguments, type ChatToolResult } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import type { WebSearchSource } from '../web-search/web-search-source';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'web_search'>;

const mostOfOneUser = 30;
const windowMs = 60 * 60_000;
const usersCounted = 10_000;

/** Each search costs money: a user has so many an hour, in each process. */
export class WebSearch extends Tool<'web_search'> {
  readonly name = 'web_search';
  private readonly searches = new LRUCache<string, { count: number }>({ max: usersCounted, ttl: windowMs });

  constructor(
    private readonly source: WebSearchSource,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(args: ChatToolArguments<'web_search'>, context: ToolContext): Promise<Result> {
    const { query, k } = args;
    this.count(context.userId);
    const until = latestKnown(args, context);
    const pages = await this.source.search({ query, count: k, ...(until !== undefined && { until }) }, context.signal);
    // an engine knows dates as well as it can: what has none may be from later
    const known = until === undefined ? pages : pages.filter(({ publishedAt }) => publishedAt !== null && publishedAt <= until); // prettier-ignore
    return {
      query,
      source: this.source.name,
      asOf: until ?? this.clock.now().toISOString().slice(0, 10),
      items: known.slice(0, k).map((page) => ({ id: idOf(page.url), ...page })),
    };
  }

  summary({ items }: Result): string {
    return items.length === 0 ? 'nothing found' : items.map(({ title }) => title).join('; ').slice(0, 200); // prettier-ignore
  }

  private count(userId: string): void {
    const searched = this.searches.get(userId);
    if (!searched) this.searches.set(userId, { count: 1 });
    else if (searched.count >= mostOfOneUser)
      throw new Problem('too-many-requests', `The web is searched ${mostOfOneUser} times an hour for one user.`, {
        retryAfterSeconds: Math.ceil(this.searches.getRemainingTTL(userId) / 1000),
      });
    else searched.count += 1;
  }
}

/** The same for the same page, whichever search finds it. */
const idOf = (url: string): string => `web-${createHash('sha256').update(url).digest('base64url').slice(0, 12)}`;
