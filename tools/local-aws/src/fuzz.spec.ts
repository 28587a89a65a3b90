import { connect } from 'node:net';
import { CloudWatchClient, DescribeAlarmsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { clientOf, startProgram, type Child } from './spec/endpoint';

/** Each JSON service with all the operations that change something, none of which a fuzzer can hit by chance with good input. */
const targets: Readonly<Record<string, readonly string[]>> = {
  AmazonSQS: [
    'CreateQueue',
    'DeleteQueue',
    'SendMessage',
    'SendMessageBatch',
    'ReceiveMessage',
    'DeleteMessage',
    'SetQueueAttributes',
    'StartMessageMoveTask',
  ],
  DynamoDB_20120810: [
    'CreateTable',
    'DeleteTable',
    'UpdateTable',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'TransactWriteItems',
    'Query',
    'Scan',
    'GetItem',
    'BatchGetItem',
    'TransactGetItems',
    'UpdateTimeToLive',
    'TagResource',
  ],
  GraniteServiceVersion20100801: [
    'PutMetricData',
    'GetMetricData',
    'GetMetricStatistics',
    'PutMetricAlarm',
    'PutDashboard',
    'SetAlarmState',
    'TagResource',
  ],
  Logs_20140328: ['CreateLogGroup', 'PutLogEvents', 'FilterLogEvents', 'GetLogEvents', 'PutRetentionPolicy'],
  secretsmanager: ['CreateSecret', 'PutSecretValue', 'GetSecretValue', 'UpdateSecret', 'DeleteSecret'],
};
const fields = [
  'QueueUrl',
  'QueueName',
  'Entries',
  'TableName',
  'Item',
  'Key',
  'TransactItems',
  'RequestItems',
  'KeySchema',
  'Namespace',
  'MetricData',
  'MetricDataQueries',
  'AlarmName',
  'Metrics',
  'logGroupName',
  'logEvents',
  'filterPattern',
  'SecretId',
  'Name',
  'UpdateExpression',
  'KeyConditionExpression',
  'ExpressionAttributeValues',
  '__proto__',
  'constructor',
];
const authorization = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

let child: Child;
beforeAll(async () => {
  child = await startProgram();
});
afterAll(() => child.end('SIGTERM'));

/** Everything that a fuzzer could have changed. */
async function state(): Promise<unknown> {
  const options = clientOf(child.url);
  const [sqs, sns, s3] = [
    new SQSClient(options),
    new SNSClient(options),
    new S3Client({ ...options, forcePathStyle: true }),
  ];
  const [db, cloudwatch, logs, secrets] = [
    new DynamoDBClient(options),
    new CloudWatchClient(options),
    new CloudWatchLogsClient(options),
    new SecretsManagerClient(options),
  ];
  const QueueUrl = `${child.url}/000000000000/kept`;
  const { Metrics } = await cloudwatch.send(new ListMetricsCommand({}));
  return {
    queues: (await sqs.send(new ListQueuesCommand({}))).QueueUrls,
    queue: (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes,
    topics: (await sns.send(new ListTopicsCommand({}))).Topics,
    subscriptions: (await sns.send(new ListSubscriptionsCommand({}))).Subscriptions,
    buckets: (await s3.send(new ListBucketsCommand({}))).Buckets!.map(({ Name }) => Name),
    versions: (await s3.send(new ListObjectVersionsCommand({ Bucket: 'kept' }))).Versions,
    tables: (await db.send(new ListTablesCommand({}))).TableNames,
    items: (await db.send(new ScanCommand({ TableName: 'kept' }))).Items,
    metrics: Metrics!.filter(({ Namespace }) => Namespace !== 'AWS/SQS'),
    alarms: (await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms,
    groups: (await logs.send(new DescribeLogGroupsCommand({}))).logGroups,
    secrets: (await secrets.send(new ListSecretsCommand({}))).SecretList,
  };
}

beforeAll(async () => {
  const options = clientOf(child.url);
  const [sqs, db, s3] = [
    new SQSClient(options),
    new DynamoDBClient(options),
    new S3Client({ ...options, forcePathStyle: true }),
  ];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'kept' }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
  const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' as const }];
  const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' as const }];
  await db.send(
    new CreateTableCommand({ TableName: 'kept', BillingMode: 'PAY_PER_REQUEST', KeySchema, AttributeDefinitions }),
  );
  await db.send(new PutItemCommand({ TableName: 'kept', Item: { id: { S: 'a' } } }));
  await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
  await s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'a', Body: 'kept' }));
});

/** Values of the wrong kind: a well-formed text could be a valid name. */
const wrong = fc.jsonValue({ maxDepth: 3 }).map((value) => (typeof value === 'string' ? [value] : value));
const junk = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '1',
    '{"a":',
    '{}',
    '\u0000',
    'Action=',
    'Action=Publish',
    'a.b.c=1&a=2',
    '<x',
    '<Delete/>',
  ),
  fc.json(),
  fc.dictionary(fc.constantFrom(...fields), wrong).map((body) => JSON.stringify(body)),
);
const types = fc.constantFrom(
  'application/x-amz-json-1.0',
  'application/x-amz-json-1.1',
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/xml',
  '',
);
const encodings = fc.constantFrom('', '', '', 'gzip', 'aws-chunked');

