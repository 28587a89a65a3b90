import { api, eventually, lettersTo, newUser } from './client';

const cookieOf = (headers: Headers): string => /refresh_token=[^;]+/.exec(headers.get('set-cookie') ?? '')?.[0] ?? '';

describe('accounts', () => {
  it('answers alike for a wrong password and an unknown address', async () => {
    const user = await newUser();
    const wrong = await api('POST', '/v1/auth/login', { body: { email: user.email, password: 'not the password' } });
    const unknown = await api('POST', '/v1/auth/login', {
      body: { email: `x${user.email}`, password: 'not the password' },
    });
    expect(wrong.status).toBe(401);
    expect({ ...wrong.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
  });

  it('registers an address once, also when two do it at the same moment', async () => {
    const body = { email: `${crypto.randomUUID()}@stocktool.example`, password: 'a long password' };
    const answers = await Promise.all([1, 2, 3].map(() => api('POST', '/v1/auth/register', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('rotates refresh tokens, and a reused one ends the session', async () => {
    const user = await newUser();
    const login = await api('POST', '/v1/auth/login', { body: { email: user.email, password: user.password } });
    const first = cookieOf(login.headers);
    expect(login.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/i);
    const second = await api('POST', '/v1/auth/refresh', { headers: { cookie: first } });
    expect(second.status).toBe(200);
    expect(cookieOf(second.headers)).not.toBe(first);
    const third = await api('POST', '/v1/auth/refresh', { headers: { cookie: cookieOf(second.headers) } });
    expect(third.status).toBe(200);
    expect((await api('POST', '/v1/auth/refresh', { headers: { cookie: first } })).status).toBe(401);
    expect((await api('POST', '/v1/auth/refresh', { headers: { cookie: cookieOf(third.headers) } })).status).toBe(401);
  });

  it('refuses a refresh from another origin', async () => {
    const user = await newUser();
    const login = await api('POST', '/v1/auth/login', { body: { email: user.email, password: user.password } });
    const headers = { cookie: cookieOf(login.headers), origin: 'https://evil.example' };
    expect((await api('POST', '/v1/auth/refresh', { headers })).status).toBe(403);
  });

  it('lets a key do what its scopes say, until it is removed', async () => {
    const user = await newUser();
    const made = await api('POST', '/v1/api-keys', { token: user.token, body: { name: 'reader', scopes: ['read'] } });
    expect(made.status).toBe(201);
    const apiKey = made.body.key as string;
    expect((await api('GET', '/v1/quotes/AAPL', { apiKey })).status).toBe(200);
    expect((await api('POST', '/v1/analyses', { apiKey, body: {} })).status).toBe(403);
    const { body: list } = await api('GET', '/v1/api-keys', { token: user.token });
    expect(JSON.stringify(list)).not.toContain(apiKey);
    expect((await api('DELETE', `/v1/api-keys/${made.body.id}`, { token: user.token })).status).toBe(204);
    await eventually(
      'the key to be refused',
      async () => (await api('GET', '/v1/quotes/AAPL', { apiKey })).status === 401,
      35_000,
    );
  });

  it('resets a password by mailed token, once', async () => {
    const user = await newUser();
    expect((await api('POST', '/v1/auth/password/forgot', { body: { email: user.email } })).status).toBe(202);
    expect(
      (await api('POST', '/v1/auth/password/forgot', { body: { email: 'nobody@stocktool.example' } })).status,
    ).toBe(202);
    const letter = await eventually('the mail', async () =>
      (await lettersTo(user.email)).find(({ text }) => /reset/i.test(text)),
    );
    const token = /token=([A-Za-z0-9._~-]+)/.exec(letter.text)?.[1];
    const password = 'another long password';
    expect((await api('POST', '/v1/auth/password/reset', { body: { token, password } })).status).toBeLessThan(300);
    expect((await api('POST', '/v1/auth/password/reset', { body: { token, password } })).status).toBe(400);
    expect((await api('POST', '/v1/auth/login', { body: { email: user.email, password } })).status).toBe(200);
    expect((await api('POST', '/v1/auth/login', { body: { email: user.email, password: user.password } })).status).toBe(
      401,
    );
  });
});
