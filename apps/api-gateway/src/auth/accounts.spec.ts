import { Dynamo } from '@stocktool/aws-dynamodb';
import { eventually, FixedClock } from '@stocktool/testing';
import { cookieOf, mailTo, signedIn, testGateway, type TestGateway } from '../gateway.fixture';
import { SessionTable } from '../sessions/session.table';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
});
afterAll(() => gateway.close());

const refresh = (cookie: string) => gateway.call('post', '/v1/auth/refresh').set('cookie', cookie);
const me = (token: string) => gateway.call('get', '/v1/auth/me', { token });
const login = (email: string, password: string) => gateway.call('post', '/v1/auth/login').send({ email, password });
const tokenFor = async (email: string, template: 'verify-email' | 'reset-password') =>
  (await eventually(() => mailTo(email, template), { timeoutMs: 15_000, everyMs: 100 })).token;

describe('registering', () => {
  it('answers the user, an access token and a cookie that scripts cannot read', async () => {
    const email = `new-${crypto.randomUUID()}@Gateway.Example`;
    const { body, headers } = await gateway
      .call('post', '/v1/auth/register')
      .send({ email, password: 'a long enough password', name: 'Ada' })
      .expect(201);
    expect(body).toMatchObject({
      user: { email: email.toLowerCase(), name: 'Ada', roles: ['user'], emailVerified: false },
      expiresIn: 900,
      tokenType: 'Bearer',
    });
    const [cookie] = headers['set-cookie'] as unknown as string[];
    for (const part of ['refresh_token=', 'HttpOnly', 'SameSite=Strict', 'Path=/v1/auth', 'Max-Age=604800'])
      expect(cookie).toContain(part);
    await me(body.accessToken as string).expect(200, body.user);
  });

  it('gives an address to one of many who register it at once', async () => {
    const account = { email: `race-${crypto.randomUUID()}@gateway.example`, password: 'a long enough password' };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => gateway.call('post', '/v1/auth/register').send(account)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409)!;
    expect(refused.body).toMatchObject({ type: '/problems/email-taken', status: 409 });
    expect(refused.headers['content-type']).toContain('application/problem+json');
  });

  it.each([
    [{ email: 'no address', password: 'a long enough password' }, 'email'],
    [{ email: 'ada@gateway.example', password: 'too short' }, 'password'],
    [{ email: 'ada@gateway.example', password: 'x'.repeat(257) }, 'password'],
    [{ email: 'ada@gateway.example', password: 'a long enough password', name: 'Ada\u0007\r\nBcc: x' }, 'name'],
    [{ email: 'ada@gateway.example', password: 'a long enough password', admin: true }, 'admin'],
  ])('refuses %j for its %s', async (account, path) => {
    const { body } = await gateway.call('post', '/v1/auth/register').send(account).expect(400);
    expect(body.errors).toEqual([expect.objectContaining({ path })]);
  });
});

describe('signing in', () => {
  it('answers alike for a wrong password and an unknown address', async () => {
    const user = await gateway.register();
    const wrong = await login(user.email, 'not the right password');
    const unknown = await login('nobody@gateway.example', 'not the right password');
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body, requestId: 0 }).toEqual({ ...unknown.body, requestId: 0 });
    await login(user.email.toUpperCase(), user.password).expect(200);
  });

  it('refuses further guesses at one address after ten, from wherever they come', async () => {
    const user = await gateway.register();
    for (let guessed = 0; guessed < 10; guessed++) await login(user.email, `wrong password ${guessed}`).expect(401);
    const { body, headers } = await login(user.email, user.password).expect(429);
    expect(body.type).toBe('/problems/too-many-requests');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    await login((await gateway.register()).email, user.password).expect(200);
  });

  it('refuses a token of another session key, another algorithm, or none', async () => {
    const user = await gateway.register();
    const [head, claims] = user.token.split('.') as [string, string];
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    for (const token of [`${head}.${claims}.c2ln`, `${none}.${claims}.`, 'x', `${user.token}x`]) {
      const { body, headers } = await me(token).expect(401);
      expect(body.type).toBe('/problems/unauthenticated');
      expect(headers['www-authenticate']).toContain('Bearer');
    }
    await gateway.call('get', '/v1/auth/me').expect(401);
  });
});

