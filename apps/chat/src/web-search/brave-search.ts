import { z } from 'zod';
import { askEngine, pagesFrom } from './search-http';
import { WebSearchSource, type WebPage, type WebQuery } from './web-search-source';

const address = 'https://api.search.brave.com/res/v1/web/search';
const earliest = '1990-01-01';

const Answer = z.object({
  web: z
    .object({
      results: z.array(
        z.object({
          title: z.string(),
          url: z.string(),
          description: z.string().default(''),
          page_age: z.string().nullish(),
        }),
      ),
    })
    .optional(),
});

export class BraveSearch extends WebSearchSource {
  readonly name = 'brave';

  constructor(
    private readonly key: string,
    private readonly endpoint: string = address,
  ) {
    super();
  }

  async search({ query, count, until }: WebQuery, signal: AbortSignal): Promise<WebPage[]> {
    const url = new URL(this.endpoint);
    url.searchParams.set('q', query);
    url.searchParams.set('count', String(count));
    if (until !== undefined) url.searchParams.set('freshness', `${earliest}to${until}`);
    const headers = { accept: 'application/json', 'x-subscription-token': this.key };
    const { web } = await askEngine(this.name, url, { headers }, Answer, signal);
    return pagesFrom(
      (web?.results ?? []).map(({ title, url: page, description, page_age: date = null }) => ({
        title,
        url: page,
        text: description,
        date,
      })),
    );
  }
}
