import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Injectable, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { createQueuePair, createTable, eventually, localEndpoint } from '@stocktool/testing';
import { QueueHandler } from './queue-handler';
import { QueueModule } from './queue.module';
import { QueueSender } from './queue-sender';

let handled = 0;

@Injectable()
class Handler extends QueueHandler<'analysis'> {
  handle(): Promise<void> {
    handled += 1;
    return Promise.resolve();
  }
}

/** The endpoint, except that receiving fails while it is broken. */
async function fragileEndpoint(target: string) {
  const state = { broken: true, refused: 0 };
  const server: Server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']);
    if (state.broken && operation.endsWith('ReceiveMessage')) {
      state.refused += 1;
      const body = JSON.stringify({ __type: 'com.amazonaws.sqs#InvalidParameterValueException', message: 'no' });
      request.resume();
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
      return;
    }
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (typeof value === 'string' && !['host', 'connection', 'content-length'].includes(name))
        headers.set(name, value);
    }
    void buffer(request)
      .then((body) => fetch(`${target}${request.url ?? '/'}`, { method: request.method ?? 'POST', headers, body }))
      .then(async (answer) => {
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(Buffer.from(await answer.arrayBuffer()));
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { state, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('survives a queue that cannot be polled, asks less and less often, and goes on when it can', async () => {
  Logger.overrideLogger(false);
  const endpoint = localEndpoint();
  const [pair, table, fragile] = await Promise.all([
    createQueuePair('analysis'),
    createTable('idempotency'),
    fragileEndpoint(endpoint),
  ]);
  process.env.AWS_ENDPOINT_URL = fragile.url;
  try {
    const module = Test.createTestingModule({
      imports: [
        DynamoModule.register(),
        QueueModule.register({
          consume: { analysis: Handler },
          names: { analysis: pair },
          idempotencyTable: table.name,
          waitSeconds: 1,
        }),
      ],
      providers: [Handler],
    });
    const app = await module.compile();
    await app.init();
    await app.get(QueueSender).send('analysis', { userId: randomUUID(), analysisId: randomUUID() });
    await eventually(() => fragile.state.refused >= 3);
    expect(handled).toBe(0);
    const startedAtMs = performance.now();
    const before = fragile.state.refused;
    await eventually(() => fragile.state.refused > before, { timeoutMs: 10_000 });
    expect(performance.now() - startedAtMs).toBeGreaterThan(500);
    fragile.state.broken = false;
    await eventually(() => handled === 1, { timeoutMs: 15_000 });
    await app.close();
  } finally {
    process.env.AWS_ENDPOINT_URL = endpoint;
    fragile.server.closeAllConnections();
    fragile.server.close();
    await Promise.all([pair.drop(), table.drop()]);
  }
});
