import { Disagreement, type Clock } from '@stocktool/contracts';
import type { Dynamo } from '@stocktool/aws-dynamodb';
import { z } from 'zod';
import type { SourceQuote } from './market-data-source';

/** A quote with the moment it was fetched, by its source's clock. */
export interface CachedQuote {
  readonly quote: SourceQuote;
  readonly fetchedAtMs: number;
}

const keptSeconds = 24 * 60 * 60;
const dataType = 'quote';
export const QuoteRow = z.object({
  symbol: z.string(),
  fetchedAtMs: z.number(),
  quote: z.object({
    symbol: z.string(),
    price: z.number(),
    currency: z.string(),
    previousClose: z.number().nullable(),
    change: z.number().nullable(),
    changePercent: z.number().nullable(),
    asOf: z.iso.datetime(),
    source: z.string(),
    disagreement: Disagreement.optional(),
  }),
});

/** Quotes in the table stocktool-stock-cache, key (symbol, dataType), shared by all processes; what is older than a day is gone. */
export class QuoteCacheTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {}

  /** One row costs a GetItem, several a batch. What no longer fits the schema counts as not there. */
  async get(symbols: readonly string[]): Promise<Map<string, CachedQuote>> {
    const keys = symbols.map((symbol) => ({ symbol, dataType }));
    const [only] = keys;
    const items =
      keys.length === 1
        ? [await this.dynamo.get({ TableName: this.tableName, Key: only! })]
        : await this.dynamo.batchGet(this.tableName, keys);
    const rows = items.flatMap((item) => QuoteRow.safeParse(item).data ?? []);
    return new Map(rows.map(({ symbol, quote, fetchedAtMs }) => [symbol, { quote, fetchedAtMs }]));
  }

  async put(entries: readonly CachedQuote[]): Promise<void> {
    const ttl = this.clock.epochSeconds() + keptSeconds;
    const put = entries.map(({ quote, fetchedAtMs }) => ({
      symbol: quote.symbol,
      dataType,
      quote: { ...quote },
      fetchedAtMs,
      ttl,
    }));
    if (put.length === 1) await this.dynamo.put({ TableName: this.tableName, Item: put[0]! });
    else await this.dynamo.batchWrite(this.tableName, { put });
  }
}
