import { eventually } from '@stocktool/testing';
import { adminEmail, cookieOf, mailTo, testGateway, type TestGateway } from '../gateway.fixture';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
});
afterAll(() => gateway.close());

const tokenFor = async (email: string, template: 'verify-email' | 'reset-password') =>
  (await eventually(() => mailTo(email, template), { timeoutMs: 15_000, everyMs: 100 })).token;
const keyOf = async (user: { token: string }) =>
  (
    await gateway
      .call('post', '/v1/api-keys', user)
      .send({ name: 'left behind', scopes: ['read', 'write'] })
      .expect(201)
  ).body.key as string;
const withKey = (key: string) => gateway.call('get', '/v1/auth/me').set('x-api-key', key);
const webhook = { channel: 'webhook', target: 'https://attacker.example.com/', events: ['analysis.*'] };

describe("somebody who registers another's address first", () => {
  it('keeps nothing when the owner sets a new password', async () => {
    const attacker = await gateway.register('victim');
    const key = await keyOf(attacker);
    await withKey(key).expect(200);
    await gateway.call('post', '/v1/subscriptions', attacker).send(webhook).expect(201);
    await gateway.call('post', '/v1/auth/password/forgot').send({ email: attacker.email }).expect(202);
    const token = await tokenFor(attacker.email, 'reset-password');
    const password = 'the password of the owner';
    await gateway.call('post', '/v1/auth/password/reset').send({ token, password }).expect(204);
    await withKey(key).expect(401);
    await gateway.call('get', '/v1/auth/me', attacker).expect(401);
    const { body } = await gateway.call('post', '/v1/auth/login').send({ email: attacker.email, password }).expect(200);
    const owner = { token: body.accessToken as string };
    expect((await gateway.call('get', '/v1/subscriptions', owner).expect(200)).body.items).toEqual([]);
    expect((await gateway.call('get', '/v1/api-keys', owner).expect(200)).body.items).toEqual([]);

    // From now on the address is proved: what the owner subscribes to outlives another forgotten password.
    await gateway.call('post', '/v1/subscriptions', owner).send(webhook).expect(201);
    await gateway.call('post', '/v1/auth/password/forgot').send({ email: attacker.email }).expect(202);
    const next = await eventually(
      async () => {
        const mail = await mailTo(attacker.email, 'reset-password');
        return mail && mail.token !== token ? mail.token : undefined;
      },
      { timeoutMs: 15_000, everyMs: 100 },
    );
    await gateway.call('post', '/v1/auth/password/reset').send({ token: next, password }).expect(204);
    const again = await gateway.call('post', '/v1/auth/login').send({ email: attacker.email, password }).expect(200);
    const later = { token: again.body.accessToken as string };
    expect((await gateway.call('get', '/v1/subscriptions', later).expect(200)).body.items).toHaveLength(1);
  });

  it("does not become an administrator by the owner's click: the owner chooses the password, and all else is void", async () => {
    const account = { email: adminEmail, password: 'the password of a stranger' };
    const { body, headers } = await gateway.call('post', '/v1/auth/register').send(account).expect(201);
    const attacker = { token: body.accessToken as string };
    const key = await keyOf(attacker);
    await gateway.call('post', '/v1/subscriptions', attacker).send(webhook).expect(201);
    const token = await tokenFor(adminEmail, 'verify-email');

    const click = await gateway.call('post', '/v1/auth/verify').send({ token }).expect(422);
    expect(click.body.type).toBe('/problems/password-required');
    const stillTheirs = await gateway.call('post', '/v1/auth/login').send(account).expect(200);
    expect(stillTheirs.body.user).toMatchObject({ roles: ['user'], emailVerified: false });

    const password = 'the password of the owner';
    await gateway.call('post', '/v1/auth/verify').send({ token, password: 'short' }).expect(400);
    await gateway.call('post', '/v1/auth/verify').send({ token, password }).expect(204);
    await gateway.call('post', '/v1/auth/login').send(account).expect(401);
    await withKey(key).expect(401);
    for (const session of [attacker, { token: stillTheirs.body.accessToken as string }])
      await gateway.call('get', '/v1/auth/me', session).expect(401);
    await gateway.call('post', '/v1/auth/refresh').set('cookie', cookieOf(headers)).expect(401);

    const signedIn = await gateway.call('post', '/v1/auth/login').send({ email: adminEmail, password }).expect(200);
    expect(signedIn.body.user).toMatchObject({ roles: ['user', 'admin'], emailVerified: true });
    const owner = { token: signedIn.body.accessToken as string };
    await gateway.call('get', '/v1/admin/queues', owner).expect(200);
    expect((await gateway.call('get', '/v1/subscriptions', owner).expect(200)).body.items).toEqual([]);
    await gateway.call('post', '/v1/auth/verify').send({ token, password }).expect(400);
  });

  it('does not become one when the address is made an administrator later, until a mailed token has set the password', async () => {
    const attacker = await gateway.register('promoted');
    const token = await tokenFor(attacker.email, 'verify-email');
    await gateway.call('post', '/v1/auth/verify').send({ token }).expect(204);

    const later = await testGateway({ ADMIN_EMAILS: attacker.email });
    const { email, password } = attacker;
    const login = await later.call('post', '/v1/auth/login').send({ email, password }).expect(200);
    expect(login.body.user).toMatchObject({ roles: ['user'], emailVerified: true });
    await later.call('get', '/v1/admin/queues', { token: login.body.accessToken as string }).expect(403);

    await later.call('post', '/v1/auth/password/forgot').send({ email }).expect(202);
    const reset = await tokenFor(email, 'reset-password');
    await later.call('post', '/v1/auth/password/reset').send({ token: reset, password: 'the owner of it' }).expect(204);
    const owner = await later.call('post', '/v1/auth/login').send({ email, password: 'the owner of it' }).expect(200);
    expect(owner.body.user.roles).toEqual(['user', 'admin']);
    await later.close();
  });
});
