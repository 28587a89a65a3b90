import type { AddressInfo } from 'node:net';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { eventually } from '@stocktool/testing';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { AnalysisWatch } from './analysis-watch';
import { worker } from './worker.fixture';

let gateway: TestGateway;
let user: TestUser;
let base: string;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
  await gateway.app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(gateway.app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => gateway.close());

const portfolio = { holdings: [{ symbol: 'AAPL', weight: 1 }], from: '2014-01-02', to: '2015-12-31' };
const begin = async () =>
  (await gateway.call('post', '/v1/analyses', user).send(portfolio).expect(202)).body.id as string;

/** Opens the stream and gathers its events as they come. */
async function watch(analysisId: string, lastEventId?: string) {
  const abort = new AbortController();
  const response = await fetch(`${base}/v1/analyses/${analysisId}/events`, {
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${user.token}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  const events: (EventSourceMessage & { data: string })[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const ended = (async () => {
    if (!response.body) return;
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) parser.feed(chunk);
  })();
  return { response, events, ended, leave: () => abort.abort() };
}

describe('the events of an analysis', () => {
  it('tell each status and progress as it happens, with growing ids, and end when it is done', async () => {
    const id = await begin();
    const { response, events, ended } = await watch(id);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('x-request-id')).toMatch(/./);
    const { start, progress, renew, succeed } = worker(gateway.app);
    await eventually(() => events.length === 1);
    const attempt = await start(user.id, id);
    await eventually(() => events.length === 2);
    await renew(attempt); // nothing that anybody would see
    await progress(attempt, 0.5);
    await eventually(() => events.length === 3);
    await succeed(attempt);
    await ended;
    expect(events.map(({ event }) => event)).toEqual(['status', 'status', 'progress', 'status', 'done']);
    const data = events.map((event) => JSON.parse(event.data));
    expect(data.slice(0, 3)).toEqual([
      { id, status: 'queued', progress: 0, attempts: 0 },
      { id, status: 'running', progress: 0, attempts: 1 },
      { id, progress: 0.5 },
    ]);
    expect(data[4]).toMatchObject({ id, status: 'succeeded', progress: 1, attempts: 1 });
    const ids = events.map((event) => Number(event.id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  it('go on after the last one that was received; who has them all is told to stop asking', async () => {
    const id = await begin();
    const first = await watch(id);
    await eventually(() => first.events.length === 1);
    first.leave();
    await first.ended.catch(() => undefined);
    const { start, succeed } = worker(gateway.app);
    await succeed(await start(user.id, id));
    const rest = await watch(id, first.events[0]!.id);
    await rest.ended;
    expect(rest.events.map(({ event }) => event)).toEqual(['status', 'done']);
    const last = await watch(id, rest.events[0]!.id);
    await last.ended;
    expect(last.events.map(({ event }) => event)).toEqual(['done']);
    expect((await watch(id, last.events[0]!.id)).response.status).toBe(204);
  });

  it.each(['unknown', '999999', '-1', ''])('give a snapshot first to a reader at %j', async (lastEventId) => {
    const id = await begin();
    await gateway.call('delete', `/v1/analyses/${id}`, user).expect(204);
    const { events, ended } = await watch(id, lastEventId);
    await ended;
    expect(events.map(({ event }) => event)).toEqual(['status', 'done']);
  });

  it('tell why an analysis failed', async () => {
    const id = await begin();
    const { start, fail } = worker(gateway.app);
    const error = { type: '/problems/attempts-exhausted', title: 'The work failed repeatedly', status: 500 };
    await fail(await start(user.id, id), error);
    const { events, ended } = await watch(id);
    await ended;
    expect(JSON.parse(events.at(-1)!.data)).toMatchObject({ status: 'failed', error });
  });

  it('are read from the table once for all who watch, and by nobody when all have left', async () => {
    const id = await begin();
    const readers = await Promise.all([watch(id), watch(id), watch(id)]);
    await eventually(() => readers.every(({ events }) => events.length === 1));
    const { polls } = gateway.app.get<unknown, { polls: Map<string, unknown> }>(AnalysisWatch);
    expect(polls.size).toBe(1);
    for (const { leave, ended } of readers) {
      leave();
      await ended.catch(() => undefined);
    }
    await eventually(() => polls.size === 0);
  });
});
