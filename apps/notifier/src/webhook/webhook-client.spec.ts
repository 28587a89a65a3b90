import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@stocktool/contracts';
import { Webhook } from 'standardwebhooks';
import { WebhookClient, type WebhookClientOptions } from './webhook-client';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const never = new AbortController().signal;
const servers: Server[] = [];
const clients: WebhookClient[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
function clientOf(options: Partial<WebhookClientOptions> = {}): WebhookClient {
  const client = new WebhookClient(systemClock, { allowPrivateNetworks: true, ...options });
  clients.push(client);
  return client;
}
const post = (url: string, client = clientOf(), signal = never) =>
  client.post({ id: 'msg_1', url, secret, body: '{"type":"test"}' }, signal);
const answering = (status: number, headers: Record<string, string> = {}) =>
  serve((_request, response) => response.writeHead(status, headers).end());

afterAll(() => {
  clients.forEach((client) => client.beforeApplicationShutdown());
  servers.forEach((server) => {
    server.closeAllConnections();
    server.close();
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

describe('WebhookClient', () => {
  it('signs so that an independent implementation of Standard Webhooks accepts it', async () => {
    let verified: unknown;
    const url = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        verified = new Webhook(secret).verify(body, request.headers as Record<string, string>);
        response.writeHead(204).end();
      });
    });
    expect(await post(url)).toEqual({ ok: true, responseCode: 204, error: null, permanent: false });
    expect(verified).toEqual({ type: 'test' });
  });

  it('does not follow a redirect', async () => {
    let reached = false;
    const elsewhere = await serve((_request, response) => {
      reached = true;
      response.end();
    });
    const url = await answering(302, { location: elsewhere });
    expect(await post(url)).toMatchObject({ ok: false, responseCode: 302, error: 'redirects are not followed' });
    expect(reached).toBe(false);
  });

  it('takes 410 as final', async () =>
    expect(await post(await answering(410))).toMatchObject({ ok: false, permanent: true, responseCode: 410 }));

  it.each([429, 503])('hands on the Retry-After of a %d', async (status) =>
    expect(await post(await answering(status, { 'retry-after': '120' }))).toMatchObject({ retryAfterSeconds: 120 }),
  );

  it('gives up on a receiver that accepts the connection and never answers', async () => {
    const url = await serve(() => undefined);
    const client = clientOf({ timeoutMs: 200 });
    expect(await post(url, client)).toMatchObject({ ok: false, responseCode: null, error: 'no answer within 200 ms' });
  });

  it('gives up on a receiver that sends its answer drop by drop', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await post(url, clientOf({ timeoutMs: 300 }))).toMatchObject({ ok: false, responseCode: null });
  });

  it('reads no more than 64 kB of an endless answer', async () => {
    let written = 0;
    const url = await serve((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(16_384);
      const write = () => {
        while (!response.destroyed && written < 1e9 && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', write);
      write();
    });
    expect(await post(url)).toMatchObject({ ok: true, responseCode: 200 });
    expect(written).toBeLessThan(20_000_000); // socket buffers, not the gigabyte
  });

  it('tells an abort from a timeout', async () => {
    const url = await serve(() => undefined);
    const shutdown = new AbortController();
    const posting = post(url, clientOf(), shutdown.signal);
    shutdown.abort();
    expect(await posting).toMatchObject({ ok: false, error: 'interrupted' });
  });

  it.each([
    '127.0.0.1',
    '[::1]',
    'localhost',
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '[2002:7f00:1::]',
    '[fec0::1]',
    '[64:ff9b:1::7f00:1]',
    '[::7f00:1]',
  ])('does not connect to %s unless private networks are allowed', async (host) => {
    let reached = false;
    const url = await serve((_request, response) => {
      reached = true;
      response.end();
    });
    const target = `http://${host}:${new URL(url).port}/`;
    const answer = await post(target, clientOf({ allowPrivateNetworks: false, timeoutMs: 2000 }));
    expect(answer).toMatchObject({ ok: false, responseCode: null, error: 'the address is not a public one' });
    expect(reached).toBe(false);
  });
});
