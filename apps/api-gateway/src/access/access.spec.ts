import { Controller, Get } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { testGateway, type TestGateway } from '../gateway.fixture';
import { AccessDeclarations } from './access-declarations';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway({ RATE_LIMIT_PER_MINUTE: '40', AUTH_RATE_LIMIT_PER_MINUTE: '12' });
});
afterAll(() => gateway.close());

const open = [
  'GET /',
  'GET /dev/inbox',
  'GET /verify-email',
  'GET /reset-password',
  'GET /confirm-subscription',
  'POST /v1/auth/register',
  'POST /v1/auth/login',
  'POST /v1/auth/refresh',
  'POST /v1/auth/logout',
  'POST /v1/auth/verify',
  'POST /v1/auth/password/forgot',
  'POST /v1/auth/password/reset',
  'POST /v1/subscriptions/confirm',
  'GET /v1/subscriptions/unsubscribe',
  'POST /v1/subscriptions/unsubscribe',
];

describe('access', () => {
  it('is declared by every route, and only the routes of this list are open', () => {
    const routes = gateway.app.get(AccessDeclarations).routes();
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.filter(({ rule }) => rule === undefined)).toEqual([]);
    const opened = routes.filter(({ rule }) => rule === 'open').map(({ method, path }) => `${method} ${path}`);
    expect(opened.sort()).toEqual([...open].sort());
    expect(routes.filter(({ path }) => path.startsWith('/v1/admin')).every(({ rule }) => rule === 'admin')).toBe(true);
  });

  it('keeps a gateway with an undeclared route from starting', () => {
    @Controller('v1/forgotten')
    class Forgotten {
      @Get()
      list(): string[] {
        return [];
      }
    }
    const discovery = { getControllers: () => [{ metatype: Forgotten }] } as unknown as DiscoveryService;
    const declarations = new AccessDeclarations(discovery, new MetadataScanner(), new Reflector());
    expect(() => declarations.onModuleInit()).toThrow(/Forgotten\.list/);
  });

  it('is refused with 401 on every other route without credentials', async () => {
    const routes = gateway.app.get(AccessDeclarations).routes();
    const fresh = await testGateway();
    try {
      for (const { method, path, rule } of routes) {
        if (rule === 'open') continue;
        const verb = method.toLowerCase() as 'get';
        const url = path.replace(/:\w+/g, 'x');
        expect([method, path, (await fresh.call(verb, url)).status]).toEqual([method, path, 401]);
      }
    } finally {
      await fresh.close();
    }
  });

  it('limits a user, however many sessions and keys it has', async () => {
    const user = await gateway.register();
    const { body } = await gateway.call('post', '/v1/api-keys', user).send({ name: 'more' }).expect(201);
    for (let used = 1; used < 40; used++) await gateway.call('get', '/v1/auth/me', user).expect(200);
    await gateway
      .call('get', '/v1/auth/me')
      .set('x-api-key', body.key as string)
      .expect(429);
    const again = await gateway.call('post', '/v1/auth/login').send({ email: user.email, password: user.password });
    await gateway.call('get', '/v1/auth/me', { token: again.body.accessToken as string }).expect(429);
  });

  it('limits each user by itself, and says so in headers', async () => {
    const [one, other] = [await gateway.register(), await gateway.register()];
    const first = await gateway.call('get', '/v1/auth/me', one).expect(200);
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '40', 'ratelimit-remaining': '39' });
    expect(Number(first.headers['ratelimit-reset'])).toBeGreaterThan(0);
    for (let used = 1; used < 40; used++) await gateway.call('get', '/v1/auth/me', one).expect(200);
    const { body, headers } = await gateway.call('get', '/v1/auth/me', one).expect(429);
    expect(body).toMatchObject({ type: '/problems/too-many-requests', status: 429 });
    expect(headers['content-type']).toContain('application/problem+json');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers['ratelimit-remaining']).toBe('0');
    await gateway.call('get', '/v1/auth/me', other).expect(200);
  });

  it('limits an address on the sign-in routes', async () => {
    const login = () => gateway.call('post', '/v1/auth/login').send({ email: 'a@gateway.example', password: 'x' });
    const statuses: number[] = [];
    for (let tried = 0; tried < 12; tried++) statuses.push((await login()).status);
    expect(statuses).toContain(401);
    expect(statuses.at(-1)).toBe(429);
  });

  it('limits an address that guesses keys, before they are looked up', async () => {
    const guess = () => gateway.call('get', '/v1/auth/me').set('x-api-key', 'stk_guess');
    for (let tried = 0; tried < 40; tried++) await guess();
    await guess().expect(429);
  });
});

describe('every answer', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await testGateway();
  });
  afterAll(() => gateway.close());

  it('carries security headers and the request id, and tells nothing of the inside', async () => {
    const { headers, body, text } = await gateway.call('get', '/v1/nothing').set('x-request-id', 'mine-1').expect(404);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'cache-control': 'no-store',
      'x-request-id': 'mine-1',
      'content-type': expect.stringContaining('application/problem+json'),
    });
    expect(body).toMatchObject({ type: '/problems/not-found', instance: '/v1/nothing', requestId: 'mine-1' });
    expect(text).not.toMatch(/node_modules|\.ts|stack/);
  });

  it('refuses what is no JSON with 400, another media type with 415, too much with 413', async () => {
    const send = async (type: string, text: string) => {
      const answer = await gateway.call('post', '/v1/auth/login').set('content-type', type).send(text);
      return [answer.status, answer.body.type];
    };
    expect(await send('application/json', '{"email":')).toEqual([400, '/problems/malformed-json']);
    for (const type of ['text/csv', 'application/xml', 'application/x-www-form-urlencoded'])
      expect([type, ...(await send(type, 'a=b'))]).toEqual([type, 415, '/problems/unsupported-media-type']);
    const large = JSON.stringify({ a: 'x'.repeat(17_000) });
    expect(await send('application/json', large)).toEqual([413, '/problems/body-too-large']);
  });

  it('costs a stranger who sends a megabyte of brackets little', async () => {
    const begun = performance.now();
    const { status, body } = await gateway
      .call('post', '/v1/analyses')
      .set('content-type', 'application/json')
      .send('['.repeat(1_000_000));
    expect([status, body.type]).toEqual([400, '/problems/malformed-json']);
    expect(performance.now() - begun).toBeLessThan(500);
    const deep = (levels: number) => '['.repeat(levels) + JSON.stringify('[{"\\') + ']'.repeat(levels);
    const sent = async (levels: number) =>
      (await gateway.call('post', '/v1/analyses').set('content-type', 'application/json').send(deep(levels))).status;
    expect([await sent(32), await sent(33)]).toEqual([401, 400]);
    const tooMuch = JSON.stringify({ a: 'x'.repeat(1_100_000) });
    await gateway.call('post', '/v1/analyses').set('content-type', 'application/json').send(tooMuch).expect(413);
  });

  it('shows a home page without scripts that links documentation and health', async () => {
    const { text, headers } = await gateway.call('get', '/').expect(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    for (const part of ['/docs', '/openapi.json', '/health/ready', 'curl']) expect(text).toContain(part);
    expect(text).not.toContain('<script');
  });

  it('leads to the inbox where there is one', async () => {
    await gateway.call('get', '/dev/inbox').expect(404);
    const local = await testGateway({ DEV_INBOX_URL: 'http://localhost:4999/' });
    const { headers } = await local.call('get', '/dev/inbox').expect(302);
    expect(headers['location']).toBe('http://localhost:4999/');
    await local.close();
  });
});
