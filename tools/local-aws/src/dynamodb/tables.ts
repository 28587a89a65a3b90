import { randomUUID } from 'node:crypto';
import type { Index, Item, Level, Range, TableDescription } from './dynalite';
import { database, runNow } from './dynalite';
import { ddbError } from './errors';
import type { GroupCommit } from './group-commit';
import type { History } from './history';
import { indexPrefix, itemPrefix, tableKey, tablePrefix, ttlPrefix, ttlEntryKey } from './keys';
import { Staging } from './staging';

/** A table and its settings; one record of the database, so that they change together. */
export interface Table {
  readonly description: TableDescription;
  readonly ttlAttribute?: string | undefined;
  readonly pointInTimeRecovery: boolean;
  readonly recoveryPeriodDays: number;
  readonly pointInTimeRecoverySince?: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Set where this is what a deleted table held: not a table that anybody sees. */
  readonly backup?: SystemBackup;
  /** Deletion has begun, or a restore has not ended; a start after a crash removes it. */
  readonly deleting?: boolean;
}

/** Of a table with recovery, made by itself when the table is deleted. */
export interface SystemBackup {
  readonly arn: string;
  readonly createdAtMs: number;
  /** The table as it was described. */
  readonly of: TableDescription;
}

const mostTables = 500;
const backfillSize = 500;
const under = (prefix: string): Range => ({ gte: prefix, lt: `${prefix}\xff` });

/** The tables of the account, kept in memory and written through. */
export class Tables {
  private readonly tables = new Map<string, Table>();
  /** Names whose old items are not all gone yet: a new table would lose its own with them. */
  private readonly erasing = new Set<string>();

  constructor(
    private readonly level: Level,
    private readonly commits: GroupCommit,
    readonly history: History,
  ) {}

  async load(): Promise<void> {
    for await (const [key, value] of this.level.iterator(under(tablePrefix))) {
      const table = value as Table;
      if (table.deleting) await this.erase(table);
      else this.tables.set(key.slice(tablePrefix.length), table);
    }
  }

  get(name: string, inMessage = false): Table {
    const table = this.tables.get(name);
    if (table) return table;
    const message = inMessage
      ? `Requested resource not found: Table: ${name} not found`
      : 'Requested resource not found';
    throw ddbError('ResourceNotFoundException', message);
  }

  /** By table ARN, or by name. */
  byArn(arnOrName: string): Table {
    return this.get(arnOrName.slice(arnOrName.lastIndexOf('/') + 1), true);
  }

  names(): string[] {
    return this.list()
      .map(({ description }) => description.TableName)
      .sort();
  }

  list(): Table[] {
    return [...this.tables.values()].filter(({ backup }) => backup === undefined);
  }

  /** Of deleted tables, oldest first. */
  backups(): (Table & { readonly backup: SystemBackup })[] {
    return [...this.tables.values()].flatMap((table) => (table.backup ? [{ ...table, backup: table.backup }] : []));
  }

  staging(): Staging {
    return new Staging(this.level, this.commits, (name) => this.get(name), this.history);
  }

  async create(table: Table): Promise<void> {
    const { TableName } = table.description;
    if (this.erasing.has(TableName)) throw ddbError('ResourceInUseException', `Table is being deleted: ${TableName}`);
    if (this.tables.has(TableName)) throw ddbError('ResourceInUseException', `Table already exists: ${TableName}`);
    if (this.tables.size >= mostTables) throw ddbError('LimitExceededException', 'Too many tables');
    await this.put(table);
  }

  async put(table: Table): Promise<void> {
    const { TableName } = table.description;
    const before = this.tables.get(TableName);
    this.tables.set(TableName, table);
    try {
      await this.commits.commit(new Map([[tableKey(TableName), table]]));
    } catch (error) {
      if (before) this.tables.set(TableName, before);
      else this.tables.delete(TableName);
      throw error;
    }
  }

  async delete(name: string): Promise<void> {
    const table = this.get(name, true);
    await this.commits.commit(new Map([[tableKey(name), { ...table, deleting: true }]]));
    this.tables.delete(name);
    this.erasing.add(name);
    await this.commits.settled();
    if (this.history.keeps(table)) await this.backUp(table);
    await this.erase(table);
    this.erasing.delete(name);
  }

