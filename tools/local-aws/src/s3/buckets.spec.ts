import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
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

describe('buckets', () => {
  it('are created, listed, located and deleted when empty', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'short-lived' }));
    await s3.send(new CreateBucketCommand({ Bucket: 'short-lived' }));
    expect((await s3.send(new ListBucketsCommand({}))).Buckets!.map(({ Name }) => Name)).toContain('short-lived');
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'short-lived' }))).LocationConstraint).toBeUndefined();
    await s3.send(new PutObjectCommand({ Bucket: 'short-lived', Key: 'k', Body: 'x' }));
    await expect(s3.send(new DeleteBucketCommand({ Bucket: 'short-lived' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
    await s3.send(new DeleteObjectCommand({ Bucket: 'short-lived', Key: 'k' }));
    await s3.send(new DeleteBucketCommand({ Bucket: 'short-lived' }));
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'short-lived' }))).rejects.toMatchObject(status(404));
  });

  it('refuse bad names', async () => {
    await expect(s3.send(new CreateBucketCommand({ Bucket: 'Not_Allowed' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
  });
});

describe('settings of a bucket', () => {
  it('are told as they were given', async () => {
    const Rules = [{ ID: 'tmp', Status: 'Enabled' as const, Filter: { Prefix: 'tmp/' }, Expiration: { Days: 7 } }];
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    expect((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules).toEqual(Rules);
    const PublicAccessBlockConfiguration = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
    expect(block.PublicAccessBlockConfiguration).toEqual(PublicAccessBlockConfiguration);
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 'a', Value: 'b' }]);
    await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
    await expect(s3.send(new GetBucketTaggingCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchTagSet' });
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).$metadata.httpStatusCode).toBe(200);
  });

  it('for encryption show in the answers about objects', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'encrypted' }));
    const Rules = [
      { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const }, BucketKeyEnabled: true },
    ];
    await s3.send(
      new PutBucketEncryptionCommand({ Bucket: 'encrypted', ServerSideEncryptionConfiguration: { Rules } }),
    );
    const told = await s3.send(new GetBucketEncryptionCommand({ Bucket: 'encrypted' }));
    expect(told.ServerSideEncryptionConfiguration!.Rules).toEqual(Rules);
    const written = await s3.send(new PutObjectCommand({ Bucket: 'encrypted', Key: 'k', Body: 'x' }));
    expect(written.ServerSideEncryption).toBe('aws:kms');
  });

  it('that were never made are empty or typed errors', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'bare' }));
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket: 'bare' }))).Status).toBeUndefined();
    await expect(s3.send(new GetBucketCorsCommand({ Bucket: 'bare' }))).rejects.toMatchObject({
      name: 'NoSuchCORSConfiguration',
    });
    await expect(s3.send(new GetBucketCorsCommand({ Bucket: 'no-bucket' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  it('that are not emulated answer 501 and change nothing', async () => {
    const website = new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: { IndexDocument: { Suffix: 'i' } } });
    await expect(s3.send(website)).rejects.toMatchObject({ name: 'NotImplemented', ...status(501) });
    await expect(s3.send(new GetBucketAclCommand({ Bucket }))).rejects.toMatchObject(status(501));
    await put('untouched', 'same');
    const unknown = await fetch(`${endpoint.url}/${Bucket}/untouched?retention`, {
      method: 'PUT',
      body: 'other',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request' },
    });
    expect(unknown.status).toBe(501);
    expect(await textOf('untouched')).toBe('same');
  });
});
