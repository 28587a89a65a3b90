import { connect } from 'node:net';
import { Body, ConflictException, Controller, Get, HttpException, Module, Post, Query, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from '@stocktool/contracts';
import { Metrics, RequestContext } from '@stocktool/observability';
import type { FastifyReply } from 'fastify';
import request from 'supertest';
import { z } from 'zod';
import { HealthModule } from './health.module';
import { testService } from './test-service';

const Holding = z.strictObject({ symbol: z.string(), weight: z.number() });
const Portfolio = z.strictObject({ holdings: z.array(Holding).min(1), note: z.string().optional() });
type Portfolio = z.infer<typeof Portfolio>;
const Page = z.strictObject({ limit: z.coerce.number().int().max(100).default(20) });
type Page = z.infer<typeof Page>;

@Controller('v1/things')
class ThingsController {
  @Post()
  create(@Body({ schema: Portfolio }) body: Portfolio): unknown {
    return { holdings: body.holdings.length, requestId: RequestContext.current()?.requestId };
  }

  @Get()
  list(@Query({ schema: Page }) page: Page): Page {
    return page;
  }

  @Get('missing')
  missing(): never {
    throw new Problem('analysis-not-found', 'No analysis 42');
  }

  @Get('busy')
  busy(): never {
    throw new Problem('too-many-requests', 'Slow down.', { retryAfterSeconds: 6.2 });
  }

  @Get('conflict')
  conflict(): never {
    throw new ConflictException('two at once');
  }

  @Get('bug')
  bug(): never {
    throw new Error('connection string postgres://user:hunter2@db');
  }

  @Get('nest-bug')
  nestBug(): never {
    throw new HttpException('hunter2', 500);
  }

  @Get('items/:id')
  item(): { ok: boolean } {
    return { ok: true };
  }

  @Get('events')
  events(@Res() reply: FastifyReply): void {
    const { raw } = beginStream(reply);
    raw.write('data: one\n\n');
    setImmediate(() => raw.end());
  }

  @Get('broken-events')
  async brokenEvents(@Res() reply: FastifyReply): Promise<void> {
    beginStream(reply).raw.write('data: one\n\n');
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('hunter2');
  }
}

/** As the gateway's event streams begin. */
function beginStream(reply: FastifyReply): FastifyReply {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value!);
  reply.raw.setHeader('content-type', 'text/event-stream');
  return reply;
}

@Module({ imports: [HealthModule.register({ checks: [] })], controllers: [ThingsController] })
class ThingsModule {}

const lines: string[] = [];
let app: NestFastifyApplication;
const http = () => request(app.getHttpServer());
const lineOf = (part: string) => lines.filter((line) => line.includes(part));

beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) };
  app = await testService(ThingsModule, { log: { level: 'info', destination } });
});
afterAll(() => app.close());

const expectProblem = (response: request.Response, status: number, code: string) => {
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(response.status).toBe(status);
  expect(response.body).toMatchObject({
    type: `/problems/${code}`,
    status,
    requestId: response.headers['x-request-id'],
  });
  expect(response.body.instance).toBe(response.request.url.replace(/^https?:\/\/[^/]+/, '').split('?')[0]);
};

describe('validation', () => {
  it('names each field that does not fit, in dots, and each unknown one', async () => {
    const response = await http()
      .post('/v1/things')
      .send({ holdings: [{ symbol: 'AAPL', weight: '1', colour: 'red' }], extra: 1 });
    expectProblem(response, 400, 'validation-failed');
    expect(response.body.errors).toEqual([
      { path: 'holdings.0.weight', message: expect.stringContaining('number') },
      { path: 'holdings.0.colour', message: 'unknown field' },
      { path: 'extra', message: 'unknown field' },
    ]);
  });

  it('names at most 50 faults of 10 000', async () => {
    const response = await http()
      .post('/v1/things')
      .send({ holdings: Array.from({ length: 10_000 }, () => ({ symbol: 1, weight: 1 })) });
    expectProblem(response, 400, 'validation-failed');
    expect(response.body.errors).toHaveLength(50);
  });

  it('checks and converts queries', async () => {
    expect((await http().get('/v1/things?limit=7')).body).toEqual({ limit: 7 });
    expectProblem(await http().get('/v1/things?limit=700'), 400, 'validation-failed');
  });

  it('takes out of a query what would reach for a prototype, and refuses other unknown fields', async () => {
    expect((await http().get('/v1/things?limit=7&constructor=1&__proto__=2&prototype=3')).body).toEqual({ limit: 7 });
    expectProblem(await http().get('/v1/things?limit=7&other=1'), 400, 'validation-failed');
  });

  it('refuses a missing body', async () => {
    expectProblem(await http().post('/v1/things'), 400, 'validation-failed');
    expectProblem(
      await http().post('/v1/things').set('content-type', 'application/json').send(''),
      400,
      'validation-failed',
    );
  });
});

