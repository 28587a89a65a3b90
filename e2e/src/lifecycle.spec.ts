import { SetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { topology } from '@stocktool/topology';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { awsSettings, strandedAnalysis } from './aws';
import { api, type CallOptions, eventually, portfolio, stateDirectory } from './client';
import { isAlive, OwnSystem, processorSeconds } from './own-system';

const directory = `${stateDirectory}-lifecycle`;
rmSync(directory, { recursive: true, force: true });
const system = new OwnSystem(Number(process.env['E2E_PORT_OFFSET'] ?? 12_000) + 1000, directory, {
  LEASE_SECONDS: '5',
  VISIBILITY_SECONDS: '6',
  SWEEP_SECONDS: '1',
});
const call = (method: string, route: string, options: CallOptions = {}) =>
  api(method, route.startsWith('http') ? route : `${system.baseUrl}${route}`, options);

const account = { email: `${crypto.randomUUID()}@stocktool.example`, password: 'a long password to keep' };
const twenty = 'AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM'.split(' ');
const large = {
  holdings: twenty.map((symbol) => ({ symbol, weight: 1 / twenty.length })),
  from: '2013-01-02',
  to: '2022-12-28',
};

let user: { id: string; apiKey: string };
/** Queued when the system was stopped. */
let waiting: string[] = [];

const post = async (request: object): Promise<string> => {
  const answer = await call('POST', '/v1/analyses', { apiKey: user.apiKey, body: request });
  expect(answer.status).toBe(202);
  return answer.body.id as string;
};
const ended = (id: string) =>
  eventually(
    `analysis ${id} finished`,
    async () => {
      const { body } = await call('GET', `/v1/analyses/${id}`, { apiKey: user.apiKey });
      return ['succeeded', 'failed', 'cancelled'].includes(body.status as string) && body;
    },
    90_000,
  );

/** No process of these lives and nothing listens on the system's ports. */
const nothingLeft = async (processIds: readonly number[], timeoutMs: number) => {
  const left = async () => [...processIds.filter(isAlive), ...(await system.openPorts())];
  await eventually('every process has ended', async () => (await left()).length === 0, timeoutMs);
};

const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
const noStack = /\n\s+at |node:internal|\.ts:\d/;

beforeAll(async () => {
  await system.start('--workers', '2');
  const { body } = await call('POST', '/v1/auth/register', { body: account });
  const key = await call('POST', '/v1/api-keys', {
    token: body.accessToken as string,
    body: { name: 'kept', scopes: ['read', 'write'] },
  });
  user = { id: body.user.id as string, apiKey: key.body.key as string };
});

afterAll(() => system.interrupt());

describe('a system that runs', () => {
  it('has as many workers as were asked for, and all of them work', async () => {
    const workers = ['analysis-worker', 'analysis-worker-2'].map((name) => system.processes[name] ?? 0);
    const before = workers.map(processorSeconds);
    const ids = await Promise.all(Array.from({ length: 60 }, () => post(large)));
    for (const id of ids) expect(await ended(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
    const used = workers.map((worker, index) => processorSeconds(worker) - (before[index] ?? 0));
    const all = used.reduce((sum, seconds) => sum + seconds, 0);
    for (const seconds of used) expect(seconds / all).toBeGreaterThan(0.15);
  });

  it('is found well by the doctor, until something was changed by hand', async () => {
    const well = await system.command('doctor');
    expect(well).toMatchObject({ code: 0, output: expect.stringContaining('All well') });
    const sqs = new SQSClient(awsSettings(system.awsUrl));
    const { name } = topology.queues.metrics;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '7' } }));
    sqs.destroy();
    const wrong = await system.command('doctor');
    expect(wrong.code).toBe(1);
    const named = lines(wrong.output).filter((line) => line.startsWith('WRONG'));
    expect(named).toEqual([expect.stringMatching(new RegExp(`${name}.*VisibilityTimeout`))]);
  });

  it('runs the demo, which ends by itself with 0', async () => {
    const { code, output } = await system.command('demo');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/Total return +\S+ %/) });
  });

  it('is left alone by a second start, which says so in one line', async () => {
    const before = system.processes;
    const { code, output } = await system.command('up');
    expect(code).toBe(1);
    expect(lines(output)).toEqual([expect.stringContaining('already runs')]);
    expect(system.processes).toEqual(before);
    expect((await call('GET', '/health/ready')).status).toBe(200);
  });

  it('starts a child again that died, and says so in one line', async () => {
    const { chat } = system.processes;
    const seen = system.output.length;
    process.kill(chat ?? 0, 'SIGKILL');
    await eventually('another chat process', () => Promise.resolve(system.processes['chat'] !== chat));
    await eventually('chat answers', async () => {
      const { status } = await call('POST', '/v1/chat', { apiKey: user.apiKey, body: { message: 'What is beta?' } });
      return status === 200;
    });
    expect(lines(system.output.slice(seen))).toEqual(['chat was ended by SIGKILL; started again (1 of 5).']);
  });
});

