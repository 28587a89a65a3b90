import type { Dynamo, Item } from '@stocktool/aws-dynamodb';
import { isPrivateTicker, parseJson } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { AlertRow, alertSortOf } from './alert.table';
import { PortfolioRow, symbolsOf, weeklySort } from './portfolio.table';
import { shardsOf, type WatchKind } from './watch-keys';
import { WatchlistRow } from './watchlist.table';

const index = 'watch-index';
/** Of the market: more than all vendors list. */
const mostSymbols = 200_000;
/** Sorts after every key that begins alike. */
const last = '\uffff';
const Place = z.tuple([z.string(), z.string()]);

/** A row, and where it stands: another run can go on behind it. Names no user. */
export interface Placed<Row> {
  readonly row: Row;
  readonly place: string;
}

/** Of everybody: for the stock updater. Reads the sparse index shard by shard and page by page; what cannot be read is reported and stepped over. */
export class Watched {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly report: (itemId: unknown, faults: readonly string[]) => void,
    private readonly tableName: string = topology.tables.portfolios.name,
  ) {}

  /** Symbols of the market in watchlists, portfolios and alerts, each once, in their order. */
  async symbols(): Promise<string[]> {
    const found = new Set<string>();
    for await (const symbol of this.eachSymbol()) {
      if (!isPrivateTicker(symbol)) found.add(symbol);
      if (found.size >= mostSymbols) break;
    }
    return [...found].sort();
  }

  /** Those of some symbols, or all: then from a place on, and around to it. */
  async *alerts(symbols?: readonly string[], from?: string): AsyncGenerator<Placed<AlertRow>> {
    if (!symbols) yield* this.around('alert', AlertRow, from);
    else for (const symbol of symbols) yield* this.rows('alert', AlertRow, { beginning: alertSortOf(symbol) });
  }

  /** All, or from a place on. */
  portfoliosWithReport(from?: string): AsyncGenerator<Placed<PortfolioRow>> {
    const { shards, key } = partedAt(shardsOf('portfolio'), from);
    return this.rows('portfolio', PortfolioRow, { beginning: weeklySort, shards, from: key });
  }

  private async *eachSymbol(): AsyncGenerator<string> {
    for await (const { row } of this.rows('watchlist', WatchlistRow)) yield* row.symbols;
    for await (const { row } of this.rows('portfolio', PortfolioRow)) yield* symbolsOf(row);
    for await (const { row } of this.rows('alert', AlertRow)) yield row.symbol;
  }

  private async *around<Row>(
    kind: WatchKind,
    schema: z.ZodType<Row>,
    place: string | undefined,
  ): AsyncGenerator<Placed<Row>> {
    const { shards, before, key } = partedAt(shardsOf(kind), place);
    yield* this.rows(kind, schema, { shards, from: key });
    yield* this.rows(kind, schema, { shards: before });
  }

  /** From `from` on in the first of the shards, and from the beginning in the others. */
  private async *rows<Row>(
    kind: WatchKind,
    schema: z.ZodType<Row>,
    { beginning = '', shards = shardsOf(kind), from }: Part = {},
  ): AsyncGenerator<Placed<Row>> {
    let first = from ?? beginning;
    for (const shard of shards) {
      let next: Item | undefined;
      do {
        const page = await this.dynamo.query({
          TableName: this.tableName,
          IndexName: index,
          KeyConditionExpression: 'watchKind = :kind AND watchKey BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':kind': shard, ':from': first || ' ', ':to': `${beginning}${last}` },
          ...(next && { ExclusiveStartKey: next }),
        });
        for (const item of page.items) {
          const { data, error } = schema.safeParse(item);
          if (data !== undefined) yield { row: data, place: JSON.stringify([shard, item['watchKey']]) };
          else this.report(item['itemId'], faultsOf(error));
        }
        next = page.lastKey;
      } while (next);
      first = beginning;
    }
  }
}

interface Part {
  readonly beginning?: string;
  readonly shards?: readonly string[];
  readonly from?: string | undefined;
}

/** The shards from that of the place on, those up to it, it among them, and the key of the place. */
function partedAt(all: readonly string[], place: string | undefined) {
  const [shard = '', key] = place === undefined ? [] : parseJson(Place, place);
  const at = all.indexOf(shard);
  return at < 0 ? { shards: all, before: [] } : { shards: all.slice(at), before: all.slice(0, at + 1), key };
}

/** Where and of what kind; never what is in the row. */
const faultsOf = (error: z.ZodError | undefined): string[] =>
  (error?.issues ?? []).map(({ path, code }) => `${path.join('.')} (${code})`);