  /** Keeps what a table held under a name that no table can have, for as long as recovery goes back. */
  private async backUp({ description, ...table }: Table): Promise<void> {
    const createdAtMs = Date.now();
    const number = `${String(createdAtMs).padStart(15, '0')}-${randomUUID().slice(0, 8)}`;
    const backup = { arn: `${description.TableArn}/backup/${number}`, createdAtMs, of: description };
    const { GlobalSecondaryIndexes: _none, ...bare } = description;
    const copy = { ...bare, TableName: `!${description.TableName}!${number}` };
    await this.restore(description.TableName, createdAtMs, {
      ...table,
      pointInTimeRecovery: false,
      description: copy,
      backup,
    });
    for (const old of this.backups())
      if (!this.history.reaches(old.backup.createdAtMs)) {
        this.tables.delete(old.description.TableName);
        await this.erase(old);
      }
  }

  /** Fills a new table with what the source held at the moment; nobody sees it before it is whole. */
  async restore(source: string, epochMs: number, target: Table): Promise<void> {
    const { TableName, KeySchema } = target.description;
    await this.create({ ...target, deleting: true });
    const keyOf = (item: Item) =>
      Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]));
    // Copied first and corrected after: what is written meanwhile has an entry by the time of the correction.
    await this.eachItem(source, (staging, _key, Item) => void runNow('PutItem', staging, { TableName, Item }));
    await this.commits.settled();
    let staging = this.staging();
    for await (const [itemKey, Item] of this.history.changedSince(source, epochMs)) {
      const copied = staging.read(itemPrefix(TableName) + itemKey) as Item | undefined;
      if (Item) runNow('PutItem', staging, { TableName, Item });
      else if (copied) runNow('DeleteItem', staging, { TableName, Key: keyOf(copied) });
      if (staging.writes.size < backfillSize) continue;
      await this.commits.commit(staging.writes);
      staging = this.staging();
    }
    await this.commits.commit(staging.writes);
    await this.put(target);
  }

  /** Index entries for the items that are there already. */
  async backfillIndex(name: string, index: Index): Promise<void> {
    const { description } = this.get(name);
    const onlyThis: TableDescription = { ...withoutIndexes(description), GlobalSecondaryIndexes: [index] };
    await this.eachItem(name, (staging, _key, item) =>
      database.updateIndexes(staging, onlyThis, undefined, item, () => undefined),
    );
  }

  async eraseIndex(name: string, index: string): Promise<void> {
    await this.level.clear(under(indexPrefix(name, index)));
  }

  async eraseTtlEntries(name: string): Promise<void> {
    await this.level.clear(under(ttlPrefix(name)));
  }

  async backfillTtl(name: string, attribute: string): Promise<void> {
    await this.eachItem(name, (staging, key, item) => {
      const entry = ttlEntryKey(name, attribute, key, item);
      if (entry) staging.writes.set(entry, 0);
    });
  }

  /** Visits what is stored, each item as it is when its turn comes. */
  private async eachItem(name: string, visit: (staging: Staging, key: string, item: Item) => void): Promise<void> {
    await this.commits.settled();
    const prefix = itemPrefix(name);
    let staging = this.staging();
    for await (const key of this.level.keys(under(prefix))) {
      const item = staging.read(key) as Item | undefined;
      if (item) visit(staging, key.slice(prefix.length), item);
      if (staging.writes.size < backfillSize) continue;
      await this.commits.commit(staging.writes);
      staging = this.staging();
    }
    await this.commits.commit(staging.writes);
  }

  private async erase({ description }: Table): Promise<void> {
    const { TableName, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = description;
    const indexes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(({ IndexName }) =>
      indexPrefix(TableName, IndexName),
    );
    for (const prefix of [itemPrefix(TableName), ttlPrefix(TableName), ...indexes])
      await this.level.clear(under(prefix));
    await this.history.erase(TableName);
    await this.commits.commit(new Map([[tableKey(TableName), undefined]]));
  }
}

function withoutIndexes(description: TableDescription): TableDescription {
  const { GlobalSecondaryIndexes: _global, LocalSecondaryIndexes: _local, ...rest } = description;
  return rest;
}
