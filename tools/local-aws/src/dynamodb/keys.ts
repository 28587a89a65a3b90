import type { AttributeValue, Item } from './dynalite';

/** Keys in LevelDB. Table and index names contain no tilde, so no prefix is the beginning of another. */
export const tablePrefix = 'table~';
export const tableKey = (table: string): string => tablePrefix + table;
export const itemPrefix = (table: string): string => `item-${table}~`;
export const indexPrefix = (table: string, index: string): string => `index-${table}~${index}~`;
export const ttlPrefix = (table: string): string => `ttl-${table}~`;

const epochDigits = 12;
const padded = (epochSeconds: number): string => String(epochSeconds).padStart(epochDigits, '0');

export const ttlBefore = (table: string, epochSeconds: number): string => ttlPrefix(table) + padded(epochSeconds);
export const itemKeyOfTtlEntry = (table: string, entry: string): string =>
  entry.slice(ttlPrefix(table).length + epochDigits + 1);

/** When the item expires; undefined when it never does, as with a value that is no number. */
export function expiresAtEpochSeconds(value: AttributeValue | undefined): number | undefined {
  if (typeof value?.N !== 'string') return undefined;
  const seconds = Math.floor(Number(value.N));
  return seconds > 0 && seconds < 10 ** epochDigits ? seconds : undefined;
}

export function ttlEntryKey(table: string, attribute: string, key: string, item: Item | undefined): string | undefined {
  const seconds = expiresAtEpochSeconds(item?.[attribute]);
  return seconds === undefined ? undefined : `${ttlPrefix(table)}${padded(seconds)}~${key}`;
}

export const historyPrefix = (table: string): string => `history-${table}~`;

const momentDigits = 15;
const sequenceDigits = 10;
const digits = (value: number, count: number): string => String(value).padStart(count, '0');

export const historyBefore = (table: string, epochMs: number): string =>
  historyPrefix(table) + digits(epochMs, momentDigits);
export const historyEntryKey = (table: string, epochMs: number, sequence: number, itemKey: string): string =>
  `${historyBefore(table, epochMs)}~${digits(sequence % 10 ** sequenceDigits, sequenceDigits)}~${itemKey}`;
export const itemKeyOfHistoryEntry = (table: string, entry: string): string =>
  entry.slice(historyPrefix(table).length + momentDigits + sequenceDigits + 2);
