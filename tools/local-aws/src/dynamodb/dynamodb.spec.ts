import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type AttributeValue,
  type CreateTableCommandInput,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { clientOf, endpointForSpec, eventually } from '../spec/endpoint';

const endpoint = endpointForSpec();
let db: DynamoDBClient;
beforeAll(() => {
  db = new DynamoDBClient(clientOf(endpoint.url));
});
afterAll(() => db.destroy());

type Item = Record<string, AttributeValue>;
let count = 0;
async function table(more: Partial<CreateTableCommandInput> = {}): Promise<string> {
  const TableName = `table-${++count}`;
  await db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
      ...more,
    }),
  );
  return TableName;
}
const byOwner = {
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' as const },
    { AttributeName: 'at', AttributeType: 'N' as const },
    { AttributeName: 'owner', AttributeType: 'S' as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byOwner',
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    },
  ],
};
const key = (id: string, at = 0): Item => ({ id: { S: id }, at: { N: String(at) } });
const put = (TableName: string, Item: Item) => db.send(new PutItemCommand({ TableName, Item }));
const get = async (TableName: string, id: string, at = 0) =>
  (await db.send(new GetItemCommand({ TableName, Key: key(id, at), ConsistentRead: true }))).Item;
const ofOwner = async (TableName: string, owner: string) => {
  const query = {
    TableName,
    IndexName: 'byOwner',
    KeyConditionExpression: '#o = :o',
    ExpressionAttributeNames: { '#o': 'owner' },
  };
  return (await db.send(new QueryCommand({ ...query, ExpressionAttributeValues: { ':o': { S: owner } } }))).Items!;
};

