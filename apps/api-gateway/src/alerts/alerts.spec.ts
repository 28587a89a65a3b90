import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const high = { symbol: 'AAPL', above: 150 };
const at = (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path = '', by = user) =>
  gateway.call(method, `/v1/alerts${path}`, by);

describe('an alert', () => {
  it('is made, shown, listed, changed, replaced and deleted', async () => {
    const { body, headers } = await at('post').set('idempotency-key', 'a').send(high).expect(201);
    expect(body).toMatchObject({ ...high, holds: [], lastFiredAt: null, revision: 1 });
    expect((await at('post').set('idempotency-key', 'a').send(high).expect(201)).body).toEqual(body);
    expect([headers['location'], headers['etag']]).toEqual([`/v1/alerts/${body.id}`, '"1"']);
    expect((await at('get', `/${body.id}`).expect(200)).body).toEqual(body);
    expect((await at('get').expect(200)).body).toEqual({ items: [body], nextCursor: null });
    const patched = await at('patch', `/${body.id}`).send({ below: 100, changePercent: 5 }).expect(200);
    expect(patched.body).toMatchObject({ ...high, below: 100, changePercent: 5, revision: 2 });
    const fewer = await at('patch', `/${body.id}`)
      .set('if-match', '"2"')
      .send({ above: null, below: null })
      .expect(200);
    expect(fewer.body).not.toHaveProperty('above');
    await at('patch', `/${body.id}`).set('if-match', '"2"').send({ above: 1 }).expect(412);
    await at('patch', `/${body.id}`).send({ changePercent: null }).expect(400);
    const replaced = await at('put', `/${body.id}`).send({ symbol: 'IBM', below: 1 }).expect(200);
    expect(replaced.body).toMatchObject({ symbol: 'IBM', below: 1 });
    expect(replaced.body).not.toHaveProperty('changePercent');
    await at('delete', `/${body.id}`).expect(204);
    expect((await at('get', `/${body.id}`).expect(404)).body.type).toBe('/problems/alert-not-found');
  });

  it.each<[string, object, number, string, string[]]>([
    ['no condition', { symbol: 'AAPL' }, 400, 'validation-failed', ['']],
    ['no price', { symbol: 'AAPL', above: 0 }, 400, 'validation-failed', ['above']],
    ['a negative change', { symbol: 'AAPL', changePercent: -5 }, 400, 'validation-failed', ['changePercent']],
    ['what always holds', { symbol: 'AAPL', above: 1, below: 2 }, 400, 'validation-failed', ['above']],
    ['a private series', { symbol: '~MINE', above: 1 }, 400, 'validation-failed', ['symbol']],
    ['an unknown field', { ...high, note: 'x' }, 400, 'validation-failed', ['note']],
    ['an unknown symbol', { symbol: 'NOPE', above: 1 }, 422, 'unknown-symbol', ['symbol']],
  ])('is refused for %s', async (_what, body, status, code, paths) => {
    const answer = await at('post').send(body).expect(status);
    expect(answer.body.type).toBe(`/problems/${code}`);
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it('is nobody else’s', async () => {
    const { body } = await at('post').send(high).expect(201);
    const stranger = await gateway.register();
    for (const method of ['get', 'put', 'patch', 'delete'] as const) {
      const sent = method === 'put' ? high : method === 'patch' ? { above: 1 } : undefined;
      expect([method, (await at(method, `/${body.id}`, stranger).send(sent)).status]).toEqual([method, 404]);
    }
    expect((await at('get', '', stranger)).body.items).toEqual([]);
  });
});
