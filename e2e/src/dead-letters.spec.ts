import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { awsSettings } from './aws';
import { api, awsUrl, eventually, newUser, stateDirectory } from './client';

const sqs = new SQSClient(awsSettings(awsUrl));
const dynamo = new DynamoDBClient(awsSettings(awsUrl));
const { apiKey } = JSON.parse(readFileSync(path.join(stateDirectory, 'demo-account.json'), 'utf8')) as {
  apiKey: string;
};
const { name, deadLetterName } = topology.queues.analysis;

afterAll(() => {
  sqs.destroy();
  dynamo.destroy();
});

const arnOf = async (QueueName: string) => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return Attributes?.QueueArn;
};
const send = async (body: string) => {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
};

interface DeadLetter {
  failures: number;
  reason: string;
  preview: string;
}

const deadLetters = async (): Promise<DeadLetter[]> =>
  (await api('GET', `/v1/admin/queues/${name}/dlq?limit=100`, { apiKey })).body.items as DeadLetter[];

describe('a message that can never work', () => {
  it('is dead-lettered at once when nobody can read it', async () => {
    await send('{"this is": "no analysis"}');
    const letter = await eventually('its dead letter', async () =>
      (await deadLetters()).find(({ preview }) => preview.includes('no analysis')),
    );
    expect(letter.reason).toMatch(/\w/);
  });

  it('is dead-lettered after three failed attempts, with the reason, shows in the queues, and works when it is sent back mended', async () => {
    const user = await newUser();
    const { body } = await api('POST', '/v1/analyses', {
      token: user.token,
      body: { holdings: [{ symbol: 'AAPL', weight: 1 }] },
    });
    await eventually(
      'the analysis to finish',
      async () => (await api('GET', `/v1/analyses/${body.id}`, { token: user.token })).body.status === 'succeeded',
    );
    // A row damaged behind the system's back: every attempt at it throws.
    const Key = { userId: { S: user.id }, itemId: { S: `state#${body.id}` } };
    const requestKey = { ...Key, itemId: { S: `request#${body.id}` } };
    const TableName = topology.tables.analyses.name;
    const { Item: request } = await dynamo.send(new GetItemCommand({ TableName, Key: requestKey }));
    await dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression:
          'SET #status = :queued, attempts = :none REMOVE finishedAt, #result, startedAt, leaseUntilEpochMs',
        ExpressionAttributeNames: { '#status': 'status', '#result': 'result' },
        ExpressionAttributeValues: { ':queued': { S: 'queued' }, ':none': { N: '0' } },
      }),
    );
    await dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: requestKey,
        UpdateExpression: 'SET #request = :damaged',
        ExpressionAttributeNames: { '#request': 'request' },
        ExpressionAttributeValues: { ':damaged': { S: 'damaged' } },
      }),
    );
    await send(JSON.stringify({ userId: user.id, analysisId: body.id }));
    const letter = await eventually(
      'its dead letter',
      async () => (await deadLetters()).find(({ preview }) => preview.includes(body.id as string)),
      60_000,
    );
    expect(letter.failures).toBe(3);
    expect(letter.reason).toMatch(/\w/);

    const { body: queues } = await api('GET', '/v1/admin/queues', { apiKey });
    const row = (queues.items as { name: string; dlq: { name: string; visible: number; lastReason: string } }[]).find(
      (queue) => queue.name === name,
    );
    expect(row?.dlq).toMatchObject({ name: deadLetterName, lastReason: expect.stringMatching(/\w/) });
    expect(row?.dlq.visible).toBeGreaterThanOrEqual(2);

    // As the runbook on redriving says: mended first, then sent back.
    await dynamo.send(new PutItemCommand({ TableName, Item: request }));
    const DestinationArn = await arnOf(name);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: await arnOf(deadLetterName), DestinationArn }));
    await eventually(
      'the analysis to finish after all',
      async () => (await api('GET', `/v1/analyses/${body.id}`, { token: user.token })).body.status === 'succeeded',
    );
  });
});