describe('what never reaches a route', () => {
  it('tells malformed JSON', async () => {
    const response = await http().post('/v1/things').set('content-type', 'application/json').send('{"a":');
    expectProblem(response, 400, 'malformed-json');
  });

  it('refuses a body over 1 MB', async () => {
    const response = await http()
      .post('/v1/things')
      .send({ note: 'x'.repeat(1_048_577) });
    expectProblem(response, 413, 'body-too-large');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])('refuses %s', async (type) => {
    expectProblem(await http().post('/v1/things').set('content-type', type).send('a=b'), 415, 'unsupported-media-type');
  });

  it('tells an unknown route and a broken address', async () => {
    expectProblem(await http().get('/nowhere?x=1'), 404, 'not-found');
    expectProblem(await http().get('/v1/things/%E0%A4%A'), 400, 'validation-failed');
  });

  it('refuses a body that would poison a prototype', async () => {
    const response = await http()
      .post('/v1/things')
      .set('content-type', 'application/json')
      .send('{"__proto__":{"a":1}}');
    expect(response.status).toBe(400);
  });
});

describe('exceptions', () => {
  it('gives a problem its status and detail', async () => {
    const response = await http().get('/v1/things/missing');
    expectProblem(response, 404, 'analysis-not-found');
    expect(response.body).toMatchObject({ title: 'Analysis not found', detail: 'No analysis 42' });
  });

  it('says when to come back, in whole seconds', async () => {
    const response = await http().get('/v1/things/busy');
    expectProblem(response, 429, 'too-many-requests');
    expect(response.headers['retry-after']).toBe('7');
  });

  it('answers a Nest exception without a row of ours as about:blank', async () => {
    const response = await http().get('/v1/things/conflict');
    expect(response.body).toMatchObject({ type: 'about:blank', status: 409, title: 'Conflict', detail: 'two at once' });
  });

  it.each(['bug', 'nest-bug'])('keeps a %s to itself and logs it once', async (path) => {
    const response = await http().get(`/v1/things/${path}`).set('x-request-id', `${path}-1`);
    expectProblem(response, 500, 'internal-error');
    expect(response.text).not.toContain('hunter2');
    expect(lineOf(`${path}-1`).filter((line) => line.includes('"err"'))).toHaveLength(1);
  });
});

describe('request id', () => {
  it('takes over a plain one, into answer, context and log line', async () => {
    const response = await http()
      .post('/v1/things')
      .set('x-request-id', 'abc-123')
      .send({ holdings: [{ symbol: 'A', weight: 1 }] });
    expect(response.headers['x-request-id']).toBe('abc-123');
    expect(response.body).toEqual({ holdings: 1, requestId: 'abc-123' });
    const [line] = lineOf('abc-123');
    expect(JSON.parse(line ?? '')).toMatchObject({
      route: '/v1/things',
      method: 'POST',
      status: 201,
      requestId: 'abc-123',
    });
  });

  it.each(['x'.repeat(129), 'a b', '{"a":1}', ''])('makes a new one instead of %j', async (id) => {
    const response = await http().get('/v1/things').set('x-request-id', id);
    expect(response.headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
  });

  it('is on event streams and problems of unknown routes too', async () => {
    expect((await http().get('/v1/things/events').set('x-request-id', 'sse-1')).headers['x-request-id']).toBe('sse-1');
    expect((await http().get('/nowhere').set('x-request-id', 'lost-1')).headers['x-request-id']).toBe('lost-1');
  });
});

describe('metrics and lines of requests', () => {
  it('uses route templates, counts only our failures as errors, gives streams no latency', async () => {
    const metrics = app.get(Metrics);
    metrics.drain();
    await http().get('/v1/things/items/1');
    await http().get('/v1/things/items/2');
    await http().get('/v1/things/missing');
    await http().get('/v1/things/bug');
    await http().get('/nowhere-1');
    await http().get('/nowhere-2');
    await http().get('/v1/things/events');
    await http().get('/health/live');
    const series = metrics.drain().map(({ name, dimensions, values, counts }) => ({
      key: [name, ...Object.values(dimensions)].join(' '),
      total: name === 'APILatency' ? counts.reduce((sum, count) => sum + count) : values[0],
    }));
    expect(Object.fromEntries(series.map(({ key, total }) => [key, total]))).toEqual({
      Requests: 7,
      'Requests GET /v1/things/items/:id': 2,
      'Requests GET /v1/things/missing': 1,
      'Requests GET /v1/things/bug': 1,
      'Requests GET /v1/things/events': 1,
      'Requests unmatched': 2,
      Errors: 1,
      'Errors GET /v1/things/bug': 1,
      APILatency: 6,
      'APILatency GET /v1/things/items/:id': 2,
      'APILatency GET /v1/things/missing': 1,
      'APILatency GET /v1/things/bug': 1,
      'APILatency unmatched': 2,
    });
  });

  it('writes no line at info for health', async () => {
    lines.length = 0;
    await http().get('/health/live');
    expect(lines).toEqual([]);
  });
});

describe('streams that break', () => {
  it('end without telling why', async () => {
    const response = await http().get('/v1/things/broken-events');
    expect(response.status).toBe(200);
    expect(response.text).toContain('data: one');
    expect(response.text).not.toContain('hunter2');
  });
});

describe('bytes that are no HTTP', () => {
  it('get a problem too', async () => {
    await app.listen(0, '127.0.0.1');
    const socket = connect({ port: Number(new URL(await app.getUrl()).port), host: '127.0.0.1' });
    socket.write('NONSENSE\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    expect(text).toContain('HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json');
    expect(text).toContain('/problems/validation-failed');
  });
});
