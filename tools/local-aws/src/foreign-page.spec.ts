import type { IncomingMessage } from 'node:http';
import { isForeignPage } from './foreign-page';

const call = (method: string, headers: Record<string, string>, url = '/') =>
  isForeignPage({ method, headers, url } as IncomingMessage);

describe('isForeignPage', () => {
  it.each([
    'localhost:4566',
    '127.0.0.1:4566',
    '[::1]:4566',
    'aws:4566',
    'bucket.localhost:4566',
    's3.localhost.localstack.cloud:4566',
  ])('lets a client through that calls %s', (host) => expect(call('POST', { host })).toBe(false));

  it.each(['evil.example', 'evil.example:4566', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.8'])(
    'refuses a page that reached us as %s',
    (host) => expect(call('POST', { host })).toBe(true),
  );

  it('refuses an unsigned form of another site, but not a presigned upload or its preflight', () => {
    const headers = { host: 'localhost:4566', origin: 'https://evil.example' };
    expect(call('POST', headers)).toBe(true);
    expect(call('PUT', headers, '/bucket/key?X-Amz-Signature=ab')).toBe(false);
    expect(call('OPTIONS', headers)).toBe(false);
    expect(call('POST', { ...headers, authorization: 'AWS4-HMAC-SHA256 …' })).toBe(false);
  });
});
