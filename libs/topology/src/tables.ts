/** A key attribute; every key of ours is a string. */
export interface TableIndex {
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface TableSpec {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** Indexes project all attributes: what is read through them is small and shown whole. */
  readonly indexes: Readonly<Record<string, TableIndex>>;
  /** Expired items may stay for days; every read drops them too. */
  readonly ttlAttribute: 'ttl';
  /** Off only where deleted must mean deleted. */
  readonly pointInTimeRecovery: boolean;
}

const table = (
  name: string,
  partitionKey: string,
  sortKey: string,
  { indexes = {}, pointInTimeRecovery = true }: Partial<Pick<TableSpec, 'indexes' | 'pointInTimeRecovery'>> = {},
): TableSpec => ({ name, partitionKey, sortKey, indexes, ttlAttribute: 'ttl', pointInTimeRecovery });

/** Work that must happen even when the process that began it died: sparse, an item is in it only while something is due. */
const dueIndex = { 'due-index': { partitionKey: 'dueKind', sortKey: 'dueAt' } };

/** What the stock updater must know of everybody: sparse, and its partitions are shards, so that no one symbol or day makes one hot. */
const watchIndex = { 'watch-index': { partitionKey: 'watchKind', sortKey: 'watchKey' } };

export const tables = {
  conversations: table('stocktool-conversations', 'conversationId', 'timestamp', {
    indexes: { 'user-index': { partitionKey: 'userId', sortKey: 'lastMessageAt' } },
    pointInTimeRecovery: false,
  }),
  stockCache: table('stocktool-stock-cache', 'symbol', 'dataType'),
  users: table('stocktool-users', 'userId', 'itemId', { indexes: dueIndex }),
  portfolios: table('stocktool-portfolios', 'userId', 'itemId', { indexes: watchIndex }),
  analyses: table('stocktool-analyses', 'userId', 'itemId', { indexes: dueIndex }),
  /** Which users were erased. Restored before all others, so that a restore can leave out what was theirs. */
  erasures: table('stocktool-erasures', 'userHash', 'itemId'),
  documents: table('stocktool-documents', 'userId', 'itemId', { indexes: dueIndex }),
  subscriptions: table('stocktool-subscriptions', 'userId', 'itemId', { indexes: dueIndex }),
  idempotency: table('stocktool-idempotency', 'scope', 'itemId'),
  audit: table('stocktool-audit', 'day', 'itemId'),
} as const satisfies Record<string, TableSpec>;

export type TableId = keyof typeof tables;
