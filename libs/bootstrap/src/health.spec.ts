import { createServer } from 'node:http';
import { once } from 'node:events';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { type HealthCheck, grpcService, httpService } from './health-checks';
import { HealthModule } from './health.module';
import { ServiceState } from './service-state';
import { testService } from './test-service';

let app: NestFastifyApplication | undefined;
afterEach(async () => app?.close());
function service(): NestFastifyApplication {
  if (!app) throw new Error('not started');
  return app;
}

async function ready(...checks: HealthCheck[]) {
  @Module({ imports: [HealthModule.register({ checks })] })
  class HealthyModule {}
  app = await testService(HealthyModule);
  return request(app.getHttpServer()).get('/health/ready');
}

const works: HealthCheck = { name: 'table a', check: () => Promise.resolve() };
const fails: HealthCheck = { name: 'queue b', check: () => Promise.reject(new Error('no such queue')) };
const hangs: HealthCheck = { name: 'bucket c', check: () => new Promise(() => undefined) };

describe('ready', () => {
  it('is 200 in the format of Terminus when everything answers', async () => {
    const response = await ready(works);
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ status: 'ok', info: { 'table a': { status: 'up' } }, error: {} });
  });

  it('is 503 and names what does not answer', async () => {
    const response = await ready(works, fails);
    expect(response.status).toBe(503);
    expect(response.headers['content-type']).toContain('application/json');
    expect(response.body).toMatchObject({
      status: 'error',
      info: { 'table a': { status: 'up' } },
      error: { 'queue b': { status: 'down', message: 'no such queue' } },
    });
  });

  it('waits two seconds for a check, not longer', async () => {
    const startedAt = performance.now();
    const response = await ready(hangs);
    expect(response.body.error['bucket c'].message).toContain('2000');
    expect(performance.now() - startedAt).toBeLessThan(4000);
  });

  it('tells of other services without depending on them', async () => {
    const up = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(up, 'listening');
    const { port } = up.address() as { port: number };
    const response = await ready(
      httpService(`http://127.0.0.1:${port}/health/live`, 'worker'),
      httpService('http://127.0.0.1:1/health/live', 'notifier'),
      grpcService(`127.0.0.1:${port}`, 'chat'),
      grpcService('127.0.0.1:1', 'chat of another'),
    );
    up.close();
    expect(response.status).toBe(200);
    expect(response.body.info).toMatchObject({
      worker: { status: 'up' },
      notifier: { status: 'up', reported: 'down' },
      chat: { status: 'up' },
      'chat of another': { status: 'up', reported: 'down' },
    });
    expect(response.body.info.worker.reported).toBeUndefined();
  });

  it('asks a dependency once for many questions', async () => {
    let asked = 0;
    const counted: HealthCheck = { name: 'counted', check: () => Promise.resolve((asked += 1)) };
    await ready(counted);
    const server = service().getHttpServer();
    await Promise.all(Array.from({ length: 5 }, () => request(server).get('/health/ready')));
    expect(asked).toBe(1);
  });
});

it('live does not look at dependencies, and turns to 503 when the process drains', async () => {
  await ready(fails);
  const live = () => request(service().getHttpServer()).get('/health/live');
  expect((await live()).body).toEqual({ status: 'ok' });
  service().get(ServiceState).startDraining();
  const response = await live();
  expect([response.status, response.body]).toEqual([503, { status: 'draining' }]);
});