describe('items', () => {
  it('of every type come back as they were', async () => {
    const TableName = await table();
    const item: Item = {
      ...key('all'),
      s: { S: 'text ü 😀' },
      empty: { S: '' },
      n: { N: '-12.5' },
      b: { B: Buffer.from([0, 1, 255]) },
      ss: { SS: ['a', 'b'] },
      ns: { NS: ['1', '2.5'] },
      bs: { BS: [Buffer.from([1]), Buffer.from([2])] },
      bool: { BOOL: false },
      none: { NULL: true },
      list: { L: [{ S: 'x' }, { N: '1' }, { L: [] }] },
      map: { M: { deep: { M: { er: { BOOL: true } } }, nothing: { M: {} } } },
    };
    await put(TableName, item);
    expect(await get(TableName, 'all')).toEqual({
      ...item,
      b: { B: Uint8Array.from([0, 1, 255]) },
      bs: { BS: [Uint8Array.from([1]), Uint8Array.from([2])] },
    });
  });

  it('keep numbers of up to 38 digits exactly', async () => {
    const TableName = await table();
    const digits = fc.bigInt({ min: 1n, max: 10n ** 38n - 1n });
    await fc.assert(
      fc.asyncProperty(digits, fc.boolean(), fc.integer({ min: -20, max: 20 }), async (whole, negative, exponent) => {
        const written = `${negative ? '-' : ''}${whole}e${exponent}`;
        await put(TableName, { ...key('n'), n: { N: written } });
        const { n } = (await get(TableName, 'n'))!;
        // Compared as whole numbers at a scale that takes in every digit of both.
        const scaled = (text: string): bigint => {
          const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
          const [integer = '', fraction = ''] = mantissa.split('.');
          return BigInt(integer + fraction) * 10n ** BigInt(Number(power) - fraction.length + 80);
        };
        expect(scaled(n!.N!)).toBe(scaled(written));
      }),
      { numRuns: 40 },
    );
    await expect(put(TableName, { ...key('n'), n: { N: '1'.repeat(39) } })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(put(TableName, { ...key('n'), n: { N: 'NaN' } })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('are updated by 100 writers at once without a loss', async () => {
    const TableName = await table();
    const add = new UpdateItemCommand({
      TableName,
      Key: key('sum'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });
    await Promise.all(Array.from({ length: 100 }, () => db.send(add)));
    expect((await get(TableName, 'sum'))!.n).toEqual({ N: '100' });
  });

  it('are guarded by conditions, and shown when asked for', async () => {
    const TableName = await table();
    await put(TableName, { ...key('c'), v: { N: '1' } });
    const write = (ReturnValuesOnConditionCheckFailure?: 'ALL_OLD') =>
      db.send(
        new PutItemCommand({
          TableName,
          Item: { ...key('c'), v: { N: '2' } },
          ConditionExpression: 'attribute_not_exists(id)',
          ReturnValuesOnConditionCheckFailure,
        }),
      );
    await expect(write()).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    await expect(write('ALL_OLD')).rejects.toMatchObject({ Item: { v: { N: '1' } } });
    const absent = new DeleteItemCommand({
      TableName,
      Key: key('absent'),
      ConditionExpression: 'attribute_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(db.send(absent)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined });
    const winners = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        db.send(new PutItemCommand({ TableName, Item: key('first'), ConditionExpression: 'attribute_not_exists(id)' })),
      ),
    );
    expect(winners.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are written and read in batches', async () => {
    const TableName = await table();
    const requests = Array.from({ length: 25 }, (_, at) => ({ PutRequest: { Item: key('b', at) } }));
    const written = await db.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
    expect(written.UnprocessedItems).toEqual({});
    const Keys = Array.from({ length: 30 }, (_, at) => key('b', at));
    const { Responses } = await db.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }));
    expect(Responses![TableName]).toHaveLength(25);
    const many = Array.from({ length: 26 }, (_, at) => ({ PutRequest: { Item: key('c', at) } }));
    const tooMany = new BatchWriteItemCommand({ RequestItems: { [TableName]: many } });
    await expect(db.send(tooMany)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('cost capacity as they are large', async () => {
    const TableName = await table();
    const Item = { ...key('big'), text: { S: 'x'.repeat(3000) } };
    const { ConsumedCapacity } = await db.send(
      new PutItemCommand({ TableName, Item, ReturnConsumedCapacity: 'TOTAL' }),
    );
    expect(ConsumedCapacity).toMatchObject({ TableName, CapacityUnits: 3 });
    await expect(put(TableName, { ...key('huge'), text: { S: 'x'.repeat(410_000) } })).rejects.toThrow('size');
  });
});

describe('queries', () => {
  it('page through a key in order, forwards and backwards', async () => {
    const TableName = await table();
    await Promise.all(Array.from({ length: 30 }, (_, at) => put(TableName, key('q', at - 10))));
    await put(TableName, key('other'));
    for (const ScanIndexForward of [true, false]) {
      const found: number[] = [];
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await db.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'id = :id AND #at >= :from',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: { ':id': { S: 'q' }, ':from': { N: '-5' } },
            Limit: 7,
            ScanIndexForward,
            ExclusiveStartKey,
          }),
        );
        found.push(...page.Items!.map(({ at }) => Number(at!.N)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      const expected = Array.from({ length: 25 }, (_, index) => index - 5);
      expect(found).toEqual(ScanIndexForward ? expected : expected.reverse());
    }
  });

  it('see each item of an index once, as it is now', async () => {
    const TableName = await table(byOwner);
    for (let at = 0; at < 6; at++) await put(TableName, { ...key('i', at), owner: { S: at % 2 ? 'odd' : 'even' } });
    expect(await ofOwner(TableName, 'odd')).toHaveLength(3);
    await put(TableName, { ...key('i', 1), owner: { S: 'even' } });
    await db.send(new DeleteItemCommand({ TableName, Key: key('i', 3) }));
    expect([(await ofOwner(TableName, 'odd')).length, (await ofOwner(TableName, 'even')).length]).toEqual([1, 4]);
  });

  it('filter and project, and scans see everything', async () => {
    const TableName = await table();
    for (let at = 0; at < 5; at++) await put(TableName, { ...key('f', at), v: { N: String(at * at) }, w: { S: 'x' } });
    const page = await db.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'id = :id',
        FilterExpression: 'v > :v',
        ProjectionExpression: 'v',
        ExpressionAttributeValues: { ':id': { S: 'f' }, ':v': { N: '3' } },
      }),
    );
    expect([page.Items, page.ScannedCount]).toEqual([[{ v: { N: '4' } }, { v: { N: '9' } }, { v: { N: '16' } }], 5]);
    expect((await db.send(new ScanCommand({ TableName }))).Count).toBe(5);
  });
});

describe('transactions', () => {
  const write = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
    db.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));

  it('write all or nothing and say which condition failed', async () => {
    const TableName = await table(byOwner);
    await put(TableName, { ...key('t', 1), v: { N: '1' } });
    const failing = write([
      { Put: { TableName, Item: { ...key('t', 2), owner: { S: 'o' } } } },
      {
        Update: {
          TableName,
          Key: key('t', 3),
          UpdateExpression: 'SET v = :v',
          ExpressionAttributeValues: { ':v': { N: '3' } },
        },
      },
      {
        ConditionCheck: {
          TableName,
          Key: key('t', 1),
          ConditionExpression: 'v = :v',
          ExpressionAttributeValues: { ':v': { N: '7' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ]);
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect((error as TransactionCanceledException).CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { v: { N: '1' } } },
    ]);
    expect([await get(TableName, 't', 2), await get(TableName, 't', 3), await ofOwner(TableName, 'o')]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  it('undo what went before an update that cannot be applied', async () => {
    const TableName = await table();
    await put(TableName, { ...key('u', 1), v: { S: 'text' } });
    const failing = write([
      { Put: { TableName, Item: key('u', 2) } },
      {
        Update: {
          TableName,
          Key: key('u', 1),
          UpdateExpression: 'ADD v :v',
          ExpressionAttributeValues: { ':v': { N: '1' } },
        },
      },
    ]);
    await expect(failing).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }],
    });
    expect(await get(TableName, 'u', 2)).toBeUndefined();
  });

  it('refuse two operations on one item', async () => {
    const TableName = await table();
    const twice = write([{ Put: { TableName, Item: key('x') } }, { Delete: { TableName, Key: key('x') } }]);
    await expect(twice).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('happen once for one token', async () => {
    const TableName = await table();
    const add = (value: string): TransactWriteItem[] => [
      {
        Update: {
          TableName,
          Key: key('token'),
          UpdateExpression: 'ADD n :n',
          ExpressionAttributeValues: { ':n': { N: value } },
        },
      },
    ];
    await Promise.all([write(add('1'), 'same-token'), write(add('1'), 'same-token')]);
    expect((await get(TableName, 'token'))!.n).toEqual({ N: '1' });
    await expect(write(add('2'), 'same-token')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  it('are isolated from plain writes and reads: money only moves', async () => {
    const TableName = await table();
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await put(TableName, { ...key(name), n: { N: '100' } });
    const change = (name: string, amount: number): TransactWriteItem => ({
      Update: {
        TableName,
        Key: key(name),
        UpdateExpression: 'ADD n :n',
        ConditionExpression: 'n >= :least',
        ExpressionAttributeValues: { ':n': { N: String(amount) }, ':least': { N: String(Math.max(0, -amount)) } },
      },
    });
    const totals: number[] = [];
    const read = async () => {
      const TransactItems = names.map((name) => ({ Get: { TableName, Key: key(name) } }));
      const { Responses } = await db.send(new TransactGetItemsCommand({ TransactItems }));
      totals.push(Responses!.reduce((sum, { Item }) => sum + Number(Item!.n!.N), 0));
    };
    const touch = (name: string) =>
      db.send(
        new UpdateItemCommand({
          TableName,
          Key: key(name),
          UpdateExpression: 'ADD touched :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      );
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const [from, to] = [names[index % 4]!, names[(index + 1 + (index % 3)) % 4]!];
        const transfer = from === to ? read() : write([change(from, -7), change(to, 7)]).catch(() => undefined);
        return Promise.all([transfer, touch(from), read()]);
      }),
    );
    await read();
    expect(new Set(totals)).toEqual(new Set([400]));
    const touched = await Promise.all(names.map((name) => get(TableName, name)));
    expect(touched.reduce((sum, item) => sum + Number(item!.touched!.N), 0)).toBe(60);
  });
});

describe('tables', () => {
  it('are described as a provisioner compares them', async () => {
    const TableName = await table({
      ...byOwner,
      SSESpecification: { Enabled: true, SSEType: 'KMS' },
      Tags: [{ Key: 'app', Value: 'x' }],
    });
    const { Table } = await db.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableName,
      TableStatus: 'ACTIVE',
      TableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' },
      GlobalSecondaryIndexes: [{ IndexName: 'byOwner', IndexStatus: 'ACTIVE', Projection: { ProjectionType: 'ALL' } }],
    });
    expect((await db.send(new ListTablesCommand({}))).TableNames).toContain(TableName);
    await expect(
      db.send(
        new CreateTableCommand({ ...byOwner, TableName, KeySchema: Table!.KeySchema, BillingMode: 'PAY_PER_REQUEST' }),
      ),
    ).rejects.toMatchObject({ name: 'ResourceInUseException' });
    const ResourceArn = Table!.TableArn;
    await db.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'more', Value: 'y' }] }));
    const { Tags } = await db.send(new ListTagsOfResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([
      { Key: 'app', Value: 'x' },
      { Key: 'more', Value: 'y' },
    ]);
  });

  it('get new indexes that know the old items, and lose them again', async () => {
    const TableName = await table();
    for (let at = 0; at < 3; at++) await put(TableName, { ...key('old', at), owner: { S: 'me' } });
    const [index] = byOwner.GlobalSecondaryIndexes;
    const { AttributeDefinitions } = byOwner;
    await db.send(
      new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: index }] }),
    );
    expect(await ofOwner(TableName, 'me')).toHaveLength(3);
    await db.send(
      new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byOwner' } }] }),
    );
    await expect(ofOwner(TableName, 'me')).rejects.toMatchObject({ name: 'ValidationException' });
    await put(TableName, { ...key('new'), owner: { S: 'me' } });
  });

  it('are deleted with everything in them', async () => {
    const TableName = await table(byOwner);
    await put(TableName, { ...key('x'), owner: { S: 'me' } });
    await db.send(new DeleteTableCommand({ TableName }));
    await expect(db.send(new DescribeTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(get(TableName, 'x')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    count--;
    expect(await table(byOwner)).toBe(TableName);
    expect([await get(TableName, 'x'), await ofOwner(TableName, 'me')]).toEqual([undefined, []]);
  });

  it('tell truthfully whether they can be recovered', async () => {
    const TableName = await table();
    const state = async () => {
      const { ContinuousBackupsDescription: told } = await db.send(new DescribeContinuousBackupsCommand({ TableName }));
      return told!.PointInTimeRecoveryDescription!.PointInTimeRecoveryStatus;
    };
    expect(await state()).toBe('DISABLED');
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await db.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    expect(await state()).toBe('ENABLED');
  });

  it('refuse streams and PartiQL with 501', async () => {
    const streams = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' as const };
    await expect(table({ StreamSpecification: streams })).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
    await expect(db.send(new ExecuteStatementCommand({ Statement: 'SELECT 1' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      $metadata: { httpStatusCode: 501 },
    });
  });
});

describe('time to live', () => {
  const enable = (TableName: string, Enabled = true) =>
    db.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled, AttributeName: 'ttl' } }));
  const inSeconds = (seconds: number) => ({ N: String(Math.floor(Date.now() / 1000) + seconds) });

  it('removes what has expired from the table and its indexes, also what was there before', async () => {
    const TableName = await table(byOwner);
    const owner = { S: 'me' };
    await put(TableName, { ...key('old'), owner, ttl: inSeconds(-10) });
    await enable(TableName);
    await put(TableName, { ...key('soon'), owner, ttl: inSeconds(1) });
    await put(TableName, { ...key('later'), owner, ttl: inSeconds(3600) });
    await put(TableName, { ...key('text'), owner, ttl: { S: '1' } });
    await put(TableName, { ...key('ancient'), owner, ttl: { N: '1' } });
    await put(TableName, { ...key('moved'), owner, ttl: inSeconds(1) });
    await put(TableName, { ...key('moved'), owner, ttl: inSeconds(3600) });
    const left = await eventually(
      async () => (await db.send(new ScanCommand({ TableName }))).Items!.map(({ id }) => id!.S!),
      (ids) => !ids.includes('soon') && !ids.includes('old'),
    );
    expect(left.sort()).toEqual(['ancient', 'later', 'moved', 'text']);
    expect(await ofOwner(TableName, 'me')).toHaveLength(4);
  });

  it('is described, cannot be enabled twice, and ends when disabled', async () => {
    const TableName = await table();
    await enable(TableName);
    const { TimeToLiveDescription } = await db.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    await expect(enable(TableName)).rejects.toMatchObject({ name: 'ValidationException' });
    await enable(TableName, false);
    const after = await db.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(after.TimeToLiveDescription!.TimeToLiveStatus).toBe('DISABLED');
  });
});
