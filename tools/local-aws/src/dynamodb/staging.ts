import type { ActionStore, Item, Level, Range, SubStore, TableDescription } from './dynalite';
import { maxItemSize } from './dynalite';
import type { GroupCommit } from './group-commit';
import type { History } from './history';
import { itemPrefix, ttlEntryKey, indexPrefix } from './keys';
import type { Table } from './tables';
import { ValueStream } from './value-stream';

const afterAllKeys = '\xff';
type Done = (error: unknown) => void;

/**
 * The store that one call works on. It reads what is committed and its own writes, synchronously, and collects what is to be written;
 * the caller commits the writes together or drops them. It also keeps the entries by which expired items are found, and what items
 * were before.
 */
export class Staging implements ActionStore {
  readonly options = { maxItemSize };
  readonly writes = new Map<string, unknown>();

  constructor(
    private readonly level: Level,
    private readonly committed: GroupCommit,
    private readonly tableNamed: (name: string) => Table,
    private readonly history: History,
  ) {}

  getTable(
    name: string,
    checkStatus: boolean | ((error: unknown, table?: TableDescription) => void),
    callback?: (error: unknown, table?: TableDescription) => void,
  ): void {
    const done = typeof checkStatus === 'function' ? checkStatus : callback!;
    let table: TableDescription;
    try {
      table = this.tableNamed(name).description;
    } catch (error) {
      return done(error);
    }
    done(null, table);
  }

  getItemDb(name: string): SubStore {
    const prefix = itemPrefix(name);
    const table = this.tableNamed(name);
    const { ttlAttribute } = table;
    const isRecoverable = this.history.keeps(table);
    const store = this.subStore(prefix);
    if (!ttlAttribute && !isRecoverable) return store;
    const tracked = (key: string, item: Item | undefined): void => {
      const present = this.read(prefix + key) as Item | undefined;
      if (isRecoverable) this.writes.set(...this.history.entry(name, key, present));
      if (ttlAttribute) this.trackExpiry({ table: name, attribute: ttlAttribute, key }, present, item);
      this.writes.set(prefix + key, item);
    };
    return {
      ...store,
      put: (key, item, done: Done) => {
        tracked(key, item);
        done(null);
      },
      del: (key, done: Done) => {
        tracked(key, undefined);
        done(null);
      },
    };
  }

  getIndexDb(_kind: string, table: string, index: string): SubStore {
    return this.subStore(indexPrefix(table, index));
  }

  read(key: string): unknown {
    return this.writes.has(key) ? this.writes.get(key) : this.committed.get(key);
  }

  private trackExpiry(
    { table, attribute, key }: { table: string; attribute: string; key: string },
    present: Item | undefined,
    next: Item | undefined,
  ): void {
    const before = ttlEntryKey(table, attribute, key, present);
    const after = ttlEntryKey(table, attribute, key, next);
    if (before && before !== after) this.writes.set(before, undefined);
    if (after && after !== before) this.writes.set(after, 0);
  }

  private subStore(prefix: string): SubStore {
    return {
      lock: (_key, run) => run((callback) => callback),
      get: (key, done) => done(null, this.read(prefix + key) as Item | undefined),
      put: (key, item, done) => {
        this.writes.set(prefix + key, item);
        done(null);
      },
      del: (key, done) => {
        this.writes.set(prefix + key, undefined);
        done(null);
      },
      createValueStream: (range) => new ValueStream(this.level, within(prefix, range)),
    };
  }
}

function within(prefix: string, { gt, gte, lt, lte, limit, reverse }: Range): Range {
  return {
    ...(gt !== undefined ? { gt: prefix + gt } : { gte: prefix + (gte ?? '') }),
    ...(lte !== undefined ? { lte: prefix + lte } : { lt: prefix + (lt ?? afterAllKeys) }),
    ...(limit !== undefined && { limit }),
    ...(reverse !== undefined && { reverse }),
  };
}
