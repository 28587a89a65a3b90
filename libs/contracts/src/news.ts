import { z } from 'zod';
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

/** Newest first. */
export const News = z.object({ symbol: Ticker, items: z.array(NewsItem) }).meta({ id: 'News' });
export type News = z.infer<typeof News>;