describe('a start that cannot succeed', () => {
  it('names the port that is taken in one line, with exit code 1', async () => {
    const offset = system.offset + 500;
    const taken = topology.services.notifier.httpPort + offset;
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
    const { code, output } = await system.command('up', {
      PORT_OFFSET: String(offset),
      STATE_DIR: `${directory}-taken`,
    });
    server.close();
    expect(code).toBe(1);
    expect(lines(output)).toEqual([expect.stringMatching(new RegExp(`^Port ${taken} \\(notifier\\) is in use`))]);
    expect(output).not.toMatch(noStack);
  });
});

describe('a stop and another start', () => {
  const headers = { 'idempotency-key': `kept-${crypto.randomUUID()}` };

  it('leave nothing behind within 10 s, and keep everything', async () => {
    const { apiKey } = user;
    const own = await call('PUT', '/v1/price-series/HOUSE', {
      apiKey,
      headers: { 'content-type': 'text/csv' },
      text: 'date,close\n2020-01-02,100\n2020-01-03,101.5\n2020-01-06,99.25\n',
    });
    expect(own.status).toBe(201);
    const accepted = await call('POST', '/v1/analyses', { apiKey, headers, body: portfolio });
    const analysis = await ended(accepted.body.id as string);
    const report = `/v1/analyses/${analysis.id}/report`;
    const page = await call('GET', (await call('GET', report, { apiKey })).headers.get('location') ?? '');
    const chat = await call('POST', '/v1/chat', { apiKey, body: { message: 'What is the price of AAPL?' } });
    const conversation = `/v1/conversations/${chat.body.conversationId}`;
    const said = await call('GET', conversation, { apiKey });
    expect(said.body.messages).toHaveLength(2);

    const stranded = await strandedAnalysis(system.awsUrl, {
      userId: user.id,
      finishedId: analysis.id as string,
      dueAt: new Date(Date.now() + 4000),
    });
    waiting = [stranded, ...(await Promise.all(Array.from({ length: 80 }, () => post(large))))];
    const processIds = [system.processId, ...Object.values(system.processes)];
    const { code, milliseconds } = await system.interrupt();
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(10_000);
    await nothingLeft(processIds, 200);

    await system.start();
    expect(await call('POST', '/v1/auth/login', { body: account })).toMatchObject({ status: 200 });
    expect((await call('GET', '/v1/auth/me', { apiKey })).body).toMatchObject({ id: user.id });
    expect((await call('GET', `/v1/analyses/${analysis.id}`, { apiKey })).body).toEqual(analysis);
    const again = await call('GET', (await call('GET', report, { apiKey })).headers.get('location') ?? '');
    expect(again).toMatchObject({ status: 200, text: page.text });
    expect((await call('GET', conversation, { apiKey })).body).toEqual(said.body);
    expect((await call('GET', '/v1/price-series', { apiKey })).body.items).toMatchObject([
      { symbol: '~HOUSE', rows: 3 },
    ]);
    const repeated = await call('POST', '/v1/analyses', { apiKey, headers, body: portfolio });
    expect(repeated).toMatchObject({ status: 202, body: accepted.body });
    expect((await system.command('doctor')).code).toBe(0);
  });
});

describe('a runner that is killed hard', () => {
  it('leaves nothing behind for more than a few seconds', async () => {
    const processIds = Object.values(system.processes);
    process.kill(system.processes['runner'] ?? 0, 'SIGKILL');
    await nothingLeft([system.processId, ...processIds], 12_000);
  });

  it('together with what npm started, is cleaned up after by the next start', async () => {
    await system.start('--workers', '2');
    const orphans = Object.entries(system.processes).flatMap(([name, id]) => (name === 'runner' ? [] : [id]));
    process.kill(system.processId, 'SIGKILL');
    process.kill(system.processes['runner'] ?? 0, 'SIGKILL');
    await system.start();
    expect(orphans.filter(isAlive)).toEqual([]);
    expect((await call('GET', '/health/ready')).status).toBe(200);
  });

  it('loses no analysis: all that waited at the stop have succeeded in the end', async () => {
    for (const id of waiting) expect(await ended(id)).toMatchObject({ id, status: 'succeeded' });
    const { code } = await system.interrupt();
    expect(code).toBe(0);
    expect(await system.openPorts()).toEqual([]);
  });
});
