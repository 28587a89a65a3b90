import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '@stocktool/aws-client';
import { createTable, localDynamo, type LocalResource, lostAnswers, type LostAnswers } from '@stocktool/testing';
import { Dynamo } from './dynamo';
import { ConditionFailed } from './failures';

let table: LocalResource;
let line: LostAnswers;
let client: DynamoDBClient;
let dynamo: Dynamo;
const sure = new Dynamo(localDynamo());

beforeAll(async () => {
  [table, line] = await Promise.all([createTable('analyses'), lostAnswers()]);
  client = new DynamoDBClient({
    ...clientSettings(),
    endpoint: line.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  dynamo = new Dynamo(client);
});
afterAll(async () => {
  client.destroy();
  line[Symbol.dispose]();
  await table.drop();
});

const newKey = () => ({ userId: randomUUID(), itemId: 'a' });
const transition = (Key: object, to: string) => ({
  TableName: table.name,
  Key: { ...Key },
  UpdateExpression: 'SET #state = :to REMOVE note',
  ConditionExpression: 'attribute_not_exists(#state) OR #state = :new',
  ExpressionAttributeNames: { '#state': 'state' },
  ExpressionAttributeValues: { ':to': to, ':new': 'new' },
  ReturnValues: 'ALL_NEW' as const,
});

describe('a write whose answer is lost', () => {
  it('is told from that of somebody else when it is our own', async () => {
    const Key = newKey();
    line.loseNext('UpdateItem', Key.userId);
    const lost = line.lost;
    expect(await dynamo.update({ ...transition(Key, 'mine'), ownWrite: true })).toMatchObject({ state: 'mine' });
    expect(line.lost).toBe(lost + 1);
    await expect(dynamo.update({ ...transition(Key, 'other'), ownWrite: true })).rejects.toThrow(ConditionFailed);
  });

  it('is refused, without the mark, by what it did itself', async () => {
    const Key = newKey();
    line.loseNext('UpdateItem', Key.userId);
    await expect(dynamo.update(transition(Key, 'mine'))).rejects.toThrow(ConditionFailed);
  });

  it('adds once, though it has no condition of its own', async () => {
    const Key = newKey();
    const add = {
      TableName: table.name,
      Key,
      UpdateExpression: 'ADD visits :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'ALL_NEW' as const,
      ownWrite: true,
    };
    line.loseNext('UpdateItem', Key.userId);
    expect(await dynamo.update(add)).toMatchObject({ visits: 1 });
    expect(await dynamo.update(add)).toMatchObject({ visits: 2 });
  });

  it('makes an item once', async () => {
    const Key = newKey();
    const item = (name: string) => ({
      TableName: table.name,
      Item: { ...Key, name },
      ConditionExpression: 'attribute_not_exists(userId)',
      ownWrite: true,
    });
    line.loseNext('PutItem', Key.userId);
    await dynamo.put(item('mine'));
    await expect(dynamo.put(item('other'))).rejects.toThrow(ConditionFailed);
    expect(await sure.get({ TableName: table.name, Key, ConsistentRead: true })).toMatchObject({ name: 'mine' });
  });
});
