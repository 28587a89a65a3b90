import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { awsSettings } from './aws';
import { api, awsUrl, eventually, newUser, stateDirectory, type User } from './client';
import { callStockUpdater } from './stock-updater';

const sqs = new SQSClient(awsSettings(awsUrl));
const dynamo = new DynamoDBClient(awsSettings(awsUrl));
const { apiKey } = JSON.parse(readFileSync(path.join(stateDirectory, 'demo-account.json'), 'utf8')) as {
  apiKey: string;
};
let user: User;

beforeAll(async () => {
  user = await newUser();
});
afterAll(() => {
  sqs.destroy();
  dynamo.destroy();
});

const send = async (queue: keyof typeof topology.queues, body: object) => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: topology.queues[queue].name }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
};

const letterWith = (queue: keyof typeof topology.queues, text: string) =>
  eventually(
    `a dead letter of ${queue} with ${text}`,
    async () => {
      const { body } = await api('GET', `/v1/admin/queues/${topology.queues[queue].name}/dlq?limit=100`, { apiKey });
      return (body.items as { preview: string; failures: number }[]).find(({ preview }) => preview.includes(text));
    },
    60_000,
  );

/** Ways that an ordinary day does not go, each of which needs rights of its own. */
describe('seldom', () => {
  it.each(['notifications', 'metrics'] as const)(
    'an unreadable message of %s is dead-lettered at once',
    async (queue) => {
      await send(queue, { 'this is': `nothing for ${queue}` });
      expect(await letterWith(queue, `nothing for ${queue}`)).toBeDefined();
    },
  );

  it('a notification whose subscription is damaged is tried three times', async () => {
    const { body } = await api('POST', '/v1/subscriptions', {
      token: user.token,
      body: { channel: 'webhook', target: 'http://127.0.0.1:9/hook', events: ['analysis.completed'] },
    });
    await dynamo.send(
      new UpdateItemCommand({
        TableName: topology.tables.subscriptions.name,
        Key: { userId: { S: user.id }, itemId: { S: `subscription#${body.id}` } },
        UpdateExpression: 'SET #status = :damaged',
        ConditionExpression: 'attribute_exists(userId)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':damaged': { S: 'damaged' } },
      }),
    );
    const deliveryId = `damaged-${body.id}`;
    await send('notifications', {
      kind: 'delivery-due',
      userId: user.id,
      subscriptionId: body.id,
      deliveryId,
      attempt: 1,
    });
    expect(await letterWith('notifications', deliveryId)).toMatchObject({ failures: 3 });
  });

  it('the assistant reads a series of prices that the user brought', async () => {
    const rows = Array.from({ length: 200 }, (_, day) => {
      const date = new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
      return `${date},${100 + day}`;
    });
    const put = await api('PUT', '/v1/price-series/HOUSE', {
      token: user.token,
      text: ['date,close', ...rows].join('\n'),
      headers: { 'content-type': 'text/csv' },
    });
    expect(put.status).toBe(201);
    const { body } = await api('POST', '/v1/chat', {
      token: user.token,
      body: { message: 'How did ~HOUSE do in 2020?' },
    });
    expect(body.toolCalls).toMatchObject([{ name: 'get_historical_prices', ok: true }]);
  });

  it.each([[['GE', 'CVX']], [['HD']]])('the stock updater refreshes %j when it is asked to', async (symbols) => {
    const stdout = await callStockUpdater({ symbols });
    expect(stdout).toContain('"status":"refreshed"');
    expect(stdout).toContain('"failed":[]');
  });
});
