import { CloudWatch } from '@stocktool/aws-cloudwatch';
import { Dynamo } from '@stocktool/aws-dynamodb';
import type { MetricSeries } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { eventually } from '@stocktool/testing';
import { adminEmail, mailTo, signedIn, testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

let gateway: TestGateway;
let admin: TestUser;
beforeAll(async () => {
  gateway = await testGateway({
    MARKET_DATA: 'live',
    MARKET_DATA_VENDORS: 'finnhub',
    MARKET_DATA_BREAKER_FAILURES: '1',
    FINNHUB_API_KEY: 'key',
    FINNHUB_BASE_URL: 'http://127.0.0.1:1', // nobody is there
  });
  const account = { email: adminEmail, password: 'a long enough password' };
  const { body, headers } = await gateway.call('post', '/v1/auth/register').send(account).expect(201);
  const before = { ...account, ...signedIn(body, headers) };
  expect(body.user.roles).toEqual(['user']); // not before the address is proved
  await gateway.call('get', '/v1/admin/queues', before).expect(403);
  const { token } = await eventually(() => mailTo(adminEmail, 'verify-email'), { timeoutMs: 15_000 });
  const { password } = account;
  await gateway.call('post', '/v1/auth/verify').send({ token, password }).expect(204);
  const again = await gateway.call('post', '/v1/auth/login').send(account).expect(200);
  expect(again.body.user.roles).toEqual(['user', 'admin']);
  admin = { ...account, ...signedIn(again.body, again.headers) };
});
afterAll(() => gateway.close());

const get = (path: string) => gateway.call('get', `/v1/admin${path}`, admin);

describe('administration', () => {
  it('is for administrators, whose keys need the scope too', async () => {
    const user = await gateway.register();
    const { body } = await gateway.call('get', '/v1/admin/queues', user).expect(403);
    expect(body.type).toBe('/problems/forbidden');
    const key = async (scopes: string[]) =>
      (await gateway.call('post', '/v1/api-keys', admin).send({ name: 'ops', scopes })).body.key as string;
    const withKey = async (scopes: string[]) =>
      (await gateway.call('get', '/v1/admin/queues').set('x-api-key', await key(scopes))).status;
    expect(await withKey(['read', 'write'])).toBe(403);
    expect(await withKey(['admin'])).toBe(200);
  });

  it('shows the circuit breakers of the vendors, and a vendor that is not there is 503 with a time to come back', async () => {
    const closed = { name: 'finnhub', state: 'closed', service: 'api-gateway', lastFailure: null, budgetLeft: 1 };
    expect((await get('/circuit-breakers').expect(200)).body).toMatchObject({ items: [closed], nextCursor: null });
    const { body, headers } = await gateway.call('get', '/v1/quotes/ZZZZ', admin).expect(503);
    expect([body.type, headers['retry-after']]).toEqual(['/problems/market-data-unavailable', '30']);
    expect((await get('/circuit-breakers').expect(200)).body.items).toMatchObject([
      { state: 'open', lastFailure: expect.stringContaining('no connection') },
    ]);
    await gateway.call('get', '/v1/stocks/ZZZZ/history', admin).expect(501); // no vendor of these has it
  });

  it('shows every queue with its dead letters and their reasons', async () => {
    const queue = topology.queues.documents.name;
    const letter = (minute: number) => ({
      scope: `dead#${queue}`,
      itemId: `2026-01-01T00:0${minute}:00.000Z#m${minute}`,
      messageId: `m${minute}`,
      deadLetteredAt: `2026-01-01T00:0${minute}:00.000Z`,
      failures: 3,
      reason: `reason ${minute}`,
      preview: '{}',
    });
    for (const minute of [1, 2, 3])
      await gateway.app.get(Dynamo).put({ TableName: topology.tables.idempotency.name, Item: letter(minute) });
    const { body } = await get('/queues?limit=100').expect(200);
    expect(body.items.map(({ name }: { name: string }) => name).sort()).toEqual(
      Object.values(topology.queues)
        .map(({ name }) => name)
        .sort(),
    );
    expect(body.items.find(({ name }: { name: string }) => name === queue)).toMatchObject({
      visible: expect.any(Number),
      inFlight: expect.any(Number),
      delayed: expect.any(Number),
      dlq: { name: topology.queues.documents.deadLetterName, visible: 0, lastReason: 'reason 3' },
    });
    const first = await get(`/queues/${queue}/dlq?limit=2`).expect(200);
    expect(first.body.items.map(({ reason }: { reason: string }) => reason)).toEqual(['reason 3', 'reason 2']);
    const rest = await get(`/queues/${queue}/dlq?cursor=${first.body.nextCursor}`).expect(200);
    expect(rest.body.items).toMatchObject([{ messageId: 'm1', failures: 3 }]);
    await get('/queues/nothing/dlq').expect(404);
    await get(`/queues/${topology.queues.analysis.name}/dlq?cursor=${first.body.nextCursor}`).expect(400);
  });

  it('pages through the queues', async () => {
    const first = await get('/queues?limit=3').expect(200);
    const rest = await get(`/queues?limit=3&cursor=${first.body.nextCursor}`).expect(200);
    expect([...first.body.items, ...rest.body.items]).toHaveLength(Object.keys(topology.queues).length);
    expect(rest.body.nextCursor).toBeNull();
    await get('/queues?cursor=x').expect(400);
  });

  it('sums up what the services measured', async () => {
    const timestamp = new Date().toISOString();
    const series = (
      name: string,
      dimensions: Record<string, string>,
      values: number[],
      counts: number[],
    ): MetricSeries => ({
      name,
      unit: name.endsWith('Latency') || name.endsWith('Time') ? 'Milliseconds' : 'Count',
      dimensions,
      timestamp,
      values,
      counts,
    });
    const endpoint = { Endpoint: 'POST /v1/analyses' };
    const latencies = Array.from({ length: 100 }, (_, i) => i + 1);
    const once = latencies.map(() => 1);
    await gateway.app
      .get(CloudWatch)
      .putMetrics([
        series('Requests', {}, [200], [1]),
        series('Errors', {}, [10], [1]),
        series('APILatency', {}, latencies, once),
        series('Requests', endpoint, [150], [1]),
        series('Errors', endpoint, [5], [1]),
        series('APILatency', endpoint, latencies, once),
        series('ToolExecutionTime', { Tool: 'get_stock_quote' }, [10], [3]),
        series('ToolExecutionTime', { Tool: 'get_risk_assessment' }, [50], [1]),
        series('CacheHits', { Cache: 'memory' }, [70], [1]),
        series('CacheMisses', { Cache: 'memory' }, [30], [1]),
        series('CacheHits', { Cache: 'dynamodb' }, [20], [1]),
        series('CacheMisses', { Cache: 'dynamodb' }, [10], [1]),
        series('ModelTokens', { Model: 'offline', Kind: 'prompt' }, [400], [1]),
        series('ModelTokens', { Model: 'offline', Kind: 'completion' }, [100], [1]),
        series('ModelLatency', { Model: 'offline' }, [40], [2]),
      ]);
    const { body } = await get('/metrics/summary?hours=1').expect(200);
    expect(body).toMatchObject({
      requests: 200,
      errorRate: 0.05,
      toolTimeMs: { avg: 20, p95: 20 },
      cacheHitRate: 0.9,
      modelTokens: 500,
      modelLatencyMs: { avg: 40, p95: 40 },
    });
    expect(body.apiLatencyMs.avg).toBeCloseTo(50.5, 6);
    for (const [name, least] of [
      ['p50', 50],
      ['p95', 95],
      ['p99', 99],
    ] as const) {
      expect(body.apiLatencyMs[name]).toBeGreaterThanOrEqual(least - 1);
      expect(body.apiLatencyMs[name]).toBeLessThanOrEqual(least + 1);
    }
    expect(body.byEndpoint).toEqual([
      expect.objectContaining({ endpoint: 'POST /v1/analyses', requests: 150, errors: 5 }),
    ]);
    for (const hours of ['0', '169', 'x']) await get(`/metrics/summary?hours=${hours}`).expect(400);
  });
});
