import { randomUUID } from 'node:crypto';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { Test } from '@nestjs/testing';
import { createTable, FixedClock, localDynamo, type LocalResource } from '@stocktool/testing';
import fc from 'fast-check';
import { Dynamo } from './dynamo';
import { DynamoModule } from './dynamo.module';
import { ConditionFailed, TransactionCanceled } from './failures';

const clock = new FixedClock('2026-01-01T00:00:00Z');
let table: LocalResource;
let dynamo: Dynamo;
let TableName: string;

beforeAll(async () => {
  table = await createTable('analyses');
  TableName = table.name;
  dynamo = new Dynamo(localDynamo(), clock);
});
afterAll(() => table.drop());

const newKey = () => ({ userId: randomUUID(), itemId: 'a' });

describe('Dynamo', () => {
  it('brings doubles back from the table bit for bit', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }), { maxLength: 50 }),
        async (all) => {
          const values = all.filter((x) => Math.abs(x) >= 1e-130).concat(1e-130, 9.99999999999999e125, -0.1);
          const Key = newKey();
          await dynamo.put({ TableName, Item: { ...Key, values } });
          const found = (await dynamo.get({ TableName, Key }))?.values as number[];
          expect(found.every((x, index) => Object.is(x, values[index]))).toBe(true);
        },
      ),
      { numRuns: 15 },
    ));

  it('deletes all that a key condition finds, beyond a page and past its ttl, and nothing beside', async () => {
    const [userId, other] = [randomUUID(), randomUUID()];
    const put = Array.from({ length: 300 }, (_, index) => ({ userId, itemId: `a#${index}`, ttl: index + 1 }));
    const beside = [
      { userId, itemId: 'b#1' },
      { userId: other, itemId: 'a#1' },
    ];
    await dynamo.batchWrite(TableName, { put: [...put, ...beside] });
    const keys = { partitionKey: 'userId', sortKey: 'itemId' };
    for (let again = 0; again < 2; again++)
      await dynamo.deleteMatching(keys, {
        TableName,
        KeyConditionExpression: '#partitionKey = :userId AND begins_with(#sortKey, :prefix)',
        ExpressionAttributeValues: { ':userId': userId, ':prefix': 'a#' },
      });
    const { Count } = await localDynamo().send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': { S: userId } },
      }),
    );
    expect(Count).toBe(1);
    const othersItem = { userId: other, itemId: 'a#1' };
    expect(await dynamo.get({ TableName, Key: othersItem })).toMatchObject(othersItem);
  });

  it('returns nothing for a key that does not exist', async () =>
    expect(await dynamo.get({ TableName, Key: newKey() })).toBeUndefined());

  it('hands over the old item when a condition fails', async () => {
    const Key = newKey();
    await dynamo.put({ TableName, Item: { ...Key, status: 'running' } });
    const again = dynamo.put({ TableName, Item: Key, ConditionExpression: 'attribute_not_exists(userId)' });
    await expect(again).rejects.toThrow(ConditionFailed);
    await expect(again).rejects.toMatchObject({ item: { status: 'running' } });
  });

  it('lets one of many conditional writes through', async () => {
    const Key = newKey();
    const input = { TableName, Item: Key, ConditionExpression: 'attribute_not_exists(userId)' };
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => dynamo.put(input)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('updates with plain values and returns what was asked for', async () => {
    const Key = newKey();
    const row = await dynamo.update({
      TableName,
      Key,
      UpdateExpression: 'SET progress = :progress',
      ExpressionAttributeValues: { ':progress': 0.25 },
      ReturnValues: 'ALL_NEW',
    });
    expect(row).toEqual({ ...Key, progress: 0.25 });
    expect(await dynamo.delete({ TableName, Key, ReturnValues: 'ALL_OLD' })).toEqual({ ...Key, progress: 0.25 });
  });

  it('pages a query by its last key', async () => {
    const userId = randomUUID();
    await dynamo.batchWrite(TableName, { put: ['a', 'b', 'c'].map((itemId) => ({ userId, itemId })) });
    const input = {
      TableName,
      KeyConditionExpression: 'userId = :user',
      ExpressionAttributeValues: { ':user': userId },
      Limit: 2,
    };
    const first = await dynamo.query(input);
    expect(first.items.map(({ itemId }) => itemId)).toEqual(['a', 'b']);
    const second = await dynamo.query({ ...input, ExclusiveStartKey: first.lastKey });
    expect(second.items.map(({ itemId }) => itemId)).toEqual(['c']);
    expect(second.lastKey).toBeUndefined();
  });

  it('drops expired items from every read, though the table still has them', async () => {
    const userId = randomUUID();
    const ttl = clock.epochSeconds() + 10;
    await dynamo.batchWrite(TableName, {
      put: [
        { userId, itemId: 'brief', ttl },
        { userId, itemId: 'lasting' },
      ],
    });
    const Key = { userId, itemId: 'brief' };
    const read = async () => [
      await dynamo.get({ TableName, Key }),
      (
        await dynamo.query({
          TableName,
          KeyConditionExpression: 'userId = :user',
          ExpressionAttributeValues: { ':user': userId },
        })
      ).items.length,
      (await dynamo.batchGet(TableName, [Key])).length,
    ];
    expect(await read()).toEqual([{ ...Key, ttl }, 2, 1]);
    clock.advance(10_000);
    expect(await read()).toEqual([undefined, 1, 0]);
  });

  it('writes and deletes more than one batch, and reads duplicates of a key once', async () => {
    const userId = randomUUID();
    const put = Array.from({ length: 60 }, (_, index) => ({ userId, itemId: `i${index}` }));
    await dynamo.batchWrite(TableName, { put });
    expect(await dynamo.batchGet(TableName, [...put, ...put])).toHaveLength(60);
    await dynamo.batchWrite(TableName, { delete: put.slice(0, 59) });
    expect(await dynamo.batchGet(TableName, put, { consistentRead: true })).toEqual([put[59]]);
  });

  it('writes all items of a transaction or none, and says which one objected', async () => {
    const [first, second] = [newKey(), newKey()];
    await dynamo.put({ TableName, Item: { ...second, taken: true } });
    const writing = dynamo.transactWrite([
      { Put: { TableName, Item: first } },
      { Put: { TableName, Item: second, ConditionExpression: 'attribute_not_exists(userId)' } },
    ]);
    await expect(writing).rejects.toThrow(TransactionCanceled);
    await expect(writing).rejects.toMatchObject({
      reasons: [{ code: 'None' }, { code: 'ConditionalCheckFailed', item: { taken: true } }],
    });
    expect(await dynamo.get({ TableName, Key: first })).toBeUndefined();
  });

  it('leaves our own faults as they are and turns an outage into a retryable problem', async () => {
    await expect(dynamo.get({ TableName, Key: { userId: 'only' } })).rejects.toThrow(
      expect.objectContaining({ name: 'ValidationException' }),
    );
    const nobody = new Dynamo(new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }));
    await expect(nobody.get({ TableName, Key: newKey() })).rejects.toMatchObject({ code: 'dependency-unavailable' });
  });

  it('is provided by its module, with the environment deciding the endpoint', async () => {
    const app = await Test.createTestingModule({ imports: [DynamoModule.register()] }).compile();
    expect(await app.get(Dynamo).get({ TableName, Key: newKey() })).toBeUndefined();
    await app.close();
  });
});
