import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { untilItAnswers } from './wait';

const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

describe('untilItAnswers', () => {
  beforeAll(() => void Object.assign(process.env, credentials));

  it('returns once the account answers', async () => {
    await untilItAnswers({ region: 'us-east-1', endpoint: process.env['AWS_ENDPOINT_URL'] ?? '' }, 10);
  });

  it('says after its time that nothing answered, and why', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await expect(untilItAnswers({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` }, 0.1)).rejects.toThrow(
      /did not answer within 0.1 s: .*ECONNREFUSED/,
    );
  });
});
