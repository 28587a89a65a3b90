import {
  DynamoDBClient,
  BatchGetItemCommand,
  CreateTableCommand,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { RecordedCall } from './calls';
import { clientOf, endpointForSpec } from './spec/endpoint';

const endpoint = endpointForSpec();
interface Told {
  readonly services: Record<string, string>;
  readonly calls: RecordedCall[];
}
const json = async (path: string, init?: RequestInit) =>
  (await (await fetch(endpoint.url + path, init)).json()) as Told;

describe('the endpoint', () => {
  it('tells its health as LocalStack does', async () => {
    const { services } = await json('/_localstack/health');
    for (const name of ['s3', 'sqs', 'sns', 'dynamodb', 'cloudwatch', 'logs', 'secretsmanager', 'sts'])
      expect(services[name]).toBe('running');
  });

  /** The wire requests that the AWS CLI makes, without their signatures. */
  const cli = (service: string) => ({
    'user-agent': 'aws-cli/1.45.0 md/Botocore#1.43.0 ua/2.1 os/linux md/command#x',
    authorization: `AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=0`,
    'x-amz-date': '20261122T000000Z',
  });
  it.each([
    ['sqs', 'AmazonSQS.ListQueues', '1.0', 'object'],
    ['dynamodb', 'DynamoDB_20120810.ListTables', '1.0', 'TableNames'],
    ['monitoring', 'GraniteServiceVersion20100801.ListMetrics', '1.0', 'Metrics'],
    ['monitoring', 'GraniteServiceVersion20100801.DescribeAlarms', '1.0', 'MetricAlarms'],
    ['monitoring', 'GraniteServiceVersion20100801.ListDashboards', '1.0', 'DashboardEntries'],
    ['logs', 'Logs_20140328.DescribeLogGroups', '1.1', 'logGroups'],
    ['secretsmanager', 'secretsmanager.ListSecrets', '1.1', 'SecretList'],
  ])('answers the CLI for %s %s', async (service, target, version, member) => {
    const headers = { ...cli(service), 'x-amz-target': target, 'content-type': `application/x-amz-json-${version}` };
    const answer = await fetch(endpoint.url.replace('127.0.0.1', 'localhost'), { method: 'POST', headers, body: '{}' });
    const body = (await answer.json()) as Record<string, unknown>;
    expect(answer.status).toBe(200);
    if (member !== 'object') expect(Array.isArray(body[member])).toBe(true);
  });

  it.each([
    ['sns', 'Action=ListTopics&Version=2010-03-31', '<ListTopicsResponse'],
    ['sns', 'Action=ListSubscriptions&Version=2010-03-31', '<ListSubscriptionsResponse'],
    ['sts', 'Action=GetCallerIdentity&Version=2011-06-15', '<Account>000000000000</Account>'],
  ])('answers the CLI for %s %s', async (service, body, part) => {
    const headers = { ...cli(service), 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const answer = await fetch(endpoint.url, { method: 'POST', headers, body });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(part)]);
  });

  it('answers the CLI for s3 ls', async () => {
    const answer = await fetch(endpoint.url, { headers: cli('s3') });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<ListAllMyBucketsResult')]);
  });
});

describe('recorded calls', () => {
  const seen = async (client: string) => {
    const { calls } = await json('/_local/calls');
    return calls.filter((call) => call.client === client).map(({ client: _client, ...call }) => call);
  };

  it('name client, operation and resource, counted', async () => {
    const options = { ...clientOf(endpoint.url), userAgentAppId: 'api-gateway' };
    const sqs = new SQSClient(options);
    for (let round = 0; round < 2; round++) await sqs.send(new CreateQueueCommand({ QueueName: 'recorded' }));
    const s3 = new S3Client({ ...options, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'recorded' }));
    for (const Key of ['reports/a', 'reports/b'])
      await s3.send(new PutObjectCommand({ Bucket: 'recorded', Key, Body: 'x' }));
    expect(await seen('api-gateway')).toEqual([
      { service: 'sqs', operation: 'CreateQueue', resource: 'recorded', count: 2 },
      { service: 's3', operation: 'CreateBucket', resource: 'recorded', count: 1 },
      { service: 's3', operation: 'PutObject', resource: 'recorded/reports', count: 2 },
    ]);
  });

  it('tell queries from scans, and what a filter drops', async () => {
    const db = new DynamoDBClient({ ...clientOf(endpoint.url), userAgentAppId: 'chat' });
    const TableName = 'recorded';
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' as const }];
    const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' as const }];
    await db.send(
      new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', KeySchema, AttributeDefinitions }),
    );
    await json('/_local/calls', { method: 'DELETE' });
    const Key = { id: { S: 'x' } };
    const values = { ExpressionAttributeValues: { ':id': { S: 'x' }, ':v': { N: '1' } } };
    await db.send(new GetItemCommand({ TableName, Key }));
    await db.send(
      new QueryCommand({ TableName, KeyConditionExpression: 'id = :id', FilterExpression: 'v > :v', ...values }),
    );
    await db.send(new ScanCommand({ TableName }));
    await db.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } }));
    await db.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: Key } },
          { ConditionCheck: { TableName, Key: { id: { S: 'y' } }, ConditionExpression: 'attribute_not_exists(id)' } },
        ],
      }),
    );
    const call = (operation: string, more: object = {}) => ({
      service: 'dynamodb',
      operation,
      resource: TableName,
      ...more,
      count: 1,
    });
    expect(await seen('chat')).toEqual([
      call('GetItem'),
      call('Query', { filter: 'v > :v', keyCondition: true }),
      call('Scan', { scan: true }),
      call('BatchGetItem'),
      call('PutItem'),
      call('ConditionCheckItem'),
    ]);
  });
});
