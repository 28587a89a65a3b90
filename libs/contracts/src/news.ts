import { z } from 'zod';
import { AsOfQuery } from './market';
import { provenance } from './provenance';
import { Ticker } from './ticker';

/** The tone of a text: `score` from -1 to 1, `confidence` from 0 to 1, `method` says how both were found. */
export const Sentiment = z.object({
  label: z.enum(['negative', 'neutral', 'positive']),
  score: z.number().min(-1).max(1),
  confidence: z.number().min(0).max(1),
  method: z.string(),
});
export type Sentiment = z.infer<typeof Sentiment>;

/** One story; what several outlets carry alike is one item that names the first. */
export const NewsItem = z.object({
  id: z.string(),
  title: z.string().min(1),
  url: z.url({ protocol: /^https?$/ }),
  publisher: z.string(),
  publishedAt: z.iso.datetime(),
  summary: z.string().nullable(),
  source: z.string(),
  sentiment: Sentiment,
});
export type NewsItem = z.infer<typeof NewsItem>;

export const NewsQuery = AsOfQuery.extend({ limit: z.coerce.number().int().min(1).max(100).default(20) });
export type NewsQuery = z.infer<typeof NewsQuery>;

/** Newest first. */
export const News = z
  .object({
    symbol: Ticker,
    ...provenance,
    items: z.array(NewsItem),
    unavailable: z.array(z.string()).describe('Sources that could not be asked this time.'),
  })
  .meta({
    id: 'News',
    example: {
      symbol: 'AAPL',
      items: [
        {
          id: '0d4b4c5b8f6a4d1f9a3c2e1b',
          title: 'Apple profit beats expectations',
          url: 'https://news.example.com/apple-profit',
          publisher: 'Example News',
          publishedAt: '2024-11-22T20:10:00.000Z',
          summary: null,
          source: 'news.example.com',
          sentiment: { label: 'positive', score: 0.65, confidence: 0.75, method: 'Mean tone of the words in …' },
        },
      ],
      unavailable: [],
    },
  });
export type News = z.infer<typeof News>;
