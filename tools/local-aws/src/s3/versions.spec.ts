import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { clientOf, endpointForSpec } from '../spec/endpoint';

const endpoint = endpointForSpec();
let s3: S3Client;
beforeAll(() => {
  s3 = new S3Client({ ...clientOf(endpoint.url), forcePathStyle: true });
});
afterAll(() => s3.destroy());

let count = 0;
async function bucket(Status?: 'Enabled' | 'Suspended'): Promise<string> {
  const Bucket = `versions-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (Status) await setVersioning(Bucket, Status);
  return Bucket;
}
const setVersioning = (Bucket: string, Status: 'Enabled' | 'Suspended') =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = async (Bucket: string, Body: string, Key = 'key') =>
  (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const textOf = async (Bucket: string, VersionId?: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key: 'key', VersionId }))).Body!.transformToString();
const remove = (Bucket: string, VersionId?: string) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId }));

describe('a versioned bucket', () => {
  it('keeps every version under its id', async () => {
    const Bucket = await bucket('Enabled');
    const [one, two] = [await put(Bucket, 'one'), await put(Bucket, 'two')];
    expect(one).not.toBe(two);
    expect([await textOf(Bucket), await textOf(Bucket, one), await textOf(Bucket, two)]).toEqual(['two', 'one', 'two']);
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions!.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [two, true],
      [one, false],
    ]);
  });

  it('hides a deleted object under a marker and shows it again without the marker', async () => {
    const Bucket = await bucket('Enabled');
    const one = await put(Bucket, 'one');
    const { VersionId: marker, DeleteMarker } = await remove(Bucket);
    expect(DeleteMarker).toBe(true);
    await expect(textOf(Bucket)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'key', VersionId: marker }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 405 },
    });
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect(await textOf(Bucket, one)).toBe('one');
    await remove(Bucket, marker);
    expect(await textOf(Bucket)).toBe('one');
  });

  it('deletes single versions for good and falls back to the one before', async () => {
    const Bucket = await bucket('Enabled');
    const [one, two] = [await put(Bucket, 'one'), await put(Bucket, 'two')];
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'key', VersionId: two }] } }));
    expect(await textOf(Bucket)).toBe('one');
    await expect(textOf(Bucket, two)).rejects.toMatchObject({ name: 'NoSuchVersion' });
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    await remove(Bucket, one);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  it('lists versions in pages, keys in order and newest first', async () => {
    const Bucket = await bucket('Enabled');
    const expected: string[] = [];
    for (const key of ['a', 'b', 'c']) {
      const ids = [await put(Bucket, '1', key), await put(Bucket, '2', key), await put(Bucket, '3', key)];
      expected.push(...ids.reverse().map((id) => `${key} ${id}`));
    }
    for (const MaxKeys of [1, 2, 4, 100]) {
      const found: string[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (;;) {
        const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys, ...markers }));
        found.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
        if (!page.IsTruncated) break;
        markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      }
      expect(found).toEqual(expected);
    }
  });
});

describe('versioning that changes', () => {
  it('keeps what was there before as the version null', async () => {
    const Bucket = await bucket();
    expect(await put(Bucket, 'before')).toBeUndefined();
    await setVersioning(Bucket, 'Enabled');
    await put(Bucket, 'after');
    expect([await textOf(Bucket), await textOf(Bucket, 'null')]).toEqual(['after', 'before']);
  });

  it('replaces only the null version while suspended', async () => {
    const Bucket = await bucket('Enabled');
    const one = await put(Bucket, 'one');
    await setVersioning(Bucket, 'Suspended');
    await put(Bucket, 'two');
    await put(Bucket, 'three');
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions!.map(({ VersionId }) => VersionId)).toEqual(['null', one]);
    expect(await textOf(Bucket)).toBe('three');
  });
});

describe('a bucket without versions', () => {
  it('really deletes', async () => {
    const Bucket = await bucket();
    await put(Bucket, 'x');
    expect((await remove(Bucket)).VersionId).toBeUndefined();
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect([Versions, DeleteMarkers]).toEqual([undefined, undefined]);
  });
});
