import { randomBytes } from 'node:crypto';
import { ListObjectVersionsCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Test } from '@nestjs/testing';
import { createBucket, localEndpoint, type LocalResource, localS3 } from '@stocktool/testing';
import { ObjectStore } from './object-store';
import { objectStore, ObjectStoreModule } from './object-store.module';

const local = { AWS_ENDPOINT_URL: localEndpoint(), S3_BUCKET_SUFFIX: '' };
let bucket: LocalResource;
let store: ObjectStore;

beforeAll(async () => {
  bucket = await createBucket();
  store = objectStore(local);
});
afterAll(() => bucket.drop());

describe('ObjectStore', () => {
  it('brings bytes back as they were, and tells their kind and size', async () => {
    const body = randomBytes(1_000_000);
    await store.put(bucket.name, 'a/big', body, { contentType: 'application/gzip', metadata: { owner: 'me' } });
    expect((await store.get(bucket.name, 'a/big'))?.equals(body)).toBe(true);
    expect(await store.head(bucket.name, 'a/big')).toMatchObject({
      bytes: 1_000_000,
      contentType: 'application/gzip',
      metadata: { owner: 'me' },
    });
  });

  it('has nothing under a key that does not exist', async () => {
    expect(await store.get(bucket.name, 'absent')).toBeUndefined();
    expect(await store.head(bucket.name, 'absent')).toBeUndefined();
  });

  it('fails for a bucket that does not exist: that is a fault, not an absence', async () => {
    await expect(store.get('no-such-bucket-here', 'a')).rejects.toThrow();
  });

  it('ends the name of every bucket with the suffix of its account', async () => {
    const suffix = bucket.name.slice(-9);
    const suffixed = objectStore({ ...local, S3_BUCKET_SUFFIX: suffix });
    const name = bucket.name.slice(0, -suffix.length);
    await suffixed.put(name, 'suffixed', 'here', { contentType: 'text/plain' });
    expect((await store.get(bucket.name, 'suffixed'))?.toString()).toBe('here');
    const url = await suffixed.presignGet(name, 'suffixed', { expiresInSeconds: 60 });
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it('keeps the first object when several are put if absent', async () => {
    const put = (body: string) => store.put(bucket.name, 'once', body, { contentType: 'text/plain', ifAbsent: true });
    expect(await put('first')).toBe('written');
    expect(await Promise.all(['second', 'third'].map(put))).toEqual(['exists', 'exists']);
    expect((await store.get(bucket.name, 'once'))?.toString()).toBe('first');
  });

  it.each(['Enabled', 'unversioned'])(
    'deletes all under a prefix, old versions and markers too (%s)',
    async (Status) => {
      const client = localS3();
      const own = await createBucket();
      const Bucket = own.name;
      if (Status === 'Enabled')
        await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      const text = { contentType: 'text/plain' };
      for (const key of ['a/1', 'a/2', 'ab/1']) for (const body of ['x', 'y']) await store.put(Bucket, key, body, text);
      await store.delete(Bucket, ['a/2']);
      await store.deleteUnder(Bucket, 'a/');
      const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand({ Bucket }));
      expect(new Set(Versions.map(({ Key }) => Key))).toEqual(new Set(['ab/1']));
      expect(DeleteMarkers).toEqual([]);
      await store.deleteUnder(Bucket, '');
      await own.drop();
      client.destroy();
    },
  );

  it('lists every object under a prefix, beyond one page, and deletes them all', async () => {
    const client = localS3();
    const keys = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let start = 0; start < keys.length; start += 67) {
      const puts = keys.slice(start, start + 67);
      await Promise.all(puts.map((Key) => client.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: 'x' }))));
    }
    const listed = async () => {
      const found: string[] = [];
      for await (const { key } of store.list(bucket.name, 'many/')) found.push(key);
      return found;
    };
    expect(await listed()).toEqual(keys);
    await store.delete(bucket.name, keys);
    expect(await listed()).toEqual([]);
    client.destroy();
  });

  it('presigns a download under any file name', async () => {
    await store.put(bucket.name, 'report', 'hello', { contentType: 'text/plain' });
    const url = await store.presignGet(bucket.name, 'report', {
      expiresInSeconds: 60,
      fileName: 'Bericht "März".html',
      contentType: 'text/html',
    });
    const response = await fetch(url);
    expect(await response.text()).toBe('hello');
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="Bericht _M_rz_.html"; filename*=UTF-8''Bericht%20%22M%C3%A4rz%22.html`,
    );
  });

  it('presigns a file that the browser shows, named for those who save it', async () => {
    await store.put(bucket.name, 'page', 'hello', { contentType: 'text/html' });
    const url = await store.presignGet(bucket.name, 'page', { expiresInSeconds: 60, fileName: 'a.html', inline: true });
    const { headers } = await fetch(url);
    expect(headers.get('content-disposition')).toBe(`inline; filename="a.html"; filename*=UTF-8''a.html`);
  });

  it('presigns an upload of one type and size, without the checksum of an empty body in it', async () => {
    const options = { expiresInSeconds: 60, contentType: 'text/plain', bytes: 4 };
    const url = await store.presignPut(bucket.name, 'upload', options);
    expect(url).not.toContain('checksum');
    const send = (body: string, type = 'text/plain') =>
      fetch(url, { method: 'PUT', body, headers: { 'content-type': type } });
    expect((await send('sent too much')).status).toBe(403);
    expect((await send('sent', 'text/html')).status).toBe(403);
    expect((await send('sent')).status).toBe(200);
    expect((await store.get(bucket.name, 'upload'))?.toString()).toBe('sent');
  });

  it('tells the versions of one object, newest first, reads each, and none once it is deleted', async () => {
    const client = localS3();
    const { name: Bucket } = await createBucket();
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const text = { contentType: 'text/plain' };
    for (const body of ['one', 'three', 'fours']) await store.put(Bucket, 'a', body, text);
    await store.put(Bucket, 'ab', 'another', text);
    const versions = await store.versions(Bucket, 'a');
    expect(versions.map(({ bytes }) => bytes)).toEqual([5, 5, 3]);
    const read = await Promise.all(versions.map(({ versionId }) => store.get(Bucket, 'a', versionId)));
    expect(read.map(String)).toEqual(['fours', 'three', 'one']);
    expect(await store.get(Bucket, 'a', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).toBeUndefined();
    const url = await store.presignGet(Bucket, 'a', { expiresInSeconds: 60, versionId: versions[2]!.versionId });
    expect(await (await fetch(url)).text()).toBe('one');
    await store.deleteUnder(Bucket, 'a', (key) => key === 'ab');
    expect(await store.versions(Bucket, 'a')).toEqual([]);
    expect(await store.versions(Bucket, 'ab')).toHaveLength(1);
    await store.delete(Bucket, ['ab']);
    expect(await store.versions(Bucket, 'ab')).toEqual([]);
    await store.deleteUnder(Bucket, '');
    client.destroy();
  });

  it('presigns for the address that browsers use, when there is one', async () => {
    const settings = { ...local, S3_PUBLIC_ENDPOINT_URL: 'https://files.example.com' };
    const url = await objectStore(settings).presignGet('b', 'k', { expiresInSeconds: 900 });
    expect(url).toMatch(/^https:\/\/files\.example\.com\/b\/k\?.*X-Amz-Expires=900/);
  });

  it('is provided by its module', async () => {
    const app = await Test.createTestingModule({ imports: [ObjectStoreModule.register(local)] }).compile();
    expect(await app.get(ObjectStore).get(bucket.name, 'absent')).toBeUndefined();
    await app.close();
  });
});
