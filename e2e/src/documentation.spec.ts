import { topology } from '@stocktool/topology';
import { api, baseUrl } from './client';

describe('what is open', () => {
  it('serves a document that describes every route', async () => {
    const { status, body } = await api('GET', '/openapi.json');
    expect(status).toBe(200);
    expect(body.openapi).toMatch(/^3\./);
    for (const path of [
      '/v1/analyses',
      '/v1/chat/stream',
      '/v1/auth/register',
      '/v1/subscriptions',
      '/v1/quotes/{symbol}',
    ])
      expect(body.paths).toHaveProperty([path]);
  });

  it('serves Swagger, its assets and a first page', async () => {
    const docs = await api('GET', '/docs');
    expect(docs.status === 200 || docs.status === 302).toBe(true);
    const home = await api('GET', '/');
    expect(home.text).toContain('/docs');
    expect(home.text).toContain('curl');
    expect((await api('GET', '/docs/swagger-ui-bundle.js')).status).toBe(200);
  });

  it.each(Object.values(topology.services))('tells the health of $name on its own port', async ({ httpPort }) => {
    const port = Number(new URL(baseUrl).port) - topology.services.apiGateway.httpPort + httpPort;
    const live = await api('GET', `http://127.0.0.1:${port}/health/live`);
    expect(live).toMatchObject({ status: 200, body: { status: 'ok' } });
    const ready = await api('GET', `http://127.0.0.1:${port}/health/ready`);
    expect(ready).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});
