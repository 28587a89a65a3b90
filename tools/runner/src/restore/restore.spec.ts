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
import { erasedUserKey, formerErasedUserKey, topology, type TableSpec } from '@stocktool/topology';
import { until } from '../http';
import { restoreObjects } from './restore-objects';
import { restoreTables } from './restore-tables';
import { copyOf } from './table-copy';

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
  for (const id of ['analyses', 'erasures', 'users', 'portfolios'] as const) await make(topology.tables[id]);
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

const { erasures, portfolios } = topology.tables;
const TableName = portfolios.name;
const keyOf = (userId: string, itemId = 'a') => ({ userId: { S: userId }, itemId: { S: itemId } });
const put = (userId: string, value: string, more = {}) =>
  dynamodb.send(new PutItemCommand({ TableName, Item: { ...keyOf(userId), value: { S: value }, ...more } }));
const remove = (userId: string) => dynamodb.send(new DeleteItemCommand({ TableName, Key: keyOf(userId) }));
const values = async (...userIds: string[]) => {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
  return userIds.map((id) => Items.find(({ userId }) => userId?.S === id)?.['value']?.S);
};
const restored = async (moment: Date) =>
  (await restoreTables(dynamodb, [portfolios], moment)).find(({ table }) => table === TableName);
async function mark({ name }: TableSpec, key: Record<string, string>): Promise<void> {
  const Item = Object.fromEntries(Object.entries(key).map(([attribute, value]) => [attribute, { S: value }]));
  await dynamodb.send(new PutItemCommand({ TableName: name, Item }));
}
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
    expect(await restored(moment)).toMatchObject({ restored: 1, erased: 0, expired: 0 });
    expect(await values(lost, kept, replaced)).toEqual(['old', 'old', 'new']);
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).not.toContainEqual(
      expect.stringContaining('restored'),
    );
    expect(await restored(moment)).toMatchObject({ restored: 0 });
  });

  it('goes on with the copy that a run left which was cut short', async () => {
    const lost = randomUUID();
    await put(lost, 'mine');
    const moment = await nextSecond();
    await remove(lost);
    await copyOf(dynamodb, portfolios, moment);
    expect(await restored(moment)).toMatchObject({ restored: 1 });
    expect(await values(lost)).toEqual(['mine']);
  });

  it('brings nobody back whose account was erased, by whichever version, and nothing that has expired', async () => {
    const [erased, byOlder, expired] = [randomUUID(), randomUUID(), randomUUID()];
    await put(erased, 'mine');
    await put(byOlder, 'mine');
    await put(expired, 'mine', { ttl: { N: '1000000000' } });
    const moment = await nextSecond();
    for (const userId of [erased, byOlder, expired]) await remove(userId);
    await mark(erasures, erasedUserKey(erased));
    await mark(topology.tables.analyses, formerErasedUserKey(byOlder));
    expect(await restored(moment)).toMatchObject({ restored: 0, erased: 2, expired: 1 });
    expect(await values(erased, byOlder, expired)).toEqual([undefined, undefined, undefined]);
  });

  it('knows who was erased before it brings anything back, though that was lost as well', async () => {
    const [erased, other] = [randomUUID(), randomUUID()];
    await put(erased, 'under way');
    await put(other, 'mine');
    await mark(erasures, erasedUserKey(erased));
    const moment = await nextSecond();
    const { userHash, itemId } = erasedUserKey(erased);
    const Key = { userHash: { S: userHash }, itemId: { S: itemId } };
    await dynamodb.send(new DeleteItemCommand({ TableName: erasures.name, Key }));
    for (const userId of [erased, other]) await remove(userId);
    expect(await restored(moment)).toMatchObject({ restored: 1, erased: 1 });
    expect(await values(erased, other)).toEqual([undefined, 'mine']);
  });

  it('refuses a table whose deletions are final, and a time from before erasures are remembered', async () => {
    const week = new Date(Date.now() - 7 * 86_400_000);
    await expect(restoreTables(dynamodb, [topology.tables.conversations], new Date())).rejects.toThrow('stays deleted');
    await expect(restoreTables(dynamodb, [portfolios], week)).rejects.toThrow('5 days');
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
