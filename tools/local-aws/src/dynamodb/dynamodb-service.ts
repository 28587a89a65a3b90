import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { CallShape } from '../calls';
import type { Service } from '../http/exchange';
import { JsonService, textOf } from '../http/json-service';
import { database } from './dynalite';
import { GroupCommit } from './group-commit';
import { History, type Recovery } from './history';
import { itemOperations } from './item-operations';
import { recoveryOperations } from './recovery-operations';
import { tableOperations } from './table-operations';
import { tableSettings } from './table-settings';
import { Tables } from './tables';
import { transactionOperations } from './transactions';
import { TtlSweeper } from './ttl-sweeper';

const mostBytes = 16 * 1024 * 1024;

/** DynamoDB on LevelDB, in memory without a directory. */
export async function dynamodbService(
  dataDirectory: string | undefined,
  ttlSweepSeconds: number,
  recovery: Recovery,
): Promise<{ service: Service; stop(): Promise<void> }> {
  const store = database.create({ path: dataDirectory && path.join(dataDirectory, 'dynamodb') });
  await store.db.open();
  const commits = new GroupCommit(store.db);
  const history = new History(store.db, recovery);
  const tables = new Tables(store.db, commits, history);
  await tables.load();
  history.start(() => tables.list());
  const sweeper = new TtlSweeper(store.db, tables, commits);
  sweeper.start(ttlSweepSeconds);

  const service = new JsonService({
    name: 'dynamodb',
    version: '1.0',
    mostBytes,
    operations: {
      ...itemOperations(tables, commits),
      ...transactionOperations(tables, commits),
      ...tableOperations(tables),
      ...tableSettings(tables),
      ...recoveryOperations(tables),
    },
    shapesOf,
    headersOf: (body) => ({ 'x-amz-crc32': String(crc32(body)) }),
  });
  const stop = async (): Promise<void> => {
    sweeper.stop();
    history.stop();
    await commits.settled();
    await new Promise<void>((resolve) => store.lifecycleManager.gracefulClose(() => resolve()));
  };
  return { service, stop };
}

type Body = Record<string, unknown>;
const isObject = (value: unknown): value is Body => value !== null && typeof value === 'object';
const transactional: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** A transaction counts as the calls that IAM wants allowed for it; a batch once for each table. */
function shapesOf(operation: string, body: Body): Omit<CallShape, 'service'>[] {
  if (Array.isArray(body.TransactItems)) {
    return body.TransactItems.filter(isObject).flatMap((entry) =>
      Object.entries(entry).map(([kind, request]) => ({
        operation: transactional[kind] ?? operation,
        ...named(isObject(request) ? textOf(request.TableName) : undefined),
      })),
    );
  }
  if (isObject(body.RequestItems))
    return Object.keys(body.RequestItems).map((table) => ({ operation, ...named(table) }));
  const [index, filter] = [textOf(body.IndexName), textOf(body.FilterExpression)];
  return [
    {
      operation,
      ...named(textOf(body.TableName) ?? textOf(body.ResourceArn)),
      ...(index && { index }),
      ...(filter && { filter }),
      ...(operation === 'Query' && { keyCondition: 'KeyConditionExpression' in body || 'KeyConditions' in body }),
      ...(operation === 'Scan' && { scan: true }),
    },
  ];
}

const named = (table: string | undefined) =>
  table === undefined ? {} : { resource: table.slice(table.lastIndexOf('/') + 1) };
