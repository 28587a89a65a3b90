import { SubscriptionTable, unsubscribeTokenOf } from '@stocktool/subscriptions';
import { eventually } from '@stocktool/testing';
import { mailTo, receive, testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const verify = async ({ email }: TestUser) => {
  const { token } = await eventually(() => mailTo(email, 'verify-email'), { timeoutMs: 15_000, everyMs: 100 });
  await gateway.call('post', '/v1/auth/verify').send({ token }).expect(204);
};
const webhook = { channel: 'webhook', target: 'https://example.com/hook', events: ['analysis.*'] };
const post = (body: object, by = user) => gateway.call('post', '/v1/subscriptions', by).send(body);
const at = (method: 'get' | 'post' | 'patch' | 'delete', path: string, by = user) =>
  gateway.call(method, `/v1/subscriptions${path}`, by);

describe('a subscription', () => {
  it('by webhook is active at once, and its secret is shown once', async () => {
    const { body } = await post(webhook).expect(201);
    expect(body).toMatchObject({ ...webhook, status: 'active', secret: expect.stringMatching(/^whsec_/) });
    const shown = await at('get', `/${body.id}`).expect(200);
    expect(shown.body).not.toHaveProperty('secret');
    expect((await at('get', '?limit=1')).body.items[0]).toEqual(shown.body);
  });

  it("by mail is active for the account's address once it is proved, and waits for the owner of any other", async () => {
    const unproved = await post({ channel: 'email', target: user.email, events: ['analysis.completed'] }).expect(201);
    expect(unproved.body.status).toBe('pending');
    await verify(user);
    const own = await post({ channel: 'email', target: user.email, events: ['analysis.completed'] }).expect(201);
    expect(own.body.status).toBe('active');
    const target = `friend-${crypto.randomUUID()}@gateway.example`;
    const other = await post({ channel: 'email', target, events: ['analysis.completed'] }).expect(201);
    expect(other.body).toMatchObject({ status: 'pending', target });
    await at('patch', `/${other.body.id}`).send({ status: 'active' }).expect(422);
    const { token } = await eventually(() => mailTo(target, 'confirm-subscription'), { timeoutMs: 15_000 });
    const confirmed = await gateway.call('post', '/v1/subscriptions/confirm').send({ token }).expect(200);
    expect(confirmed.body).toMatchObject({ id: other.body.id, status: 'active' });
    const { body } = await gateway
      .call('post', '/v1/subscriptions/confirm')
      .send({ token: 'x'.repeat(40) })
      .expect(400);
    expect(body.type).toBe('/problems/bad-token');
  });

  it.each<[string, object, number, string]>([
    ['plain http', { target: 'http://example.com/hook' }, 422, 'target-refused'],
    ['a private address', { target: 'https://10.0.0.1/hook' }, 422, 'target-refused'],
    ['this machine', { target: 'https://localhost/hook' }, 422, 'target-refused'],
    ['credentials in the URL', { target: 'https://me:secret@example.com/' }, 422, 'target-refused'],
    ['no URL', { target: 'somewhere' }, 422, 'target-refused'],
    ['slack', { channel: 'slack' }, 501, 'not-built'],
    ['pagerduty', { channel: 'pagerduty' }, 501, 'not-built'],
    ['sqs', { channel: 'sqs' }, 501, 'not-built'],
    ['a digest', { digest: 'daily' }, 501, 'not-built'],
    ['quiet hours', { quietHours: { start: '22:00', end: '07:00', timeZone: 'Europe/Berlin' } }, 501, 'not-built'],
    ['an unknown event', { events: ['analysis.exploded'] }, 400, 'validation-failed'],
    ['no events', { events: [] }, 400, 'validation-failed'],
    ['an unknown channel', { channel: 'pigeon' }, 400, 'validation-failed'],
    ['an unknown field', { colour: 'red' }, 400, 'validation-failed'],
  ])('is refused for %s, and nothing is written', async (_what, change, status, code) => {
    const stranger = await gateway.register();
    const { body } = await post({ ...webhook, ...change }, stranger).expect(status);
    expect(body.type).toBe(`/problems/${code}`);
    expect((await at('get', '', stranger)).body.items).toEqual([]);
  });

  it('may point to this machine where private networks are allowed', async () => {
    const local = await testGateway({ WEBHOOK_ALLOW_PRIVATE_NETWORKS: 'true' });
    const target = 'http://127.0.0.1:4999/hook';
    await local
      .call('post', '/v1/subscriptions', user)
      .send({ ...webhook, target })
      .expect(201);
    const withPassword = { ...webhook, target: 'http://me:secret@127.0.0.1/' };
    await local.call('post', '/v1/subscriptions', user).send(withPassword).expect(422);
    await local.close();
  });

  it('is made once for one idempotency key, with the same secret in every answer', async () => {
    const own = await gateway.register();
    const first = await post(webhook, own).set('idempotency-key', 's').expect(201);
    const again = await post(webhook, own).set('idempotency-key', 's').expect(201);
    expect(again.body).toEqual(first.body);
    expect((await at('get', '', own)).body.items).toHaveLength(1);
  });

  it('can be changed, paused and deleted by its owner only', async () => {
    const { id } = (await post(webhook)).body as { id: string };
    const stranger = await gateway.register();
    for (const [method, path] of [
      ['get', ''],
      ['patch', ''],
      ['delete', ''],
      ['post', '/test'],
      ['get', '/deliveries'],
      ['post', '/deliveries/x/retry'],
    ] as const)
      expect([
        method,
        path,
        (await at(method, `/${id}${path}`, stranger).send(method === 'patch' ? {} : undefined)).status,
      ]).toEqual([method, path, 404]);
    const changed = await at('patch', `/${id}`)
      .send({ events: ['price.alert'], status: 'disabled' })
      .expect(200);
    expect(changed.body).toMatchObject({ events: ['price.alert'], status: 'disabled' });
    await at('patch', `/${id}`).send({ target: 'https://evil.example' }).expect(400);
    await at('patch', `/${id}`).send({ digest: 'daily' }).expect(501);
    await at('delete', `/${id}`).expect(204);
    await at('get', `/${id}`).expect(404);
    await at('delete', `/${id}`).expect(404);
  });
});

describe('deliveries', () => {
  it('can be tried out and retried, each try a message to the notifier', async () => {
    const { id } = (await post(webhook)).body as { id: string };
    const tested = await at('post', `/${id}/test`).expect(202);
    expect(tested.body).toMatchObject({ status: 'pending', eventType: 'subscription.test', attempts: [] });
    const listed = await at('get', `/${id}/deliveries`).expect(200);
    expect(listed.body.items).toEqual([tested.body]);
    await at('post', `/${id}/deliveries/${tested.body.id}/retry`).expect(202);
    const { body } = await at('post', `/${id}/deliveries/unknown/retry`).expect(404);
    expect(body.type).toBe('/problems/delivery-not-found');
    const seen: string[] = [];
    await eventually(
      async () => {
        seen.push(...(await receive('notifications')).filter((text) => text.includes(tested.body.id as string)));
        return seen.length > 0;
      },
      { timeoutMs: 15_000 },
    );
    expect(JSON.parse(seen[0]!)).toMatchObject({ kind: 'delivery-due', userId: user.id, subscriptionId: id });
  });
});

const rowOf = (owner: TestUser, id: string) => gateway.app.get(SubscriptionTable, { strict: false }).row(owner.id, id);
const formType = 'application/x-www-form-urlencoded';
const unsubscribe = (token: string) =>
  gateway
    .call('post', `/v1/subscriptions/unsubscribe?token=${token}`)
    .set('content-type', formType)
    .send('List-Unsubscribe=One-Click');

describe('mail to strangers', () => {
  it('asks one address five times a day, whoever asks and whatever is deleted meanwhile', async () => {
    const target = `annoyed-${crypto.randomUUID()}@gateway.example`;
    for (let asked = 0; asked < 5; asked++) {
      const someone = await gateway.register();
      const { body } = await post({ channel: 'email', target, events: ['analysis.*'] }, someone).expect(201);
      await at('delete', `/${body.id}`, someone).expect(204);
    }
    const another = await gateway.register();
    const { body, headers } = await post({ channel: 'email', target, events: ['analysis.*'] }, another).expect(429);
    expect(body.type).toBe('/problems/too-many-requests');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect((await at('get', '', another)).body.items).toEqual([]);
  });

  it('is asked for five times a day by one user', async () => {
    const spammer = await gateway.register();
    const ask = () =>
      post({ channel: 'email', target: `${crypto.randomUUID()}@gateway.example`, events: ['analysis.*'] }, spammer);
    for (let asked = 0; asked < 5; asked++) await ask().expect(201);
    await ask().expect(429);
    await post(webhook, spammer).expect(201);
  });

  it('stops by one click of its receiver, for good', async () => {
    const owner = await gateway.register();
    await verify(owner);
    const { body } = await post({ channel: 'email', target: owner.email, events: ['analysis.*'] }, owner).expect(201);
    const token = unsubscribeTokenOf(await rowOf(owner, body.id as string))!;
    const page = await gateway.call('get', `/v1/subscriptions/unsubscribe?token=${token}`).expect(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
    expect(page.text).toContain('<form method="post"');
    expect((await at('get', `/${body.id}`, owner)).body.status).toBe('active'); // looking at it ends nothing
    await unsubscribe(`${token.slice(0, -43)}${'A'.repeat(43)}`).expect(400);
    await unsubscribe('x'.repeat(40)).expect(400);
    expect((await unsubscribe(token).expect(200)).text).toContain('unsubscribed');
    expect((await at('get', `/${body.id}`, owner)).body.status).toBe('disabled');
    await at('patch', `/${body.id}`, owner).send({ status: 'active' }).expect(422);
    await unsubscribe(token).expect(200);
    await at('delete', `/${body.id}`, owner).expect(204);
    await unsubscribe(token).expect(200);
  });
});

describe('trying out', () => {
  it('is limited for each subscription: ten tests and thirty retries an hour', async () => {
    const owner = await gateway.register();
    const { id } = (await post(webhook, owner)).body as { id: string };
    const first = await at('post', `/${id}/test`, owner).expect(202);
    for (let tests = 1; tests < 10; tests++) await at('post', `/${id}/test`, owner).expect(202);
    const { headers } = await at('post', `/${id}/test`, owner).expect(429);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(3600);
    const retry = () => at('post', `/${id}/deliveries/${first.body.id}/retry`, owner);
    for (let retries = 0; retries < 30; retries++) await retry().expect(202);
    await retry().expect(429);
    const other = (await post(webhook, owner)).body as { id: string };
    await at('post', `/${other.id}/test`, owner).expect(202);
  });
});
