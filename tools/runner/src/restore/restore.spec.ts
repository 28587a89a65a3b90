import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { erasedUserKey, formerErasedUserKey, topology } from '@stocktool/topology';
import { nextSecond, restoreFixture } from './restore.fixture';
import { restoreObjects } from './restore-objects';
import { restoreTables } from './restore-tables';
import { copyOf } from './table-copy';

const { erasures, portfolios } = topology.tables;
let fixture: Awaited<ReturnType<typeof restoreFixture>>;
beforeAll(async () => {
  fixture = await restoreFixture();
});
afterAll(() => fixture.close());

const restored = async (moment: Date) =>
  (await restoreTables(fixture.dynamodb, [portfolios], moment)).find(({ table }) => table === portfolios.name);

describe('restoring a table', () => {
  it('brings back what is missing, leaves what was written since, and leaves no copy behind', async () => {
    const [lost, kept, replaced] = [randomUUID(), randomUUID(), randomUUID()];
    await fixture.put(lost, 'old');
    await fixture.put(kept, 'old');
    await fixture.put(replaced, 'old');
    const moment = await nextSecond();
    await fixture.remove(lost);
    await fixture.remove(replaced);
    await fixture.put(replaced, 'new');
    expect(await restored(moment)).toMatchObject({ restored: 1, erased: 0, expired: 0 });
    expect(await fixture.values(lost, kept, replaced)).toEqual(['old', 'old', 'new']);
    expect((await fixture.dynamodb.send(new ListTablesCommand({}))).TableNames).not.toContainEqual(
      expect.stringContaining('restored'),
    );
    expect(await restored(moment)).toMatchObject({ restored: 0 });
  });

  it('goes on with the copy that a run left which was cut short', async () => {
    const lost = randomUUID();
    await fixture.put(lost, 'mine');
    const moment = await nextSecond();
    await fixture.remove(lost);
    await copyOf(fixture.dynamodb, portfolios, moment);
    expect(await restored(moment)).toMatchObject({ restored: 1 });
    expect(await fixture.values(lost)).toEqual(['mine']);
  });

  it('brings nobody back whose account was erased, by whichever version, and nothing that has expired', async () => {
    const [erased, byOlder, expired] = [randomUUID(), randomUUID(), randomUUID()];
    await fixture.put(erased, 'mine');
    await fixture.put(byOlder, 'mine');
    await fixture.put(expired, 'mine', { ttl: { N: '1000000000' } });
    const moment = await nextSecond();
    for (const userId of [erased, byOlder, expired]) await fixture.remove(userId);
    await fixture.mark(erasures, erasedUserKey(erased));
    await fixture.mark(topology.tables.analyses, formerErasedUserKey(byOlder));
    expect(await restored(moment)).toMatchObject({ restored: 0, erased: 2, expired: 1 });
    expect(await fixture.values(erased, byOlder, expired)).toEqual([undefined, undefined, undefined]);
  });

  it('knows who was erased before it brings anything back, though that was lost as well', async () => {
    const [erased, other] = [randomUUID(), randomUUID()];
    await fixture.put(erased, 'under way');
    await fixture.put(other, 'mine');
    await fixture.mark(erasures, erasedUserKey(erased));
    const moment = await nextSecond();
    const { userHash, itemId } = erasedUserKey(erased);
    const Key = { userHash: { S: userHash }, itemId: { S: itemId } };
    await fixture.dynamodb.send(new DeleteItemCommand({ TableName: erasures.name, Key }));
    for (const userId of [erased, other]) await fixture.remove(userId);
    expect(await restored(moment)).toMatchObject({ restored: 1, erased: 1 });
    expect(await fixture.values(erased, other)).toEqual([undefined, 'mine']);
  });

  it('refuses a table whose deletions are final, and a time from before erasures are remembered', async () => {
    const week = new Date(Date.now() - 7 * 86_400_000);
    await expect(restoreTables(fixture.dynamodb, [topology.tables.conversations], new Date())).rejects.toThrow(
      'stays deleted',
    );
    await expect(restoreTables(fixture.dynamodb, [portfolios], week)).rejects.toThrow('5 days');
  });
});

describe('restoring objects', () => {
  it('takes back the deletions of a time, and none of before, nor of another prefix', async () => {
    const Bucket = `versioned-${randomUUID()}`;
    await fixture.s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: 'Enabled' as const };
    await fixture.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const write = (Key: string) => fixture.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const hide = (Key: string) => fixture.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    for (const key of ['results/meant', 'results/lost', 'results/again', 'tmp/lost']) await write(key);
    await hide('results/meant');
    const from = await nextSecond();
    for (const key of ['results/lost', 'results/again', 'tmp/lost']) await hide(key);
    await write('results/again');
    const window = { bucket: Bucket, prefix: 'results/', from, until: new Date(Date.now() + 1000) };
    expect(await restoreObjects(fixture.s3, window)).toMatchObject({ restored: 1 });
    const { Contents = [] } = await fixture.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['results/again', 'results/lost']);
    expect(await restoreObjects(fixture.s3, window)).toMatchObject({ restored: 0 });
  });
});
