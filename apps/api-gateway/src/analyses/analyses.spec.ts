import { randomUUID } from 'node:crypto';
import { receive, testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { worker } from './worker.fixture';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const portfolio = {
  holdings: [
    { symbol: 'AAPL', weight: 0.6 },
    { symbol: 'MSFT', weight: 0.4 },
  ],
  from: '2014-01-02',
  to: '2015-12-31',
};
const post = (body: object, by = user) => gateway.call('post', '/v1/analyses', by).send(body);
const get = (path: string, by = user) => gateway.call('get', `/v1/analyses${path}`, by);

async function messageFor(analysisId: string): Promise<string | undefined> {
  for (let tried = 0; tried < 50; tried++) {
    const found = (await receive('analysis')).find((text) => text.includes(analysisId));
    if (found) return found;
  }
  return undefined;
}

describe('a request for an analysis', () => {
  it('is accepted, kept with its defaults, and sent to the workers', async () => {
    const { body, headers } = await post(portfolio).expect(202);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      status: 'queued',
      createdAt: expect.any(String),
      links: {
        self: `/v1/analyses/${body.id}`,
        events: `/v1/analyses/${body.id}/events`,
        report: `/v1/analyses/${body.id}/report`,
      },
    });
    expect(headers['location']).toBe(body.links.self);
    expect(await messageFor(body.id as string)).toBe(JSON.stringify({ userId: user.id, analysisId: body.id }));
    const kept = await get(`/${body.id}`).expect(200);
    expect(kept.body).toMatchObject({
      kind: 'portfolio',
      status: 'queued',
      progress: 0,
      attempts: 0,
      request: { ...portfolio, benchmark: '^GSPC', riskFreeRate: 0, compat: 'none' },
    });
  });

  const weights = (...holdings: [string, number][]) => ({
    ...portfolio,
    holdings: holdings.map(([symbol, weight]) => ({ symbol, weight })),
  });
  it.each<[string, object, number, string, string[]]>([
    ['no holdings', { from: '2014-01-02' }, 400, 'validation-failed', ['holdings']],
    ['weights that do not sum', weights(['AAPL', 0.5], ['MSFT', 0.4]), 400, 'validation-failed', ['holdings']],
    [
      'mixed weights and quantities',
      {
        holdings: [
          { symbol: 'AAPL', weight: 1 },
          { symbol: 'MSFT', quantity: 1 },
        ],
      },
      400,
      'validation-failed',
      ['holdings'],
    ],
    [
      'a negative quantity',
      { holdings: [{ symbol: 'AAPL', quantity: -1 }] },
      400,
      'validation-failed',
      ['holdings.0.quantity'],
    ],
    [
      '10 000 holdings',
      { holdings: Array.from({ length: 10_000 }, (_, i) => ({ symbol: `A${i}`, weight: 1e-4 })) },
      400,
      'validation-failed',
      ['holdings'],
    ],
    ['a wrong type', { ...portfolio, riskFreeRate: 'two' }, 400, 'validation-failed', ['riskFreeRate']],
    ['an unknown field', { ...portfolio, leverage: 2 }, 400, 'validation-failed', ['leverage']],
    ['an unknown kind', { ...portfolio, kind: 'bond' }, 400, 'validation-failed', ['kind']],
    ['a date that is none', { ...portfolio, from: '2014-02-30' }, 400, 'validation-failed', ['from']],
    [
      'too many paths',
      { ...portfolio, monteCarlo: { paths: 1_000_001 } },
      400,
      'validation-failed',
      ['monteCarlo.paths'],
    ],
    [
      'every unknown symbol, in holdings and as benchmark',
      { ...weights(['NOPE', 0.5], ['AAPL', 0.3], ['~MINE', 0.2]), benchmark: '^NOPE' },
      422,
      'unknown-symbol',
      ['holdings.0.symbol', 'holdings.2.symbol', 'benchmark'],
    ],
    [
      'no common dates',
      { ...weights(['AAPL', 0.5], ['IBM', 0.5]), from: '2020-01-02', to: '2021-12-30' },
      422,
      'no-date-overlap',
      ['holdings.0.symbol', 'holdings.1.symbol', 'benchmark'],
    ],
    [
      'a benchmark portfolio nobody knows',
      {
        ...portfolio,
        include: ['attribution'],
        attribution: {
          sectors: { AAPL: 'a', MSFT: 'a', NOPE: 'b' },
          benchmarkHoldings: [
            { symbol: 'AAPL', weight: 0.5 },
            { symbol: 'NOPE', weight: 0.5 },
          ],
        },
      },
      422,
      'unknown-symbol',
      ['attribution.benchmarkHoldings.1.symbol'],
    ],
    ['a portfolio that is not there', { portfolioId: randomUUID() }, 422, 'unknown-portfolio', ['portfolioId']],
  ])('is refused for %s, and nothing is written', async (_what, request, status, code, paths) => {
    const stranger = await gateway.register();
    const { body, headers } = await post(request, stranger).set('idempotency-key', 'refused').expect(status);
    expect(body).toMatchObject({ type: `/problems/${code}`, status, instance: '/v1/analyses' });
    expect((body.errors ?? []).map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(headers['content-type']).toContain('application/problem+json');
    expect((await get('', stranger)).body).toEqual({ items: [], nextCursor: null });
    await post(portfolio, stranger).set('idempotency-key', 'refused').expect(202); // the key is free
  });

  it('becomes one analysis however often it is sent at once with one key', async () => {
    const own = await gateway.register();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(portfolio, own).set('idempotency-key', 'twenty')),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    expect(answers.filter(({ status }) => status !== 202 && status !== 409)).toEqual([]);
    for (const { body } of answers.filter(({ status }) => status === 409))
      expect(body.type).toBe('/problems/request-in-progress');
    expect(new Set(accepted.map(({ body }) => body.id)).size).toBe(1);
    expect((await get('', own)).body.items).toHaveLength(1);
    const later = await post(portfolio, own).set('idempotency-key', 'twenty').expect(202);
    expect(later.body).toEqual(accepted[0]!.body);
    expect(later.headers['location']).toBe(accepted[0]!.body.links.self);
    const other = await post({ ...portfolio, riskFreeRate: 0.01 }, own)
      .set('idempotency-key', 'twenty')
      .expect(422);
    expect(other.body.type).toBe('/problems/idempotency-key-reused');
    await post(portfolio, user).set('idempotency-key', 'twenty').expect(202); // keys belong to users
    expect((await get('', own)).body.items).toHaveLength(1);
  });

  it.each(['', 'x'.repeat(201), 'with space', 'tab\tinside'])('is refused with the idempotency key %j', async (key) => {
    const { body } = await post(portfolio).set('idempotency-key', key).expect(400);
    expect(body.type).toBe('/problems/validation-failed');
  });
});

