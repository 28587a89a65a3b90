import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type ChecksumAlgorithm,
  type GetObjectCommandInput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { clientOf, endpointForSpec } from '../spec/endpoint';

const endpoint = endpointForSpec();
const Bucket = 'objects';
let s3: S3Client;
beforeAll(async () => {
  s3 = new S3Client({ ...clientOf(endpoint.url), forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => s3.destroy());

const put = (Key: string, Body: string | Buffer | Readable, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const textOf = async (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
  (await get(Key, more)).Body!.transformToString();
const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });

describe('objects', () => {
  it('come back with their headers and metadata', async () => {
    const { ETag } = await put('dir/a b+c.txt', 'hello', {
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { owner: 'me' },
    });
    expect(ETag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`);
    const answer = await get('dir/a b+c.txt');
    expect(await answer.Body!.transformToString()).toBe('hello');
    expect(answer).toMatchObject({
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { owner: 'me' },
      ContentLength: 5,
      ETag,
    });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'dir/a b+c.txt' }));
    expect(head).toMatchObject({ ContentLength: 5, ETag, ServerSideEncryption: 'AES256' });
    await expect(get('nothing')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('of no bytes are objects too', async () => {
    await put('empty', Buffer.alloc(0));
    expect(await textOf('empty')).toBe('');
  });

  it('are read in ranges', async () => {
    await put('range', '0123456789');
    expect(await textOf('range', { Range: 'bytes=2-4' })).toBe('234');
    expect(await textOf('range', { Range: 'bytes=-3' })).toBe('789');
    expect((await get('range', { Range: 'bytes=7-' })).ContentRange).toBe('bytes 7-9/10');
    await expect(get('range', { Range: 'bytes=10-' })).rejects.toMatchObject(status(416));
  });

  it('are read and written on conditions', async () => {
    const { ETag } = await put('cond', 'one');
    await expect(put('cond', 'two', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      ...status(412),
    });
    await expect(put('cond', 'two', { IfMatch: '"other"' })).rejects.toMatchObject(status(412));
    await put('cond', 'two', { IfMatch: ETag });
    expect(await textOf('cond')).toBe('two');
    await expect(get('cond', { IfMatch: ETag })).rejects.toMatchObject(status(412));
    const now = (await get('cond')).ETag;
    await expect(get('cond', { IfNoneMatch: now })).rejects.toMatchObject(status(304));
    await expect(put('absent', 'x', { IfMatch: ETag })).rejects.toMatchObject(status(404));
  });

  it('let one of many racing first writers win', async () => {
    const writes = Array.from({ length: 10 }, (_, index) => put('race', String(index), { IfNoneMatch: '*' }));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter(({ status: outcome }) => outcome === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status: outcome }) => outcome === 'fulfilled');
    expect(await textOf('race')).toBe(String(winner));
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as ChecksumAlgorithm[])(
    'are verified by %s',
    async (ChecksumAlgorithm) => {
      await put(`sum-${ChecksumAlgorithm}`, '123456789', { ChecksumAlgorithm });
      const answer = await get(`sum-${ChecksumAlgorithm}`, { ChecksumMode: 'ENABLED' });
      expect(await answer.Body!.transformToString()).toBe('123456789');
      // The published check values of "123456789".
      const known = { CRC32: 'cbf43926', CRC32C: 'e3069283', CRC64NVME: 'ae8b14860a799888' }[
        ChecksumAlgorithm as 'CRC32'
      ];
      const expected = known
        ? Buffer.from(known, 'hex').toString('base64')
        : createHash(ChecksumAlgorithm.toLowerCase()).update('123456789').digest('base64');
      expect(answer[`Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32']).toBe(expected);
    },
  );

  it('are refused and not kept when a checksum is wrong', async () => {
    const wrong = Buffer.alloc(32).toString('base64');
    await expect(put('bad', 'x', { ChecksumSHA256: wrong })).rejects.toMatchObject({
      name: 'BadDigest',
      ...status(400),
    });
    await expect(put('bad', 'x', { ContentMD5: Buffer.alloc(16).toString('base64') })).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(get('bad')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('are streamed in, as aws-chunked with a trailing checksum', async () => {
    const parts = Array.from({ length: 20 }, () => randomBytes(70_000));
    await put('streamed', Readable.from(parts), { ContentLength: 1_400_000 });
    const bytes = await (await get('streamed')).Body!.transformToByteArray();
    expect(Buffer.compare(Buffer.from(bytes), Buffer.concat(parts))).toBe(0);
  });

  it('of 50 MB are put at once', async () => {
    const body = randomBytes(50 * 1024 * 1024);
    const { ETag } = await put('large', body);
    expect(ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    const answer = await get('large');
    const hash = createHash('md5');
    for await (const chunk of answer.Body as Readable) hash.update(chunk as Buffer);
    expect(`"${hash.digest('hex')}"`).toBe(ETag);
  });

  it('that break off on the way are not kept', async () => {
    const { port, hostname } = new URL(endpoint.url);
    const headers = {
      'content-length': 1000,
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request',
    };
    await new Promise<void>((resolve) => {
      const broken = httpRequest({ hostname, port, method: 'PUT', path: `/${Bucket}/broken`, headers });
      broken.on('error', () => resolve());
      broken.write('only a part', () => setTimeout(() => broken.destroy(new Error('gone')), 50));
    });
    await expect(get('broken')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('are copied with or without new metadata', async () => {
    await put('source ü', 'data', { ContentType: 'text/a', Metadata: { k: 'v' } });
    const CopySource = `${Bucket}/${encodeURIComponent('source ü')}`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));
    expect(await get('copy')).toMatchObject({ ContentType: 'text/a', Metadata: { k: 'v' } });
    await s3.send(
      new CopyObjectCommand({ Bucket, Key: 'copy2', CopySource, MetadataDirective: 'REPLACE', ContentType: 'text/b' }),
    );
    expect(await get('copy2')).toMatchObject({ ContentType: 'text/b', Metadata: {} });
    expect(await textOf('copy2')).toBe('data');
    const missing = new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/missing` });
    await expect(s3.send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('are deleted one by one and in bulk', async () => {
    for (const key of ['del/1', 'del/2 & more', 'del/3']) await put(key, 'x');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'del/1' }));
    const Objects = [{ Key: 'del/2 & more' }, { Key: 'del/never' }];
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted!.map(({ Key }) => Key)).toEqual(['del/2 & more', 'del/never']);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'del/' }));
    expect(Contents!.map(({ Key }) => Key)).toEqual(['del/3']);
  });

  it('have tags that do not touch the data', async () => {
    await put('tagged', 'data', { Tagging: 'a=1&b=2' });
    expect(await get('tagged')).toMatchObject({ TagCount: 2 });
    await s3.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet: [{ Key: 'c', Value: '3' }] } }),
    );
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect(TagSet).toEqual([{ Key: 'c', Value: '3' }]);
    expect(await textOf('tagged')).toBe('data');
  });
});

describe('listing', () => {
  const keys = ['a.txt', 'dir/1', 'dir/2', 'dir/sub/3', 'e+f g', 'z', 'ä', '😀'];
  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'listing' }));
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: 'listing', Key, Body: Key }));
  });

  it.each([1, 2, 3, 1000])('gives all keys in byte order in pages of %d', async (MaxKeys) => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket: 'listing', MaxKeys, ContinuationToken }));
      found.push(...(page.Contents ?? []).map(({ Key }) => Key!));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it.each([1, 2, 1000])('rolls up at the delimiter in pages of %d', async (MaxKeys) => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: 'listing', Delimiter: '/', MaxKeys, ContinuationToken }),
      );
      found.push(
        ...(page.Contents ?? []).map(({ Key }) => Key!),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
      );
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found.sort()).toEqual(['a.txt', 'dir/', 'e+f g', 'z', 'ä', '😀'].sort());
  });

  it('rolls up below a prefix and starts after a key', async () => {
    const below = await s3.send(new ListObjectsV2Command({ Bucket: 'listing', Prefix: 'dir/', Delimiter: '/' }));
    expect(below.Contents!.map(({ Key }) => Key)).toEqual(['dir/1', 'dir/2']);
    expect(below.CommonPrefixes).toEqual([{ Prefix: 'dir/sub/' }]);
    const after = await s3.send(new ListObjectsV2Command({ Bucket: 'listing', StartAfter: 'dir/2', MaxKeys: 1 }));
    expect(after.Contents!.map(({ Key }) => Key)).toEqual(['dir/sub/3']);
  });
});

describe('multipart uploads', () => {
  const mib5 = 5 * 1024 * 1024;
  const begin = async (Key: string) =>
    (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/multi' }))).UploadId!;

  it('join their parts', async () => {
    const UploadId = await begin('multi');
    const bodies = [randomBytes(mib5), randomBytes(100)];
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const { ETag } = await s3.send(
        new UploadPartCommand({ Bucket, Key: 'multi', UploadId, PartNumber: index + 1, Body }),
      );
      Parts.push({ PartNumber: index + 1, ETag });
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key: 'multi', UploadId }));
    expect(listed.Parts!.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, mib5],
      [2, 100],
    ]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([
      { Key: 'multi', UploadId },
    ]);
    const { ETag } = await s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key: 'multi', UploadId, MultipartUpload: { Parts } }),
    );
    expect(ETag).toMatch(/-2"$/);
    const answer = await get('multi');
    expect(answer.ContentType).toBe('text/multi');
    expect(Buffer.compare(Buffer.from(await answer.Body!.transformToByteArray()), Buffer.concat(bodies))).toBe(0);
    await expect(s3.send(new ListPartsCommand({ Bucket, Key: 'multi', UploadId }))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
  });

  it('copy parts out of objects', async () => {
    await put('part-source', '0123456789');
    const UploadId = await begin('copied');
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: 'copied',
        UploadId,
        PartNumber: 1,
        CopySource: `${Bucket}/part-source`,
        CopySourceRange: 'bytes=3-5',
      }),
    );
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: CopyPartResult!.ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'copied', UploadId, MultipartUpload }));
    expect(await textOf('copied')).toBe('345');
  });

  it('refuse wrong parts and parts that are too small, and are aborted', async () => {
    const UploadId = await begin('refused');
    const ETags: (string | undefined)[] = [];
    for (const PartNumber of [1, 2]) {
      ETags.push(
        (await s3.send(new UploadPartCommand({ Bucket, Key: 'refused', UploadId, PartNumber, Body: 'x' }))).ETag,
      );
    }
    const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'refused', UploadId, MultipartUpload: { Parts } }));
    await expect(complete([{ PartNumber: 1, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
    const both = ETags.map((ETag, index) => ({ PartNumber: index + 1, ETag }));
    await expect(complete(both)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'refused', UploadId }));
    await expect(complete(both)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(get('refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});
