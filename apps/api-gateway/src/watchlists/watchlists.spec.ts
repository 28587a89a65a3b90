import { randomUUID } from 'node:crypto';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { revisionsOf } from '../revisions/if-match';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const banks = { name: 'Banks', symbols: ['JPM', 'BAC'] };
const at = (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path = '', by = user) =>
  gateway.call(method, `/v1/watchlists${path}`, by);
const made = async (body: object = banks, by = user) =>
  (await at('post', '', by).send(body).expect(201)).body as { id: string };

describe('a watchlist', () => {
  it('is made, shown, listed, changed, replaced and deleted, each change a revision and an ETag', async () => {
    const { body, headers } = await at('post').send(banks).expect(201);
    expect(body).toMatchObject({ ...banks, id: expect.stringMatching(/^[0-9a-f]{8}-/), revision: 1 });
    expect([headers['location'], headers['etag']]).toEqual([`/v1/watchlists/${body.id}`, '"1"']);
    expect((await at('get', `/${body.id}`).expect(200)).body).toEqual(body);
    expect((await at('get', '?limit=1').expect(200)).body.items).toEqual([body]);
    const patched = await at('patch', `/${body.id}`)
      .send({ symbols: ['JPM'] })
      .expect(200);
    expect(patched.body).toMatchObject({ name: 'Banks', symbols: ['JPM'], revision: 2, createdAt: body.createdAt });
    const replaced = await at('put', `/${body.id}`).send({ name: 'None' }).expect(200);
    expect(replaced.body).toMatchObject({ name: 'None', symbols: [], revision: 3 });
    expect(replaced.headers['etag']).toBe('"3"');
    await at('delete', `/${body.id}`).expect(204);
    for (const method of ['get', 'delete'] as const) await at(method, `/${body.id}`).expect(404);
    expect((await at('patch', `/${body.id}`).send({}).expect(404)).body.type).toBe('/problems/watchlist-not-found');
  });

  it('is changed and deleted only in the revision that If-Match names', async () => {
    const { id } = await made();
    await at('patch', `/${id}`).set('if-match', '"1"').send({ name: 'Two' }).expect(200);
    const late = await at('put', `/${id}`).set('if-match', '"1"').send(banks).expect(412);
    expect(late.body).toMatchObject({ type: '/problems/precondition-failed', status: 412 });
    await at('delete', `/${id}`).set('if-match', '"1", "abc"').expect(412);
    expect((await at('get', `/${id}`)).body).toMatchObject({ name: 'Two', revision: 2 });
    await at('patch', `/${id}`).set('if-match', '*').send({ name: 'Three' }).expect(200);
    await at('delete', `/${id}`).set('if-match', '"1", W/"3"').expect(412); // a weak tag names no revision
    await at('delete', `/${id}`).set('if-match', '"1", "3"').expect(204);
    expect([revisionsOf(undefined), revisionsOf('*'), revisionsOf('x')]).toEqual([undefined, undefined, new Set()]);
  });

  it('keeps every one of many changes at once', async () => {
    const { id } = await made();
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, (_, i) => at('patch', `/${id}`).send({ name: `name ${i}` })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await at('get', `/${id}`)).body.revision).toBe(5);
  });

  it.each<[string, object, number, string, string[]]>([
    ['no name', { symbols: [] }, 400, 'validation-failed', ['name']],
    ['an empty name', { name: '  ' }, 400, 'validation-failed', ['name']],
    ['a symbol twice', { name: 'x', symbols: ['JPM', 'JPM'] }, 400, 'validation-failed', ['symbols']],
    ['what is no symbol', { name: 'x', symbols: ['jpm!'] }, 400, 'validation-failed', ['symbols.0']],
    ['an unknown field', { ...banks, colour: 'red' }, 400, 'validation-failed', ['colour']],
    [
      'unknown symbols',
      { name: 'x', symbols: ['JPM', 'NOPE', '~MINE'] },
      422,
      'unknown-symbol',
      ['symbols.1', 'symbols.2'],
    ],
  ])('is refused for %s', async (_what, body, status, code, paths) => {
    const answer = await at('post').send(body).expect(status);
    expect(answer.body.type).toBe(`/problems/${code}`);
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    const { id } = await made();
    await at('put', `/${id}`).send(body).expect(status);
  });

  it('is made once for one idempotency key', async () => {
    const own = await gateway.register();
    const first = await at('post', '', own).set('idempotency-key', 'w').send(banks).expect(201);
    const again = await at('post', '', own).set('idempotency-key', 'w').send(banks).expect(201);
    expect(again.body).toEqual(first.body);
    await at('post', '', own).set('idempotency-key', 'w').send({ name: 'other' }).expect(422);
    expect((await at('get', '', own)).body.items).toHaveLength(1);
  });

  it('is nobody else’s: 404, as if it were not there', async () => {
    const { id } = await made();
    const stranger = await gateway.register();
    for (const method of ['get', 'put', 'patch', 'delete'] as const) {
      const answer = await at(method, `/${id}`, stranger).send(
        method === 'put' ? banks : method === 'patch' ? {} : undefined,
      );
      expect([method, answer.status]).toEqual([method, 404]);
    }
    await at('get', `/${randomUUID()}`).expect(404);
    expect((await at('get', '', stranger)).body).toEqual({ items: [], nextCursor: null });
  });

  it('is one of at most 50, listed page by page, newest first, by a cursor of this list alone', async () => {
    const own = await gateway.register();
    const ids: string[] = [];
    for (let count = 0; count < 50; count++) ids.unshift((await made({ name: `${count}` }, own)).id);
    const beyond = await Promise.all([1, 2, 3].map(() => at('post', '', own).send(banks)));
    expect(beyond.map(({ status, body }) => [status, body.type])).toEqual(
      Array(3).fill([422, '/problems/limit-reached']),
    );
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await at('get', `?limit=20${cursor && `&cursor=${cursor}`}`, own).expect(200);
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      cursor = (body.nextCursor as string | null) ?? '';
      if (cursor) {
        await at('get', `?cursor=${cursor}`).expect(400);
        await gateway.call('get', `/v1/analyses?cursor=${cursor}`, own).expect(400);
      }
    } while (cursor !== '');
    expect(seen).toEqual(ids);
  }, 60_000);
});
