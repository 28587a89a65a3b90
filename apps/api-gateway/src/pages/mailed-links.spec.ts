import { createHash } from 'node:crypto';
import { testGateway, type TestGateway } from '../gateway.fixture';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
});
afterAll(() => gateway.close());

describe('the page of a mailed link', () => {
  it.each([
    ['/verify-email', '/v1/auth/verify', 'when needed'],
    ['/reset-password', '/v1/auth/password/reset', 'always'],
    ['/confirm-subscription', '/v1/subscriptions/confirm', 'never'],
  ])('%s leads to %s by a script and a style that its policy names', async (path, route, asksPassword) => {
    const { text, headers } = await gateway.call('get', path).expect(200);
    expect(headers['content-type']).toContain('text/html');
    expect(text).toContain(`action="${route}"`);
    expect(text.includes('name="password"')).toBe(asksPassword !== 'never');
    expect(text.includes('<fieldset hidden disabled>')).toBe(asksPassword === 'when needed');
    const policy = headers['content-security-policy']!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    for (const [tag, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const [, content] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(text)!;
      const hash = createHash('sha256').update(content!).digest('base64');
      expect(policy).toContain(`${directive} 'sha256-${hash}'`);
    }
    expect(text).not.toMatch(/ on\w+=|style="|https?:/);
    // The route is there and takes what the script sends.
    const body = { token: 'x'.repeat(40), ...(asksPassword !== 'never' && { password: 'a long enough password' }) };
    const answer = await gateway.call('post', route).send(body).expect(400);
    expect(answer.body.type).toBe('/problems/bad-token');
  });

  it('is not told of in refusals: what stands behind the question mark may be a secret', async () => {
    const { text } = await gateway.call('get', '/verify-mail?token=secret-of-a-mail').expect(404);
    expect(text).not.toContain('secret-of-a-mail');
  });
});

describe('readiness', () => {
  it('tells of the other services by name, wherever they are', async () => {
    const away = await testGateway({ SERVICE_HEALTH_URLS: 'chat=http://127.0.0.1:9/health/live' });
    const { body } = await away.call('get', '/health/ready');
    const { chat, 'chat (gRPC)': rpc, notifier } = { ...body.info, ...body.error, ...body.details };
    for (const other of [chat, rpc, notifier]) expect(other).toMatchObject({ status: 'up' });
    expect(JSON.stringify(body)).not.toContain('parse URL');
    await away.close();
  });
});