describe('a session', () => {
  it('rotates its cookie, and one from before the last shown again ends the whole family', async () => {
    const user = await gateway.register();
    const second = await refresh(user.cookie).expect(200);
    const third = await refresh(cookieOf(second.headers)).expect(200);
    await refresh(user.cookie).expect(401);
    await refresh(cookieOf(third.headers)).expect(401);
    await me(third.body.accessToken as string).expect(401);
  });

  it('outlives a second tab that shows the cookie replaced a moment ago, which gets nothing', async () => {
    const user = await gateway.register();
    const second = await refresh(user.cookie).expect(200);
    const { headers } = await refresh(user.cookie).expect(401);
    expect(headers['set-cookie']).toBeUndefined();
    await refresh(cookieOf(second.headers)).expect(200);
  });

  it('is ended by the cookie before the last ten seconds after it was replaced', async () => {
    const clock = new FixedClock(new Date().toISOString());
    const sessions = new SessionTable(gateway.app.get(Dynamo), clock);
    const { refreshToken } = await sessions.open(crypto.randomUUID(), undefined, false);
    const second = await sessions.rotate(refreshToken);
    clock.advance(9_900);
    await expect(sessions.rotate(refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await sessions.isLive(second.userId, second.sessionId)).toBe(true);
    clock.advance(200);
    await expect(sessions.rotate(refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await sessions.isLive(second.userId, second.sessionId)).toBe(false);
  });

  it('is one of fifty at most: the oldest goes', async () => {
    const sessions = gateway.app.get(SessionTable, { strict: false });
    const userId = crypto.randomUUID();
    const opened = [];
    for (let made = 0; made < 52; made++) opened.push(await sessions.open(userId, undefined, false));
    const live = await Promise.all(opened.map(({ sessionId }) => sessions.isLive(userId, sessionId)));
    expect(live.indexOf(true)).toBe(2);
    expect(live.filter(Boolean)).toHaveLength(50);
  });

  it('lets one of two parallel refreshes win, and the winner stays signed in', async () => {
    const user = await gateway.register();
    const answers = await Promise.all([refresh(user.cookie), refresh(user.cookie)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const winner = answers.find(({ status }) => status === 200)!;
    await refresh(cookieOf(winner.headers)).expect(200);
  });

  it('cannot be used by a page of another origin', async () => {
    const { cookie } = await gateway.register();
    await refresh(cookie).set('origin', 'https://evil.example').expect(403);
    await gateway.call('post', '/v1/auth/logout').set('cookie', cookie).set('origin', 'null').expect(403);
    await refresh(cookie).set('origin', 'http://localhost:3000').expect(200);
  });

  it('needs a cookie, and one of ours', async () => {
    await gateway.call('post', '/v1/auth/refresh').expect(401);
    for (const value of ['', 'x', '..', 'A'.repeat(107)]) await refresh(`refresh_token=${value}`).expect(401);
  });

  it('ends when signing out, with its access token', async () => {
    const { cookie, token } = await gateway.register();
    await me(token).expect(200);
    const { headers } = await gateway.call('post', '/v1/auth/logout').set('cookie', cookie).expect(204);
    expect(headers['set-cookie']?.[0]).toContain('Max-Age=0');
    await refresh(cookie).expect(401);
    await me(token).expect(401);
    await gateway.call('post', '/v1/auth/logout').expect(204);
  });

  it('is listed with others of its user in pages, and can be revoked by its user only', async () => {
    const user = await gateway.register();
    const other = await login(user.email, user.password).set('user-agent', 'second device').expect(200);
    const first = await gateway.call('get', '/v1/auth/sessions?limit=1', user).expect(200);
    const rest = await gateway.call('get', `/v1/auth/sessions?cursor=${first.body.nextCursor}`, user).expect(200);
    const all = [...first.body.items, ...rest.body.items];
    expect(all.map(({ current, userAgent }) => [current, userAgent])).toEqual([
      [false, 'second device'],
      [true, null],
    ]);
    expect(rest.body.nextCursor).toBeNull();

    const stranger = await gateway.register();
    const { id } = all[0] as { id: string };
    await gateway.call('delete', `/v1/auth/sessions/${id}`, stranger).expect(404);
    const stolen = await gateway.call('get', `/v1/auth/sessions?cursor=${first.body.nextCursor}`, stranger).expect(400);
    expect(stolen.body.type).toBe('/problems/bad-cursor');
    await gateway.call('delete', `/v1/auth/sessions/${id}`, user).expect(204);
    await me(other.body.accessToken as string).expect(401);
    await gateway.call('delete', `/v1/auth/sessions/${id}`, user).expect(404);
  });
});

describe('mailed tokens', () => {
  it('verify an address once', async () => {
    const user = await gateway.register();
    const token = await tokenFor(user.email, 'verify-email');
    const used = await Promise.all([1, 2, 3].map(() => gateway.call('post', '/v1/auth/verify').send({ token })));
    expect(used.map(({ status }) => status).sort()).toEqual([204, 400, 400]);
    expect((await me(user.token)).body.emailVerified).toBe(true);
  });

  it('set a new password once, end every session, and serve no other purpose', async () => {
    const user = await gateway.register();
    await gateway.call('post', '/v1/auth/password/forgot').send({ email: user.email }).expect(202);
    const token = await tokenFor(user.email, 'reset-password');
    await gateway.call('post', '/v1/auth/verify').send({ token }).expect(400);
    const password = 'another long password';
    await gateway.call('post', '/v1/auth/password/reset').send({ token, password }).expect(204);
    const { body } = await gateway.call('post', '/v1/auth/password/reset').send({ token, password }).expect(400);
    expect(body.type).toBe('/problems/bad-token');
    await me(user.token).expect(401);
    await refresh(user.cookie).expect(401);
    await login(user.email, user.password).expect(401);
    const { body: again, headers } = await login(user.email, password).expect(200);
    expect((await me(signedIn(again, headers).token)).body.emailVerified).toBe(true);
  });

  it('are asked for with one answer, at one time, whoever asks', async () => {
    const user = await gateway.register();
    const timed = async (email: string) => {
      const begun = performance.now();
      const { body } = await gateway.call('post', '/v1/auth/password/forgot').send({ email }).expect(202);
      expect(body).toEqual({});
      return performance.now() - begun;
    };
    const [known, unknown] = [await timed(user.email), await timed('nobody@gateway.example')];
    expect(Math.min(known, unknown)).toBeGreaterThanOrEqual(295);
  });
});
