import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { startLocalAws, type LocalAws } from '@stocktool/local-aws';
import { erasedUserKey, topology, type TableSpec } from '@stocktool/topology';
import { until } from '../http';
import { ErasedOwners } from './erased-owners';
import { restoreObjects } from './restore-objects';
import { restoreTable } from './restore-table';

let aws: LocalAws;
let dynamodb: DynamoDBClient;
let s3: S3Client;
beforeAll(async () => {
  aws = await startLocalAws({ port: 0, recovery: { hours: 1, lagSeconds: 0 } });
  const settings = {
    endpoint: aws.url,
    region: topology.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  dynamodb = new DynamoDBClient(settings);
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  await make(topology.tables.analyses);
  await make(topology.tables.portfolios);
});
afterAll(async () => {
  dynamodb.destroy();
  s3.destroy();
  await aws.stop();
});

async function make({ name: TableName, partitionKey, sortKey }: TableSpec): Promise<void> {
  const key = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [key(partitionKey), key(sortKey)],
    }),
  );
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
}

const { portfolios } = topology.tables;
const TableName = portfolios.name;
const keyOf = (userId: string, itemId = 'a') => ({ userId: { S: userId }, itemId: { S: itemId } });
const put = (userId: string, value: string, more = {}, table: string = TableName) =>
  dynamodb.send(new PutItemCommand({ TableName: table, Item: { ...keyOf(userId), value: { S: value }, ...more } }));
const remove = (userId: string) => dynamodb.send(new DeleteItemCommand({ TableName, Key: keyOf(userId) }));
const values = async (...userIds: string[]) => {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
  return userIds.map((id) => Items.find(({ userId }) => userId?.S === id)?.['value']?.S);
};
/** The next whole second: what was written before is in a restore to it. */
async function nextSecond(): Promise<Date> {
  const second = Math.ceil((Date.now() + 1) / 1000) * 1000;
  await until(() => Promise.resolve(Date.now() > second ? true : undefined), 2000, 5);
  return new Date(second);
}

describe('restoring a table', () => {
  it('brings back what is missing, leaves what was written since, and leaves no copy behind', async () => {
    const [lost, kept, replaced] = [randomUUID(), randomUUID(), randomUUID()];
    await put(lost, 'old');
    await put(kept, 'old');
    await put(replaced, 'old');
    const moment = await nextSecond();
    await remove(lost);
    await remove(replaced);
    await put(replaced, 'new');
    const result = await restoreTable(dynamodb, portfolios, moment, new ErasedOwners(dynamodb));
    expect(result).toMatchObject({ restored: 1, erased: 0, expired: 0 });
    expect(await values(lost, kept, replaced)).toEqual(['old', 'old', 'new']);
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames?.sort()).toEqual(
      [TableName, topology.tables.analyses.name].sort(),
    );
    expect(await restoreTable(dynamodb, portfolios, moment, new ErasedOwners(dynamodb))).toMatchObject({ restored: 0 });
  });

  it('brings nobody back whose account was erased, and nothing that has expired', async () => {
    const [erased, expired] = [randomUUID(), randomUUID()];
    await put(erased, 'mine');
    await put(expired, 'mine', { ttl: { N: '1000000000' } });
    const moment = await nextSecond();
    await remove(erased);
    await remove(expired);
    const { userId, itemId } = erasedUserKey(erased);
    const Item = keyOf(userId, itemId);
    await dynamodb.send(new PutItemCommand({ TableName: topology.tables.analyses.name, Item }));
    const result = await restoreTable(dynamodb, portfolios, moment, new ErasedOwners(dynamodb));
    expect(result).toMatchObject({ restored: 0, erased: 1, expired: 1 });
    expect(await values(erased, expired)).toEqual([undefined, undefined]);
  });

  it('refuses a table whose deletions are final, and a time from before erasures are remembered', async () => {
    const [owners, week] = [new ErasedOwners(dynamodb), new Date(Date.now() - 7 * 86_400_000)];
    await expect(restoreTable(dynamodb, topology.tables.conversations, new Date(), owners)).rejects.toThrow(
      'stays deleted',
    );
    await expect(restoreTable(dynamodb, portfolios, week, owners)).rejects.toThrow('5 days');
  });
});

describe('restoring objects', () => {
  it('takes back the deletions of a time, and none of before, nor of another prefix', async () => {
    const Bucket = `versioned-${randomUUID()}`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const write = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const hide = (Key: string) => s3.send(new DeleteObjectCommand({ Bucket, Key }));
    for (const key of ['results/meant', 'results/lost', 'results/again', 'tmp/lost']) await write(key);
    await hide('results/meant');
    const from = await nextSecond();
    for (const key of ['results/lost', 'results/again', 'tmp/lost']) await hide(key);
    await write('results/again');
    const window = { bucket: Bucket, prefix: 'results/', from, until: new Date(Date.now() + 1000) };
    expect(await restoreObjects(s3, window)).toMatchObject({ restored: 1 });
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['results/again', 'results/lost']);
    expect(await restoreObjects(s3, window)).toMatchObject({ restored: 0 });
  });
});
