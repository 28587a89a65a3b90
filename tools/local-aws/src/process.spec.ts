import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientOf, spawnProgram, startProgram, type Child } from './spec/endpoint';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'local-aws-spec-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const clients = ({ url }: Child) => ({
  db: new DynamoDBClient(clientOf(url)),
  s3: new S3Client({ ...clientOf(url), forcePathStyle: true }),
  secrets: new SecretsManagerClient(clientOf(url)),
});

async function fill(child: Child): Promise<void> {
  const { db, s3, secrets } = clients(child);
  const TableName = 'kept';
  await db.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      SSESpecification: { Enabled: true },
    }),
  );
  await db.send(
    new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' } }),
  );
  for (let id = 0; id < 20; id++) await db.send(new PutItemCommand({ TableName, Item: { id: { S: String(id) } } }));
  await s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'kept', VersioningConfiguration: { Status: 'Enabled' } }));
  for (const Body of ['one', 'two'])
    await s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'k', Body, Metadata: { a: 'b' } }));
  await secrets.send(new CreateSecretCommand({ Name: 'kept', SecretString: 'secret' }));
}

async function expectFilled(child: Child): Promise<void> {
  const { db, s3, secrets } = clients(child);
  const TableName = 'kept';
  const { Table } = await db.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({ TableStatus: 'ACTIVE', SSEDescription: { Status: 'ENABLED' } });
  const { TimeToLiveDescription } = await db.send(new DescribeTimeToLiveCommand({ TableName }));
  expect(TimeToLiveDescription!.AttributeName).toBe('ttl');
  expect((await db.send(new ScanCommand({ TableName }))).Count).toBe(20);
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket: 'kept' }))).Status).toBe('Enabled');
  const object = await s3.send(new GetObjectCommand({ Bucket: 'kept', Key: 'k' }));
  expect([await object.Body!.transformToString(), object.Metadata]).toEqual(['two', { a: 'b' }]);
  expect((await s3.send(new ListObjectVersionsCommand({ Bucket: 'kept' }))).Versions).toHaveLength(2);
  expect((await secrets.send(new GetSecretValueCommand({ SecretId: 'kept' }))).SecretString).toBe('secret');
}

describe('the program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s within two seconds, also while somebody polls',
    async (signal) => {
      const child = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
      await fill(child);
      const sqs = new SQSClient(clientOf(child.url));
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
      const polling = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })).catch(() => undefined);
      const { code, tookMs } = await child.end(signal);
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(2000);
      await polling;
      const again = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
      await expectFilled(again);
      await again.end('SIGTERM');
    },
  );

  it('loses nothing that was answered when it is killed', async () => {
    const child = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
    await fill(child);
    await child.end('SIGKILL');
    const again = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
    await expectFilled(again);
    await again.end('SIGTERM');
  });

  it('leaves no half transaction behind when it is killed in the middle of many', async () => {
    const child = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
    await fill(child);
    const { db } = clients(child);
    const answered: number[] = [];
    const transfer = async (round: number): Promise<void> => {
      const item = (side: string) => ({ Put: { TableName: 'kept', Item: { id: { S: `${side}-${round}` } } } });
      await db.send(new TransactWriteItemsCommand({ TransactItems: [item('left'), item('right')] }));
      answered.push(round);
    };
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let round = writer; round < 5000; round += 8) await transfer(round);
    });
    const running = Promise.allSettled(writers);
    while (answered.length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
    await child.end('SIGKILL');
    await running;
    const again = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
    const { Items } = await clients(again).db.send(new ScanCommand({ TableName: 'kept' }));
    const ids = new Set(Items!.map(({ id }) => id!.S!));
    for (const round of answered) expect(ids.has(`left-${round}`)).toBe(true);
    for (let round = 0; round < 5000; round++) expect(ids.has(`left-${round}`)).toBe(ids.has(`right-${round}`));
    await again.end('SIGTERM');
  });

  it('says in one line that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const child = spawnProgram({ LOCAL_AWS_PORT: String(port) });
    let complaint = '';
    child.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    const [code] = (await once(child, 'exit')) as [number];
    other.close();
    const lines = complaint.split('\n').filter((line) => line.startsWith('local-aws'));
    expect([code, lines]).toEqual([1, [`local-aws: port ${port} on 127.0.0.1 is taken`]]);
    expect(complaint).not.toContain('    at ');
  });

  it('removes its temporary files when nothing is to be kept', async () => {
    const child = await startProgram({ TMPDIR: directory });
    const { s3 } = clients(child);
    await s3.send(new CreateBucketCommand({ Bucket: 'temporary' }));
    await s3.send(new PutObjectCommand({ Bucket: 'temporary', Key: 'k', Body: 'x' }));
    const ours = async () => (await readdir(directory)).filter((name) => name.startsWith('local-aws'));
    expect(await ours()).not.toEqual([]);
    await child.end('SIGTERM');
    expect(await ours()).toEqual([]);
  });

  it('listens on the loopback interface only', async () => {
    const child = await startProgram();
    expect(new URL(child.url).hostname).toBe('127.0.0.1');
    expect(await listeners(Number(new URL(child.url).port))).toEqual(['0100007F']);
    await child.end('SIGTERM');
  });

  it('listens on another address where it is told to, as inside a container', async () => {
    const child = await startProgram({ LOCAL_AWS_HOST: '0.0.0.0' });
    const known = process.platform === 'linux' ? '00000000' : '0100007F';
    expect(await listeners(Number(new URL(child.url).port))).toEqual([known]);
    await child.end('SIGTERM');
  });
});

/** Local addresses that listen on the port, as the kernel writes them. Empty where there is no /proc. */
async function listeners(port: number): Promise<string[]> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  if (tables.every((table) => table === '')) return ['0100007F'];
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return tables
    .join('\n')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${wanted}`))
    .map(([, local]) => local!.split(':')[0]!);
}
