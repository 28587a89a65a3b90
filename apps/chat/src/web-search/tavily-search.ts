import { z } from 'zod';
import { askEngine, pagesFrom } from './search-http';
import { WebSearchSource, type WebPage, type WebQuery } from './web-search-source';

const address = 'https://api.tavily.com/search';

const Answer = z.object({
  results: z.array(
    z.object({
      title: z.string(),
      url: z.string(),
      content: z.string().default(''),
      published_date: z.string().nullish(),
    }),
  ),
});

export class TavilySearch extends WebSearchSource {
  readonly name = 'tavily';

  constructor(
    private readonly key: string,
    private readonly endpoint: string = address,
  ) {
    super();
  }

  /** Pages have a date where news are asked for, so they are where a date matters. */
  async search({ query, count, until }: WebQuery, signal: AbortSignal): Promise<WebPage[]> {
    const asked = {
      query,
      max_results: count,
      search_depth: 'basic',
      include_answer: false,
      ...(until === undefined ? { topic: 'general' } : { topic: 'news', end_date: until }),
    };
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(asked) };
    const { results } = await askEngine(this.name, new URL(this.endpoint), init, Answer, signal);
    return pagesFrom(
      results.map(({ title, url, content, published_date: date = null }) => ({ title, url, text: content, date })),
    );
  }
}
