import { Scope } from '@stocktool/contracts';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const withKey = (method: 'get' | 'post' | 'delete', path: string, key: string) =>
  gateway.call(method, path).set('x-api-key', key);
const make = async (scopes: Scope[]) => {
  const { body } = await gateway.call('post', '/v1/api-keys', user).send({ name: 'nightly', scopes }).expect(201);
  return body as { id: string; key: string; scopes: Scope[] };
};

describe('an API key', () => {
  it('is shown once, works at once, and stops when revoked', async () => {
    const made = await make(['read']);
    expect(made.key).toMatch(/^stk_[\w-]{86}$/);
    const me = await withKey('get', '/v1/auth/me', made.key).expect(200);
    expect(me.body.id).toBe(user.id);
    const list = await gateway.call('get', '/v1/api-keys', user).expect(200);
    expect(list.body.items[0]).toEqual({
      id: made.id,
      name: 'nightly',
      scopes: ['read'],
      createdAt: expect.any(String),
    });
    await gateway.call('delete', `/v1/api-keys/${made.id}`, user).expect(204);
    await withKey('get', '/v1/auth/me', made.key).expect(401);
    await gateway.call('delete', `/v1/api-keys/${made.id}`, user).expect(404);
  });

  it('may do what its scopes say and nothing else', async () => {
    const reader = await make(['read']);
    const writer = await make(['write']);
    const { body } = await withKey('post', '/v1/analyses', reader.key).send({}).expect(403);
    expect(body).toMatchObject({ type: '/problems/forbidden', status: 403 });
    await withKey('get', '/v1/auth/me', writer.key).expect(403);
  });

  it('has the scope admin only where its maker has the role', async () => {
    const { body } = await gateway
      .call('post', '/v1/api-keys', user)
      .send({ name: 'ahead of time', scopes: ['admin'] })
      .expect(403);
    expect(body.type).toBe('/problems/forbidden');
  });

  it('cannot make one that may do more than itself', async () => {
    const writer = await make(['write']);
    await withKey('post', '/v1/api-keys', writer.key)
      .send({ name: 'more', scopes: ['write', 'read'] })
      .expect(403);
    await withKey('post', '/v1/api-keys', writer.key)
      .send({ name: 'same', scopes: ['write'] })
      .expect(201);
  });

  it('is one of fifty at most', async () => {
    const collector = await gateway.register();
    const ask = () => gateway.call('post', '/v1/api-keys', collector).send({ name: 'one more' });
    for (let made = 0; made < 48; made += 8) await Promise.all(Array.from({ length: 8 }, () => ask().expect(201)));
    const last = await Promise.all(Array.from({ length: 6 }, ask));
    expect(last.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(2);
    const { body } = await gateway.call('get', '/v1/api-keys?limit=100', collector).expect(200);
    expect(body.items.length).toBeLessThanOrEqual(50);
    expect(last.find(({ status }) => status !== 201)).toMatchObject({
      status: 422,
      body: { type: '/problems/limit-reached' },
    });
  });

  it("is nobody else's to see or revoke", async () => {
    const stranger = await gateway.register();
    const { id } = await make(['read']);
    await gateway.call('delete', `/v1/api-keys/${id}`, stranger).expect(404);
    expect((await gateway.call('get', '/v1/api-keys', stranger)).body.items).toEqual([]);
  });

  it('is refused when a single character differs', async () => {
    const { key } = await make(['read']);
    const flipped = key.at(-2) === 'A' ? 'B' : 'A';
    for (const wrong of [key.slice(0, -2) + flipped + key.at(-1), `${key}A`, key.slice(4), 'stk_', 'x'])
      await withKey('get', '/v1/auth/me', wrong).expect(401);
  });

  it('comes back the same for the same idempotency key', async () => {
    const ask = (name: string) =>
      gateway
        .call('post', '/v1/api-keys', user)
        .set('idempotency-key', 'k-1')
        .send({ name, scopes: ['read'] });
    const first = await ask('one').expect(201);
    const again = await ask('one').expect(201);
    expect(again.body).toEqual(first.body);
    const { body } = await ask('two').expect(422);
    expect(body.type).toBe('/problems/idempotency-key-reused');
    await withKey('get', '/v1/auth/me', first.body.key as string).expect(200);
  });

  it.each([[{ name: '' }], [{ name: 'a', scopes: [] }], [{ name: 'a', scopes: ['root'] }], [{ name: 'a', extra: 1 }]])(
    'is refused for %j',
    async (request) => {
      await gateway.call('post', '/v1/api-keys', user).send(request).expect(400);
    },
  );
});
