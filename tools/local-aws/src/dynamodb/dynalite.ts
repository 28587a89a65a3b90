import { createRequire } from 'node:module';

/**
 * The parts of dynalite 4.0.0 that are used: its validation, its expressions and its item actions, called in process on a store of our
 * own. They are not a public interface (the package has no types and no exports map), so its version is pinned exactly.
 */
const require = createRequire(import.meta.url);

export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;
export type Request = Record<string, unknown>;
type Callback<Result> = (error: unknown, result?: Result) => void;

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: Readonly<Record<string, unknown>>;
}

/** What the actions need to know of a table; the rest is for DescribeTable. */
export interface TableDescription {
  readonly TableName: string;
  readonly TableArn: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly LocalSecondaryIndexes?: readonly Index[];
  readonly [field: string]: unknown;
}

/** A key range in the order of the encoded keys. */
export interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

export interface SubStore {
  lock(key: string, run: (release: <T>(callback: T) => T) => void): void;
  get(key: string, callback: Callback<Item>): void;
  put(key: string, item: Item, callback: Callback<void>): void;
  del(key: string, callback: Callback<void>): void;
  createValueStream(range: Range): NodeJS.EventEmitter;
}

export interface ActionStore {
  readonly options: { readonly maxItemSize: number };
  getTable(
    name: string,
    checkStatus: boolean | Callback<TableDescription>,
    callback?: Callback<TableDescription>,
  ): void;
  getItemDb(table: string): SubStore;
  getIndexDb(kind: string, table: string, index: string): SubStore;
}

export interface Level {
  open(): Promise<void>;
  getSync(key: string): unknown;
  batch(operations: readonly { type: 'put' | 'del'; key: string; value?: unknown }[]): Promise<void>;
  clear(range: Range): Promise<void>;
  values(range: Range): LevelIterator<unknown>;
  keys(range: Range): LevelIterator<string>;
  iterator(range: Range): LevelIterator<[string, unknown]>;
}

interface LevelIterator<Entry> extends AsyncIterable<Entry> {
  nextv(size: number): Promise<Entry[]>;
  close(): Promise<void>;
}

interface DatabaseModule {
  create(options: { path?: string | undefined }): {
    db: Level;
    lifecycleManager: { gracefulClose(done: Callback<void>): void };
  };
  createKey(item: Item, table: TableDescription): string;
  validateKey(key: Item, table: TableDescription): Error | undefined | null;
  validateItem(item: Item, table: TableDescription): Error | undefined | null;
  checkConditional(request: Request, existing: Item | undefined): Error | undefined | null;
  capacityUnits(item: Item | undefined, isRead: boolean, isConsistent: boolean): number;
  updateIndexes(
    store: ActionStore,
    table: TableDescription,
    before: Item | undefined,
    after: Item | undefined,
    done: Callback<void>,
  ): void;
}

interface ValidationModule {
  checkTypes(request: Request, types: unknown): Request;
  checkValidations(request: Request, types: unknown, custom: unknown, store: unknown): void;
}

type Action = (store: ActionStore, request: Request, done: Callback<Record<string, unknown>>) => void;

export const database = require('dynalite/db') as DatabaseModule;
const validations = require('dynalite/validations') as ValidationModule;

const actionNames = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'GetItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
] as const;
export type ActionName = (typeof actionNames)[number];

const fileOf = (name: string): string => name[0]!.toLowerCase() + name.slice(1);
const rulesOf = (name: string) =>
  require(`dynalite/validations/${fileOf(name)}`) as { types: unknown; custom?: unknown };

const actions = new Map<string, Action>(
  actionNames.map((name) => [name, require(`dynalite/actions/${fileOf(name)}`) as Action]),
);
const rules = new Map([...actionNames, 'CreateTable'].map((name) => [name, rulesOf(name)]));

export const maxItemSize = 409_600;

/** Checks a request as DynamoDB does and parses its expressions. The request is changed; throws dynalite's typed errors. */
export function prepare(name: ActionName | 'CreateTable', request: Request): Request {
  const { types, custom } = rules.get(name)!;
  const checked = validations.checkTypes(request, types);
  validations.checkValidations(checked, types, custom, { options: { maxItemSize } });
  return checked;
}

/** Runs a prepared action on a store that answers synchronously, so that nothing else can come between its read and its write. */
export function runNow(name: ActionName, store: ActionStore, request: Request): Record<string, unknown> {
  let outcome: { error: unknown; result: Record<string, unknown> | undefined } | undefined;
  actions.get(name)!(store, request, (error, result) => (outcome = { error, result }));
  if (!outcome) throw new Error(`${name} did not finish synchronously`);
  if (outcome.error) throw outcome.error as Error;
  return outcome.result ?? {};
}

/** Runs a prepared action that reads a range. */
export function run(name: ActionName, store: ActionStore, request: Request): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    actions.get(name)!(store, request, (error, result) =>
      error instanceof Error ? reject(error) : resolve(result ?? {}),
    );
  });
}
