import { createHash } from 'node:crypto';
import type { OwnedRow, WatchKeys } from './owned-rows';

export type WatchKind = 'watchlist' | 'portfolio' | 'alert';

/** Partitions of the index for each kind: each takes 1000 writes a second, and one user's are in one of them. */
const shards = 16;
const nameOf = (kind: WatchKind, shard: number): string => `${kind}#${String(shard).padStart(2, '0')}`;

export const shardsOf = (kind: WatchKind): string[] =>
  Array.from({ length: shards }, (_, shard) => nameOf(kind, shard));

/** `sort` comes first in the key: rows that begin alike are read together. */
export function watchKeysOf(kind: WatchKind, { userId, id }: OwnedRow, sort = ''): WatchKeys {
  const shard = createHash('sha256').update(userId).digest().readUInt8() % shards;
  return { watchKind: nameOf(kind, shard), watchKey: `${sort}${id}` };
}
