import { DescribeTableCommand, DescribeTimeToLiveCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { eventually } from './eventually';
import { FixedClock } from './fixed-clock';
import { localDynamo, localEndpoint, localS3, localSqs } from './local-clients';
import { createBucket, createQueuePair, createTable } from './local-resources';

describe('localEndpoint', () => {
  it.each([
    {},
    { AWS_ENDPOINT_URL: '' },
    { AWS_ENDPOINT_URL: 'https://dynamodb.us-east-1.amazonaws.com' },
    { AWS_ENDPOINT_URL: 'https://s3.cn-north-1.amazonaws.com.cn' },
    { AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ENDPOINT_URL_SQS: 'https://sqs.us-east-1.amazonaws.com' },
  ])('refuses what leads to a real account: %j', (env) => expect(() => localEndpoint(env)).toThrow(/test/));

  it('takes a local endpoint', () =>
    expect(localEndpoint({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toBe('http://127.0.0.1:4566'));
});

describe('local resources', () => {
  it('makes a table with the keys, index and TTL of the topology, and drops it', async () => {
    const table = await createTable('analyses');
    const client = localDynamo();
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table.name }));
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['userId', 'itemId']);
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['due-index']);
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: table.name }));
    expect(ttl.TimeToLiveDescription?.AttributeName).toBe('ttl');
    await table.drop();
    await eventually(async () => !(await client.send(new ListTablesCommand({}))).TableNames?.includes(table.name));
    client.destroy();
  });

  it('wires a queue to its dead-letter queue', async () => {
    const pair = await createQueuePair('metrics', { visibilitySeconds: 3 });
    const client = localSqs();
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: pair.url, AttributeNames: ['All'] }),
    );
    expect(Attributes?.VisibilityTimeout).toBe('3');
    expect(Attributes?.RedrivePolicy).toContain(`:${pair.deadLetterName}`);
    await pair.drop();
    client.destroy();
  });

  it('drops a bucket that is not empty', async () => {
    const bucket = await createBucket();
    const client = localS3();
    await client.send(new PutObjectCommand({ Bucket: bucket.name, Key: 'a', Body: 'b' }));
    await bucket.drop();
    client.destroy();
  });
});

describe('eventually', () => {
  it('returns the first value there is', async () => {
    let calls = 0;
    expect(await eventually(() => (++calls < 3 ? undefined : calls), { everyMs: 1 })).toBe(3);
  });

  it('fails with the last error at the deadline', async () => {
    const check = () => Promise.reject(new Error('not yet'));
    await expect(eventually(check, { timeoutMs: 20, everyMs: 1 })).rejects.toThrow('not yet');
  });
});

describe('FixedClock', () => {
  it('moves only when told to', () => {
    const clock = new FixedClock('2026-01-01T00:00:00Z');
    clock.advance(1500);
    expect(clock.now().toISOString()).toBe('2026-01-01T00:00:01.500Z');
  });
});