describe('analyses', () => {
  it('are listed newest first, in pages that hold each once', async () => {
    const own = await gateway.register();
    const ids: string[] = [];
    for (let made = 0; made < 5; made++) ids.unshift((await post(portfolio, own)).body.id as string);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(`?limit=2${cursor && `&cursor=${cursor}`}`, own).expect(200);
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      cursor = (body.nextCursor as string | null) ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(ids);
  });

  it('refuse a cursor of another user or list, and query parameters that are unknown or out of bounds', async () => {
    const own = await gateway.register();
    for (let made = 0; made < 2; made++) await post(portfolio, own);
    const { body } = await get('?limit=1', own);
    expect((await get(`?cursor=${body.nextCursor}`).expect(400)).body.type).toBe('/problems/bad-cursor');
    const elsewhere = await gateway.call('get', `/v1/auth/sessions?cursor=${body.nextCursor}`, own).expect(400);
    expect(elsewhere.body.type).toBe('/problems/bad-cursor');
    const forged = Buffer.from(JSON.stringify({ userId: own.id, itemId: 'state#x', more: 'x' })).toString('base64url');
    for (const query of [
      'cursor=x',
      'cursor=bm9uc2Vuc2U',
      `cursor=${forged}`,
      'limit=0',
      'limit=101',
      'limit=ten',
      'colour=red',
    ])
      expect([query, (await get(`?${query}`, own)).status]).toEqual([query, 400]);
  });

  it("do not show another's, nor whether it is there", async () => {
    const { body } = await post(portfolio);
    const stranger = await gateway.register();
    const missing = await get(`/${randomUUID()}`, stranger).expect(404);
    for (const path of [`/${body.id}`, `/${body.id}/events`, `/${body.id}/report`]) {
      const foreign = await get(path, stranger).expect(404);
      expect(foreign.body.type).toBe(missing.body.type);
    }
    await gateway.call('delete', `/v1/analyses/${body.id}`, stranger).expect(404);
    await get('/not-an-id', stranger).expect(404);
  });

  it('answer their result when they have succeeded', async () => {
    const { body } = await post(portfolio);
    const { start, succeed } = worker(gateway.app);
    const result = await succeed(await start(user.id, body.id as string));
    const done = await get(`/${body.id}`).expect(200);
    expect(done.body).toMatchObject({ status: 'succeeded', progress: 1, attempts: 1, result });
    const [summary] = (await get('?limit=1')).body.items;
    expect(summary).not.toHaveProperty('result');
    expect(summary).not.toHaveProperty('revision');
  });

  it('can be cancelled until they have finished', async () => {
    const { body } = await post(portfolio);
    await gateway.call('delete', `/v1/analyses/${body.id}`, user).expect(204);
    expect((await get(`/${body.id}`)).body.status).toBe('cancelled');
    const again = await gateway.call('delete', `/v1/analyses/${body.id}`, user).expect(409);
    expect(again.body.type).toBe('/problems/analysis-finished');
  });
});
