import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { PutBucketLifecycleConfigurationCommand, PutPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsCommand, PublishCommand, SetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { topology } from '@stocktool/topology';
import { connect } from './clients';
import type { Finding } from './finding';
import { provision } from './provision';

const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
const settings = { region: 'us-east-1', endpoint, consoleOrigins: ['http://localhost:3000'] };
const clients = connect(settings);
const apply = () => provision({ ...settings, apply: true });
const compare = () => provision({ ...settings, apply: false });
const notOk = (findings: Finding[]) => findings.filter(({ state }) => state !== 'ok');

beforeAll(async () => {
  await apply();
});
afterAll(() => clients.destroy());

describe('provision', () => {
  it('changes nothing when everything is as declared', async () => {
    expect(notOk(await apply())).toEqual([]);
    expect(notOk(await compare())).toEqual([]);
  });

  it('keeps the signing keys it made', async () => {
    const read = () => clients.secrets.send(new GetSecretValueCommand({ SecretId: topology.secrets.apiKeys.name }));
    const { SecretString } = await read();
    await apply();
    expect((await read()).SecretString).toBe(SecretString);
    const keys = JSON.parse(SecretString ?? '{}') as Record<string, string>;
    expect(Object.keys(keys)).toEqual(['accessTokenKey']);
    expect(Buffer.from(keys['accessTokenKey'] ?? '', 'base64url')).toHaveLength(32);
  });

  it('keeps the keys that people gave, and has a place for each', async () => {
    const { name: SecretId } = topology.secrets.marketDataKeys;
    const read = async () => (await clients.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
    const put = (SecretString: string) => clients.secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    const states = async () =>
      (await apply()).flatMap(({ resource, state }) => (resource.includes(SecretId) ? [state] : []));
    const before = await read();
    expect(Object.keys(JSON.parse(before) as object)).toEqual(
      expect.arrayContaining(['FINNHUB_API_KEY', 'ALPHA_VANTAGE_API_KEY']),
    );
    await put('{"FINNHUB_API_KEY":"given"}');
    expect(await states()).toEqual(['corrected']);
    expect(JSON.parse(await read())).toEqual({ FINNHUB_API_KEY: 'given', ALPHA_VANTAGE_API_KEY: '' });
    expect(await states()).toEqual(['ok']);
    await put(before);
  });

  it('names a setting that somebody changed, and puts it right', async () => {
    const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: topology.queues.analysis.name }));
    await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '5' } }));
    await clients.s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: topology.buckets.reports.name,
        PublicAccessBlockConfiguration: { BlockPublicAcls: false },
      }),
    );
    await clients.s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: topology.buckets.reports.name,
        LifecycleConfiguration: {
          Rules: [{ ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }],
        },
      }),
    );
    const { Subscriptions = [] } = await clients.sns.send(new ListSubscriptionsCommand({}));
    const subscription = Subscriptions.find(({ Endpoint }) => Endpoint?.endsWith(topology.queues.notifications.name));
    await clients.sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn: subscription?.SubscriptionArn,
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"type":["nothing"]}',
      }),
    );

    const wrong = notOk(await compare());
    expect(wrong).toEqual(
      expect.arrayContaining([
        { resource: 'queue stocktool-analysis-queue', state: 'different', detail: 'VisibilityTimeout' },
        { resource: 'bucket stocktool-reports', state: 'different', detail: 'public access block, lifecycle' },
        {
          resource: 'subscription stocktool-notifications -> stocktool-notifications-queue',
          state: 'different',
          detail: 'filter policy',
        },
      ]),
    );
    expect(wrong).toHaveLength(3);
    const corrected = notOk(await apply());
    expect(corrected.map(({ state }) => state)).toEqual(['corrected', 'corrected', 'corrected']);
    expect(notOk(await compare())).toEqual([]);
  });

  it('makes again what was deleted, and only says so when it compares', async () => {
    const QueueName = topology.queues.metrics.deadLetterName;
    const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName }));
    await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    expect(notOk(await compare())).toEqual([{ resource: `queue ${QueueName}`, state: 'missing', detail: '' }]);
    expect(notOk(await apply())).toMatchObject([{ resource: `queue ${QueueName}`, state: 'created' }]);
  });

  it('names a table whose key is another one, and leaves it alone', async () => {
    const TableName = topology.tables.audit.name;
    const keyOnly = {
      TableName,
      BillingMode: 'PAY_PER_REQUEST' as const,
      KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' as const }],
      AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' as const }],
    };
    await clients.dynamodb.send(new DeleteTableCommand({ TableName }));
    await clients.dynamodb.send(new CreateTableCommand(keyOnly));
    expect(notOk(await apply())).toEqual([
      { resource: `table ${TableName}`, state: 'conflict', detail: 'the key (a table keeps the key it was made with)' },
    ]);
    const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName }));
    expect(Table?.KeySchema).toEqual(keyOnly.KeySchema);
    await clients.dynamodb.send(new DeleteTableCommand({ TableName }));
    expect(notOk(await apply())).toMatchObject([{ state: 'created' }]);
  });

  it('lets only the events of users into the notifications queue', async () => {
    const { Subscriptions = [] } = await clients.sns.send(new ListSubscriptionsCommand({}));
    const TopicArn = Subscriptions.find(({ Endpoint }) =>
      Endpoint?.endsWith(topology.queues.notifications.name),
    )?.TopicArn;
    const { QueueUrl } = await clients.sqs.send(
      new GetQueueUrlCommand({ QueueName: topology.queues.notifications.name }),
    );
    const publish = (type: string) =>
      clients.sns.send(
        new PublishCommand({
          TopicArn,
          Message: type,
          MessageAttributes: { type: { DataType: 'String', StringValue: type } },
        }),
      );
    await publish('market.updated');
    await publish('analysis.completed');
    const { Messages } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
    );
    expect(Messages?.map(({ Body }) => Body)).toEqual(['analysis.completed']);
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
    );
    expect(JSON.parse(Attributes?.['RedrivePolicy'] ?? '{}')).toMatchObject({ maxReceiveCount: expect.anything() });
  });
});
