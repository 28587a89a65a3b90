import type { Dynamo, Item } from '@stocktool/aws-dynamodb';
import { isPrivateTicker } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import type { z } from 'zod';
import { AlertRow, alertSortOf } from './alert.table';
import { PortfolioRow, symbolsOf, weeklySort } from './portfolio.table';
import { shardsOf, type WatchKind } from './watch-keys';
import { WatchlistRow } from './watchlist.table';

const index = 'watch-index';

/** Of everybody: for the stock updater. Reads the sparse index shard by shard and page by page; what cannot be read is reported and stepped over. */
export class Watched {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly report: (itemId: unknown, faults: readonly string[]) => void,
    private readonly tableName: string = topology.tables.portfolios.name,
  ) {}

  /** Symbols of the market in watchlists, portfolios and alerts, each once; at most so many, then it ends. */
  async symbols(atMost: number): Promise<{ symbols: string[]; complete: boolean }> {
    const found = new Set<string>();
    for await (const symbol of this.eachSymbol()) {
      if (isPrivateTicker(symbol) || found.has(symbol)) continue;
      if (found.size >= atMost) return { symbols: [...found], complete: false };
      found.add(symbol);
    }
    return { symbols: [...found], complete: true };
  }

  /** All, or those of some symbols. */
  async *alerts(symbols?: readonly string[]): AsyncGenerator<AlertRow> {
    if (!symbols) yield* this.rows('alert', AlertRow);
    else for (const symbol of symbols) yield* this.rows('alert', AlertRow, alertSortOf(symbol));
  }

  portfoliosWithReport(): AsyncGenerator<PortfolioRow> {
    return this.rows('portfolio', PortfolioRow, weeklySort);
  }

  private async *eachSymbol(): AsyncGenerator<string> {
    for await (const { symbols } of this.rows('watchlist', WatchlistRow)) yield* symbols;
    for await (const row of this.rows('portfolio', PortfolioRow)) yield* symbolsOf(row);
    for await (const { symbol } of this.rows('alert', AlertRow)) yield symbol;
  }

  private async *rows<Row>(kind: WatchKind, schema: z.ZodType<Row>, beginning = ''): AsyncGenerator<Row> {
    for (const shard of shardsOf(kind)) {
      let from: Item | undefined;
      do {
        const page = await this.dynamo.query({
          TableName: this.tableName,
          IndexName: index,
          KeyConditionExpression: `watchKind = :kind${beginning && ' AND begins_with(watchKey, :beginning)'}`,
          ExpressionAttributeValues: { ':kind': shard, ...(beginning && { ':beginning': beginning }) },
          ...(from && { ExclusiveStartKey: from }),
        });
        for (const item of page.items) {
          const { data, error } = schema.safeParse(item);
          if (data !== undefined) yield data;
          else this.report(item['itemId'], faultsOf(error));
        }
        from = page.lastKey;
      } while (from);
    }
  }
}

/** Where and of what kind; never what is in the row. */
const faultsOf = (error: z.ZodError | undefined): string[] =>
  (error?.issues ?? []).map(({ path, code }) => `${path.join('.')} (${code})`);