async function untouchedBy(attack: () => Promise<void>): Promise<void> {
  const before = await state();
  await attack();
  expect(child.process.exitCode).toBeNull();
  expect(await state()).toEqual(before);
}

describe('malformed requests change nothing and never end the process', () => {
  it.each(Object.entries(targets))('to %s', async (prefix, names) => {
    const operation = fc.oneof(
      fc.constantFrom(...names),
      fc.constantFrom('', 'Nothing', '__proto__', 'constructor', 'toString'),
    );
    await untouchedBy(() =>
      fc.assert(
        fc.asyncProperty(operation, junk, types, encodings, async (name, body, type, encoding) => {
          const headers = {
            'x-amz-target': `${prefix}.${name}`,
            'content-type': type,
            authorization: authorization('x'),
          };
          const answer = await fetch(child.url, {
            method: 'POST',
            body,
            headers: { ...headers, ...(encoding && { 'content-encoding': encoding }) },
          });
          const text = await answer.text();
          expect(answer.status).toBeLessThan(502);
          expect(answer.status).not.toBe(500);
          if (answer.status !== 200) expect(typeof (JSON.parse(text) as { __type?: unknown }).__type).toBe('string');
        }),
        { numRuns: 150 },
      ),
    );
  });

  it.each(['sns', 'sts'])('to the query protocol of %s', async (service) => {
    const action = fc.constantFrom(
      'Publish',
      'PublishBatch',
      'Subscribe',
      'CreateTopic',
      'SetTopicAttributes',
      'Nothing',
      '__proto__',
    );
    await untouchedBy(() =>
      fc.assert(
        fc.asyncProperty(action, junk, types, async (name, body, type) => {
          const headers = { 'content-type': type, authorization: authorization(service) };
          const answer = await fetch(child.url, { method: 'POST', body: `Action=${name}&${body}`, headers });
          expect([400, 403, 404, 501]).toContain(answer.status);
          expect(await answer.text()).toContain('<ErrorResponse');
        }),
        { numRuns: 100 },
      ),
    );
  });

  it('to S3', async () => {
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH');
    const place = fc.constantFrom(
      '/',
      '/missing',
      '/missing/key',
      '/%',
      '/kept/%zz',
      '//',
      '/UPPER',
      '/kept?',
      '/kept/a?',
    );
    const parameter = fc.constantFrom(
      'acl',
      'retention',
      'versionId=x',
      'uploadId=x',
      'partNumber=0',
      'delete',
      'tagging=1&uploads',
      'list-type=2&max-keys=x',
      'X-Amz-Signature=0',
      'torrent',
      '%',
    );
    await untouchedBy(() =>
      fc.assert(
        fc.asyncProperty(method, place, parameter, junk, encodings, async (verb, path, query, body, encoding) => {
          const hasBody = verb !== 'GET' && verb !== 'HEAD';
          const answer = await fetch(`${child.url}${path}${path.includes('?') ? '' : '?'}${query}`, {
            method: verb,
            headers: { authorization: authorization('s3'), ...(encoding && { 'content-encoding': encoding }) },
            ...(hasBody && { body }),
          });
          await answer.arrayBuffer();
          expect(answer.status).not.toBe(500);
        }),
        { numRuns: 300 },
      ),
    );
  });

  it('that are no HTTP, or end too early', async () => {
    const { port } = new URL(child.url);
    const raw = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
        socket.on('error', () => resolve());
        socket.on('close', () => resolve());
        socket.setTimeout(300, () => socket.destroy());
      });
    const head = (service: string, target: string) =>
      `POST / HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization(service)}\r\n${target && `x-amz-target: ${target}\r\n`}`;
    const truncated = [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\n',
      `${head('sqs', 'AmazonSQS.SendMessage')}content-length: 1000\r\n\r\n{"QueueUrl":`,
      `${head('dynamodb', 'DynamoDB_20120810.PutItem')}transfer-encoding: chunked\r\n\r\n5\r\n{"Ta`,
      `${head('dynamodb', 'DynamoDB_20120810.PutItem')}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      `${head('sns', '')}content-type: application/x-www-form-urlencoded\r\ncontent-length: 99\r\n\r\nAction=CreateTopic&Name=half`,
      `PUT /kept/half HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization('s3')}\r\ncontent-length: 99\r\n\r\nhalf`,
      `PUT /kept/half HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization('s3')}\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\ncontent-length: 9\r\n\r\nff\r\nshort`,
    ];
    await untouchedBy(async () => {
      for (const text of truncated) await raw(text);
    });
  });

  it('to services that are not emulated get 501', async () => {
    for (const service of ['lambda', 'scheduler', 'iam', 'events', 'kinesis']) {
      const answer = await fetch(`${child.url}/2015-03-31/functions`, {
        method: 'POST',
        body: '{}',
        headers: { authorization: authorization(service) },
      });
      expect([answer.status, await answer.json()]).toEqual([
        501,
        { __type: 'NotImplementedException', message: expect.stringContaining(service) },
      ]);
    }
    const target = await fetch(child.url, {
      method: 'POST',
      body: '{}',
      headers: { 'x-amz-target': 'AWSEvents.PutRule' },
    });
    expect(target.status).toBe(501);
  });
});
