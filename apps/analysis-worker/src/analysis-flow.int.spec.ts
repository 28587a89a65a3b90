import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { RetryLater } from '@stocktool/aws-sqs';
import { AnalysisRequest, Problem } from '@stocktool/contracts';
import { eventually } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { context, endless, leaseSeconds, surroundings, type Surroundings } from './analysis-flow.fixture';
import { LoadSeries } from './load-series';

const headline = { totalReturn: 1, annualVolatility: 0.2, sharpe: 1, maxDrawdown: 0.1, historicalVar95: 0.01 };
/** A thread that has one answer. */
const answering = (analysis: object) =>
  new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     parentPort.on('message', () => parentPort.postMessage({ kind: 'computed', analysis: workerData }));`,
    { eval: true, workerData: analysis },
  );

let here: Surroundings;
beforeAll(async () => {
  Logger.overrideLogger(false);
  here = await surroundings();
}, 60_000);
afterAll(() => here.close(), 60_000);

describe('a worker', () => {
  it('ends an analysis whose portfolio was deleted before a worker came to it, with its reason', async () => {
    const portfolioId = uuidv7();
    const body = await here.queued({ holdings: undefined, portfolioId });
    const request = { name: 'Gone', currency: 'USD', holdings: [{ symbol: 'KO', quantity: 5 }], weeklyReport: false };
    await here.store.create(body.userId, portfolioId, request);
    await here.store.remove(body.userId, portfolioId);
    await here.worker().handler.handle(body, context());
    expect(await here.table.get(body.userId, body.analysisId)).toMatchObject({
      status: 'failed',
      error: { type: '/problems/unknown-portfolio' },
    });
  });

  it('turns a queued analysis into a stored result and one published event', async () => {
    const body = await here.queued();
    await here.worker().handler.handle(body, context());
    const { status, result, progress, attempts } = await here.table.get(body.userId, body.analysisId);
    expect({ status, progress, attempts }).toEqual({ status: 'succeeded', progress: 1, attempts: 1 });
    expect(result?.window).toMatchObject({ from: '2014-01-02', to: '2017-12-29' });
    const [event] = await here.eventsReach(body.analysisId, 1);
    expect(event).toMatchObject({ id: `${body.analysisId}:completed`, type: 'analysis.completed' });
    here.clock.advance(31_000);
    expect(await here.table.pendingEvents(100)).toEqual([]);
  });

  it('analyses the private series of the caller, and fails for those of somebody else', async () => {
    const mine = { userId: randomUUID(), analysisId: uuidv7() };
    const days = Array.from({ length: 300 }, (_, i) => new Date(Date.UTC(2015, 0, 5 + i)));
    const rows = days
      .filter((day) => ![0, 6].includes(day.getUTCDay()))
      .map((day, i) => `${day.toISOString().slice(0, 10)},${100 + (i % 7)}`);
    await here.series.put(mine.userId, 'HOUSE', `date,close\n${rows.join('\n')}\n`);
    const request = AnalysisRequest.parse({ holdings: [{ symbol: '~HOUSE', weight: 1 }] });
    const other = { userId: randomUUID(), analysisId: uuidv7() };
    for (const { userId, analysisId } of [mine, other]) await here.table.insertQueued(userId, analysisId, request);
    const { handler } = here.worker();
    await handler.handle(mine, context());
    await handler.handle(other, context());
    expect((await here.table.get(mine.userId, mine.analysisId)).status).toBe('succeeded');
    expect(await here.table.get(other.userId, other.analysisId)).toMatchObject({
      status: 'failed',
      error: { type: '/problems/symbol-not-found' },
    });
  });

  it('ends an analysis that cannot be done as failed, with its reason in the row and in one event', async () => {
    const body = await here.queued({ from: '1950-01-03', to: '1951-01-03' });
    await here.worker().handler.handle(body, context());
    const { status, error } = await here.table.get(body.userId, body.analysisId);
    expect({ status, type: error?.type }).toEqual({ status: 'failed', type: '/problems/no-date-overlap' });
    expect(await here.eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.failed' }]);
  });

  it.each([
    ['an option', { optionOfTomorrow: true }],
    ['a part', { include: ['performance', 'partOfTomorrow'] }],
  ])('leaves an analysis with %s that only a newer version knows to a newer worker', async (_, unknown) => {
    const body = { userId: randomUUID(), analysisId: uuidv7() };
    const known = AnalysisRequest.parse({ holdings: [{ symbol: 'AAPL', weight: 1 }] });
    await here.table.insertQueued(body.userId, body.analysisId, { ...known, ...unknown } as AnalysisRequest);
    const { handler } = here.worker();
    const mostAttempts = 30;
    for (let attempt = 1; attempt <= mostAttempts; attempt++)
      await expect(handler.handle(body, context())).rejects.toMatchObject({ code: 'dependency-unavailable' });
    await handler.handle(body, context());
    const { status, error } = await here.table.state(body.userId, body.analysisId);
    expect({ status, type: error?.type }).toEqual({ status: 'failed', type: '/problems/attempts-exhausted' });
    expect(await here.eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.failed' }]);
  });

  it('dead-letters a message about an analysis that never was', async () => {
    const unknown = { userId: randomUUID(), analysisId: uuidv7() };
    await expect(here.worker().handler.handle(unknown, context())).rejects.toMatchObject({
      code: 'analysis-not-found',
      retryable: false,
    });
  });

  it('makes one result and one event of a message that two workers get', async () => {
    const body = await here.queued();
    const outcomes = await Promise.allSettled(
      [here.worker(), here.worker()].map(({ handler }) => handler.handle(body, context())),
    );
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refused.every((reason) => reason instanceof RetryLater)).toBe(true);
    await here.worker().handler.handle(body, context());
    expect((await here.table.get(body.userId, body.analysisId)).attempts).toBe(1);
    await here.eventsReach(body.analysisId, 1);
    expect((await here.eventsOf(body.analysisId)).map(({ id }) => id)).toEqual([`${body.analysisId}:completed`]);
  });

  it('stops when its analysis is cancelled, and leaves no result', async () => {
    const body = await here.queued();
    const { handler } = here.worker({ startThread: endless, leaseSeconds: 0.3 });
    const { table } = here;
    const handling = handler.handle(body, context());
    handling.catch(() => undefined);
    await eventually(async () => (await table.state(body.userId, body.analysisId)).status === 'running');
    await table.cancel(body.userId, body.analysisId);
    await expect(handling).rejects.toBeInstanceOf(RetryLater);
    await handler.handle(body, context());
    const analysis = await table.get(body.userId, body.analysisId);
    expect(analysis.status).toBe('cancelled');
    expect(analysis.result).toBeUndefined();
  });

  it('gives its work back when it is shut down', async () => {
    const body = await here.queued();
    const shutdown = new AbortController();
    const handling = here
      .worker({ startThread: endless })
      .handler.handle(body, { ...context(), signal: shutdown.signal });
    handling.catch(() => undefined);
    await eventually(async () => (await here.table.state(body.userId, body.analysisId)).status === 'running');
    shutdown.abort();
    await expect(handling).rejects.toThrow();
    await here.worker().handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('waits for the lease of a worker that died, then does the work itself', async () => {
    const body = await here.queued();
    await here.table.start(body.userId, body.analysisId, leaseSeconds);
    const { handler } = here.worker();
    await expect(handler.handle(body, context())).rejects.toMatchObject({ seconds: leaseSeconds + 1 });
    here.clock.advance(leaseSeconds * 1000 + 1);
    await handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('does the work after any number of shutdowns: what was given back does not count', async () => {
    const body = await here.queued();
    for (let i = 0; i < 6; i++) {
      const start = await here.table.start(body.userId, body.analysisId, leaseSeconds);
      if (!('attempt' in start)) throw new Error('not started');
      await here.table.release(start.attempt);
    }
    await here.worker().handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({ status: 'succeeded', attempts: 7 });
  });

  it('waits out a service that is away, and then does the work', async () => {
    const body = await here.queued();
    class Away extends LoadSeries {
      override run(): Promise<never> {
        return Promise.reject(new Problem('dependency-unavailable', 'throttled'));
      }
    }
    const { handler } = here.worker({ load: new Away(here.market, here.held) });
    for (let i = 0; i < 6; i++) await expect(handler.handle(body, context())).rejects.toThrow('throttled');
    await here.worker().handler.handle(body, context());
    expect((await here.table.state(body.userId, body.analysisId)).status).toBe('succeeded');
  });

  it('keeps the result that its row points to, though the completion seemed refused', async () => {
    const body = await here.queued();
    const complete = here.table.complete.bind(here.table);
    here.table.complete = async (...completion) => (await complete(...completion)) && false;
    await here
      .worker()
      .handler.handle(body, context())
      .finally(() => (here.table.complete = complete));
    const { status, result } = await here.table.get(body.userId, body.analysisId);
    expect(status).toBe('succeeded');
    expect(result?.window).toMatchObject({ from: '2014-01-02' });
    expect(await here.eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.completed' }]);
  });

  it('gives up what has killed four workers', async () => {
    const body = await here.queued();
    for (let i = 0; i < 4; i++) {
      await here.table.start(body.userId, body.analysisId, leaseSeconds);
      here.clock.advance(leaseSeconds * 1000 + 1);
    }
    await here.worker().handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({
      status: 'failed',
      error: { type: '/problems/attempts-exhausted' },
    });
  });

  it('counts figures that came out as no numbers, and ends the analysis all the same', async () => {
    const body = await here.queued();
    const packedResult = new Uint8Array(gzipSync('{}'));
    const analysis = {
      packedResult,
      window: { from: '2014-01-02', to: '2017-12-29' },
      headline,
      notNumbers: ['a', 'b'],
    };
    await here.worker({ startThread: () => answering(analysis) }).handler.handle(body, context());
    expect(here.counted).toEqual({ FiguresNotNumbers: 2 });
    expect((await here.table.state(body.userId, body.analysisId)).status).toBe('succeeded');
  });
});
