import type { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock, Ticker, type Watchlist } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { ownedRow, OwnedRows } from './owned-rows';
import { watchKeysOf } from './watch-keys';

/** Rows outlive code: unknown attributes are dropped, not refused. */
export const WatchlistRow = z.object({ ...ownedRow, name: z.string(), symbols: z.array(Ticker) });
export type WatchlistRow = z.infer<typeof WatchlistRow>;

export class WatchlistTable extends OwnedRows<WatchlistRow> {
  constructor(dynamo: Dynamo, clock: Clock, tableName: string = topology.tables.portfolios.name) {
    super(dynamo, clock, tableName, {
      prefix: 'watchlist#',
      schema: WatchlistRow,
      mostPerUser: 50,
      notFound: 'watchlist-not-found',
      nouns: ['watchlist', 'watchlists'],
      watchKeys: (row) => (row.symbols.length > 0 ? watchKeysOf('watchlist', row) : undefined),
    });
  }
}

export const shownWatchlist = ({ id, name, symbols, revision, createdAt, updatedAt }: WatchlistRow): Watchlist => ({
  id,
  name,
  symbols,
  revision,
  createdAt,
  updatedAt,
});
