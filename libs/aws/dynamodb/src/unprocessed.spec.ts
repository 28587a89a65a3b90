import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { Dynamo } from './dynamo';

interface Request {
  RequestItems: Record<string, { Keys?: object[] } | object[]>;
}

/** Speaks the batch calls of DynamoDB and does only the first `share` entries of each. */
async function reluctantDynamo(share: () => number) {
  const written: unknown[] = [];
  let calls = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      calls += 1;
      const [table, entries] = Object.entries((JSON.parse(body) as Request).RequestItems)[0] ?? ['', []];
      const all = Array.isArray(entries) ? entries : (entries.Keys ?? []);
      const done = all.slice(0, share());
      const left = all.slice(done.length);
      written.push(...done);
      const answer = Array.isArray(entries)
        ? { UnprocessedItems: left.length > 0 ? { [table]: left } : {} }
        : { Responses: { [table]: done }, UnprocessedKeys: left.length > 0 ? { [table]: { Keys: left } } : {} };
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const close = () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { dynamo: new Dynamo(client), written, calls: () => calls, close };
}

const items = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `item-${index}` }));

describe('batches of which a part comes back unprocessed', () => {
  it('are written whole, each item once, however little a call takes', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 12, max: 25 }), async (count, share) => {
        const server = await reluctantDynamo(() => share);
        await server.dynamo.batchWrite('table', { put: items(count) });
        expect(server.written).toHaveLength(count);
        expect(new Set(server.written.map((entry) => JSON.stringify(entry))).size).toBe(count);
        server.close();
      }),
      { numRuns: 5 },
    ));

  it('are read whole, with further calls for the keys that came back', async () => {
    const server = await reluctantDynamo(() => 40);
    const found = await server.dynamo.batchGet('table', items(150));
    expect(found.map(({ id }) => id).sort()).toEqual(
      items(150)
        .map(({ id }) => id)
        .sort(),
    );
    expect(server.calls()).toBe(5); // 100 in parts of 40, 40, 20; 50 in parts of 40, 10
    server.close();
  });

  it('end in a retryable problem when nothing moves, after a bounded number of calls', async () => {
    const server = await reluctantDynamo(() => 0);
    await expect(server.dynamo.batchWrite('table', { put: items(1) })).rejects.toMatchObject({
      code: 'dependency-unavailable',
      retryable: true,
    });
    expect(server.calls()).toBe(8);
    server.close();
  });
});
