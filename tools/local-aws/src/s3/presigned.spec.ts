import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { clientOf, endpointForSpec } from '../spec/endpoint';

const endpoint = endpointForSpec({ accessKeys: new Map([['known', 'secret']]) });
const Bucket = 'presigned';
let s3: S3Client;
const clientWith = (accessKeyId: string, secretAccessKey: string) =>
  new S3Client({
    ...clientOf(endpoint.url),
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
beforeAll(async () => {
  s3 = clientWith('test', 'test');
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a dir/key+1.txt', Body: 'content', ContentType: 'text/plain' }));
});
afterAll(() => s3.destroy());

const getUrl = (client = s3, more: object = {}, expiresIn = 60, signingDate = new Date()) =>
  getSignedUrl(client, new GetObjectCommand({ Bucket, Key: 'a dir/key+1.txt', ...more }), { expiresIn, signingDate });

describe('a presigned GET', () => {
  it('is answered, with the headers that the link asks for', async () => {
    const disposition = 'attachment; filename="bericht (1).txt"';
    const answer = await fetch(
      await getUrl(s3, { ResponseContentDisposition: disposition, ResponseContentType: 'application/x' }),
    );
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('content');
    expect(answer.headers.get('content-disposition')).toBe(disposition);
    expect(answer.headers.get('content-type')).toBe('application/x');
  });

  it('is refused when it has expired', async () => {
    const url = await getUrl(s3, {}, 60, new Date(Date.now() - 61_000));
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  it.each([
    ['another key', (url: string) => url.replace('key%2B1', 'key%2B2')],
    ['a longer life', (url: string) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000')],
    ['another parameter', (url: string) => `${url}&response-content-type=text%2Fhtml`],
    ['another signature', (url: string) => url.replace(/X-Amz-Signature=\w{8}/, 'X-Amz-Signature=00000000')],
  ])('is refused with %s', async (_name, tamper) => {
    const url = await getUrl();
    expect(tamper(url)).not.toBe(url);
    const answer = await fetch(tamper(url));
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('SignatureDoesNotMatch')]);
  });

  it('is refused without its signature', async () => {
    const url = new URL(await getUrl());
    expect((await fetch(`${url.origin}${url.pathname}`)).status).toBe(403);
  });

  it('of the old signature version is refused by name', async () => {
    const answer = await fetch(`${endpoint.url}/${Bucket}/k?AWSAccessKeyId=test&Signature=x&Expires=9999999999`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('AWS4-HMAC-SHA256')]);
  });

  it('cannot be used to write', async () => {
    expect((await fetch(await getUrl(), { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  it('is checked for every key whose secret is known, and no other', async () => {
    expect((await fetch(await getUrl(clientWith('known', 'secret')))).status).toBe(200);
    expect((await fetch(await getUrl(clientWith('known', 'wrong')))).status).toBe(403);
    expect((await fetch(await getUrl(clientWith('stranger', 'anything')))).status).toBe(200);
  });
});

describe('a presigned PUT', () => {
  const putUrl = (more: object, signableHeaders: string[] = []) =>
    getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'upload', ...more }), {
      expiresIn: 60,
      signableHeaders: new Set(signableHeaders),
    });

  it('stores the body', async () => {
    expect((await fetch(await putUrl({}), { method: 'PUT', body: 'uploaded' })).status).toBe(200);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'upload' }));
    expect(await Body!.transformToString()).toBe('uploaded');
  });

  it('holds the uploader to the signed length and type', async () => {
    const url = await putUrl({ ContentLength: 5, ContentType: 'text/plain' }, ['content-length', 'content-type']);
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toContain('content-length');
    const upload = (body: string, type: string) =>
      fetch(url, { method: 'PUT', body, headers: { 'content-type': type } });
    expect((await upload('123456', 'text/plain')).status).toBe(403);
    expect((await upload('12345', 'text/html')).status).toBe(403);
    expect((await upload('12345', 'text/plain')).status).toBe(200);
  });
});

describe('browsers', () => {
  beforeAll(() =>
    s3.send(
      new PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: {
          CORSRules: [
            {
              AllowedOrigins: ['http://*.example.com'],
              AllowedMethods: ['PUT', 'GET'],
              AllowedHeaders: ['content-*', 'x-amz-meta-a'],
              ExposeHeaders: ['etag'],
              MaxAgeSeconds: 300,
            },
          ],
        },
      }),
    ),
  );
  const ask = (origin: string, method: string, headers = 'content-type') =>
    fetch(`${endpoint.url}/${Bucket}/any`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
    });

  it('are told what the stored rules allow', async () => {
    const answer = await ask('http://app.example.com', 'PUT');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://app.example.com');
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type');
    expect(answer.headers.get('access-control-max-age')).toBe('300');
  });

  it.each([
    ['http://evil.test', 'PUT', 'content-type'],
    ['http://app.example.com', 'DELETE', 'content-type'],
    ['http://app.example.com', 'PUT', 'x-other'],
  ])('are refused from %s with %s and %s', async (origin, method, headers) =>
    expect((await ask(origin, method, headers)).status).toBe(403),
  );

  it('may read the answer of an allowed request', async () => {
    const answer = await fetch(await getUrl(), { headers: { origin: 'http://app.example.com' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://app.example.com');
    expect(answer.headers.get('access-control-expose-headers')).toBe('etag');
  });
});
