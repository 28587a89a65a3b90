import { Problem, parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import type { Item } from './attribute-value';

/** The key of the last item seen; all keys of our tables and indexes are strings. */
const CursorKey = z.record(z.string().max(64), z.string().max(1024));
export type CursorKey = z.infer<typeof CursorKey>;

/** An opaque cursor for the `lastKey` of a query; null when there is no further page. */
export function encodeCursor(lastKey: Item | undefined): string | null {
  return lastKey === undefined ? null : Buffer.from(JSON.stringify(CursorKey.parse(lastKey))).toString('base64url');
}

/**
 * The key inside a cursor that came back from a client: exactly the key `attributes` of the list, those of its table and
 * of its index. Cursors are not signed, so `ownerCheck` must hold for the part of
 * the key that decides whose items are read. Throws Problem `bad-cursor`.
 */
export function decodeCursor(
  cursor: string,
  ownerCheck: (key: CursorKey) => boolean,
  attributes: readonly string[] = ['userId', 'itemId'],
): CursorKey {
  const key = readKey(cursor);
  const names = Object.keys(key);
  const exact = names.length === attributes.length && names.every((name) => attributes.includes(name));
  if (!exact || !ownerCheck(key)) throw new Problem('bad-cursor', 'The cursor does not belong to this list.');
  return key;
}

function readKey(cursor: string): CursorKey {
  try {
    return parseJson(CursorKey, Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw new Problem('bad-cursor', 'The cursor is not one that this list returned.', { cause });
  }
}
