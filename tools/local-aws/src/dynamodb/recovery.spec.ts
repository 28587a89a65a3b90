import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListBackupsCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  type RestoreTableToPointInTimeCommandInput,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { clientOf, endpointForSpec, eventually } from '../spec/endpoint';

const endpoint = endpointForSpec({ recovery: { hours: 1, lagSeconds: 0 } });
const forgetful = endpointForSpec();
const lagging = endpointForSpec({ recovery: { hours: 1, lagSeconds: 1 } });
const clients: DynamoDBClient[] = [];
const at = (url: string) => {
  const client = new DynamoDBClient(clientOf(url));
  clients.push(client);
  return client;
};
let db: DynamoDBClient;
beforeAll(() => (db = at(endpoint.url)));
afterAll(() => clients.forEach((client) => client.destroy()));

let count = 0;
async function recoverableTable(client = db, recoverable = true): Promise<string> {
  const TableName = `kept-${++count}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'owner', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOwner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: recoverable };
  await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  return TableName;
}
const item = (id: string, value: number) => ({ id: { S: id }, owner: { S: 'x' }, value: { N: String(value) } });
const put = (TableName: string, id: string, value: number) =>
  db.send(new PutItemCommand({ TableName, Item: item(id, value) }));
const remove = (TableName: string, id: string) => db.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } } }));
const contents = async (TableName: string) => {
  const { Items = [] } = await db.send(new ScanCommand({ TableName }));
  return Object.fromEntries(Items.map(({ id, value }) => [id?.S, Number(value?.N)]));
};
/** A moment with everything before it in an earlier millisecond and everything after it in a later one. */
const moment = async () => {
  const later = (than: number) =>
    eventually(
      () => Promise.resolve(Date.now()),
      (now) => now > than,
    );
  const now = await later(Date.now());
  await later(now);
  return new Date(now);
};
const restore = (
  SourceTableName: string,
  more: Partial<RestoreTableToPointInTimeCommandInput>,
  TargetTableName = `${SourceTableName}-${++count}`,
  client = db,
) =>
  client
    .send(new RestoreTableToPointInTimeCommand({ SourceTableName, TargetTableName, ...more }))
    .then(() => TargetTableName);

describe('a restore to a point in time', () => {
  it('gives the table as it was at any moment, whatever was written before and after', async () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const change = fc.record({ id, value: fc.option(fc.nat(9)) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
        const table = await recoverableTable();
        const known: { when: Date; expected: Record<string, number> }[] = [];
        for (const changes of rounds) {
          for (const { id, value } of changes) await (value === null ? remove(table, id) : put(table, id, value));
          known.push({ expected: await contents(table), when: await moment() });
        }
        for (const { when, expected } of known)
          expect(await contents(await restore(table, { RestoreDateTime: when }))).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  it('gives back what a batch of deletions took, with its indexes or without', async () => {
    const table = await recoverableTable();
    await Promise.all(Array.from({ length: 40 }, (_, index) => put(table, `item-${index}`, index)));
    const before = await moment();
    const TransactItems = Array.from({ length: 40 }, (_, index) => ({
      Delete: { TableName: table, Key: { id: { S: `item-${index}` } } },
    }));
    await db.send(new TransactWriteItemsCommand({ TransactItems }));
    const [whole, bare] = [
      await restore(table, { RestoreDateTime: before }),
      await restore(table, { RestoreDateTime: before, GlobalSecondaryIndexOverride: [] }),
    ];
    expect(await contents(table)).toEqual({});
    for (const copy of [whole, bare]) expect(Object.keys(await contents(copy))).toHaveLength(40);
    const byOwner = { KeyConditionExpression: '#o = :x', ExpressionAttributeNames: { '#o': 'owner' } };
    const query = new QueryCommand({
      TableName: whole,
      IndexName: 'byOwner',
      ...byOwner,
      ExpressionAttributeValues: { ':x': { S: 'x' } },
    });
    expect((await db.send(query)).Count).toBe(40);
    const { Table } = await db.send(new DescribeTableCommand({ TableName: bare }));
    expect(Table).toMatchObject({ TableName: bare, AttributeDefinitions: [{ AttributeName: 'id' }] });
    expect(Table?.GlobalSecondaryIndexes).toBeUndefined();
    const { ContinuousBackupsDescription } = await db.send(new DescribeContinuousBackupsCommand({ TableName: bare }));
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('DISABLED');
  });

  it('to the latest moment is a copy, and an earlier table of the same name is not in it', async () => {
    const table = await recoverableTable();
    await put(table, 'old', 1);
    await db.send(new DeleteTableCommand({ TableName: table }));
    count--;
    expect(await recoverableTable()).toBe(table);
    await put(table, 'new', 2);
    await moment();
    expect(await contents(await restore(table, { UseLatestRestorableTime: true }))).toEqual({ new: 2 });
  });

  it('is refused outside of its window, onto a table that is there, and of a table that has none', async () => {
    const table = await recoverableTable();
    const [early, late] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    for (const RestoreDateTime of [early, late])
      await expect(restore(table, { RestoreDateTime })).rejects.toMatchObject({ name: 'InvalidRestoreTimeException' });
    const latest = { UseLatestRestorableTime: true };
    await expect(restore(table, latest, table)).rejects.toMatchObject({ name: 'TableAlreadyExistsException' });
    await expect(restore('nowhere', latest)).rejects.toMatchObject({ name: 'TableNotFoundException' });
    await expect(restore(await recoverableTable(db, false), latest)).rejects.toMatchObject({
      name: 'PointInTimeRecoveryUnavailableException',
    });
  });

  it('is refused where no history is kept, instead of giving what is there now', async () => {
    const client = at(forgetful.url);
    const table = await recoverableTable(client);
    await expect(restore(table, { UseLatestRestorableTime: true }, 'copy', client)).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
  });

  it('reaches a moment only when the lag has passed, as on AWS', async () => {
    const client = at(lagging.url);
    const table = await recoverableTable(client);
    const now = new Date(Date.now() + 1);
    const attempt = () =>
      restore(table, { RestoreDateTime: now }, 'lagged', client).then(
        () => 'restored',
        (error: Error) => error.name,
      );
    expect(await attempt()).toBe('InvalidRestoreTimeException');
    await eventually(attempt, (outcome) => outcome === 'restored');
  });
});

describe('a table that is deleted', () => {
  const backupsOf = async (TableName: string) =>
    (await db.send(new ListBackupsCommand({ TableName, BackupType: 'SYSTEM' }))).BackupSummaries ?? [];

  it('can be had again as it was, indexes too, under its own name', async () => {
    const table = await recoverableTable();
    for (const [value, id] of ['a', 'b', 'c'].entries()) await put(table, id, value);
    await remove(table, 'b');
    await db.send(new DeleteTableCommand({ TableName: table }));
    const [backup, ...others] = await backupsOf(table);
    expect(others).toEqual([]);
    expect(backup).toMatchObject({ TableName: table, BackupType: 'SYSTEM', BackupStatus: 'AVAILABLE' });
    expect((await db.send(new ListTablesCommand({}))).TableNames?.filter((name) => name.includes(table))).toEqual([]);

    const from = { BackupArn: backup!.BackupArn, TargetTableName: table };
    await db.send(new RestoreTableFromBackupCommand(from));
    expect(await contents(table)).toEqual({ a: 0, c: 2 });
    const byOwner = new QueryCommand({
      TableName: table,
      IndexName: 'byOwner',
      KeyConditionExpression: '#o = :x',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':x': { S: 'x' } },
    });
    expect((await db.send(byOwner)).Count).toBe(2);
    await expect(db.send(new RestoreTableFromBackupCommand(from))).rejects.toMatchObject({
      name: 'TableAlreadyExistsException',
    });
  });

  it('leaves nothing where recovery was off', async () => {
    const table = await recoverableTable(db, false);
    await put(table, 'a', 1);
    await db.send(new DeleteTableCommand({ TableName: table }));
    expect(await backupsOf(table)).toEqual([]);
    const from = { BackupArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/x/backup/1', TargetTableName: table };
    await expect(db.send(new RestoreTableFromBackupCommand(from))).rejects.toMatchObject({
      name: 'BackupNotFoundException',
    });
  });
});
