import { Disagreement, type Clock } from '@stocktool/contracts';
import type { Dynamo } from '@stocktool/aws-dynamodb';
import { z } from 'zod';
import type { SourceQuote } from './market-data-source';

/** A quote with the moment it was fetched, by its source's clock. */
export interface CachedQuote {
  readonly quote: SourceQuote;
  readonly fetchedAtMs: number;
}

/** That the source of that name does not know the symbol. */
export interface UnknownSymbol {
  readonly symbol: string;
  readonly unknownTo: string;
  readonly fetchedAtMs: number;
}

const keptSeconds = 24 * 60 * 60;
export const unknownForMs = 10 * 60_000;
const dataType = 'quote';
const key = { symbol: z.string(), fetchedAtMs: z.number() };
export const QuoteRow = z.object({
  ...key,
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
/** In the place of a quote. A version that does not know it sees no row. */
const UnknownRow = z.object({ ...key, unknownTo: z.string() });
const Row = z.union([QuoteRow, UnknownRow]);

/** Quotes in the table stocktool-stock-cache, key (symbol, dataType), shared by all processes; what is older than a day is gone. */
export class QuoteCacheTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {}

  /** One row costs a GetItem, several a batch. What no longer fits the schema counts as not there. */
  async get(symbols: readonly string[]): Promise<Map<string, CachedQuote | UnknownSymbol>> {
    const keys = symbols.map((symbol) => ({ symbol, dataType }));
    const [only] = keys;
    const items =
      keys.length === 1
        ? [await this.dynamo.get({ TableName: this.tableName, Key: only! })]
        : await this.dynamo.batchGet(this.tableName, keys);
    const rows = items.flatMap((item) => Row.safeParse(item).data ?? []);
    return new Map(
      rows.map((row) => {
        const { symbol, fetchedAtMs } = row;
        return [symbol, 'quote' in row ? { quote: row.quote, fetchedAtMs } : row];
      }),
    );
  }

  /** Always a batch: one verb, whether one row or many. */
  async put(rows: readonly (CachedQuote | UnknownSymbol)[]): Promise<void> {
    const now = this.clock.epochSeconds();
    const put = rows.map((row) =>
      'quote' in row
        ? {
            symbol: row.quote.symbol,
            dataType,
            quote: { ...row.quote },
            fetchedAtMs: row.fetchedAtMs,
            ttl: now + keptSeconds,
          }
        : { ...row, dataType, ttl: now + unknownForMs / 1000 },
    );
    await this.dynamo.batchWrite(this.tableName, { put });
  }
}
