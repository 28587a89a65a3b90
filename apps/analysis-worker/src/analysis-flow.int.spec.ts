import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo, DynamoModule } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { QueueDirectory, QueueModule, QueueSender, RetryLater } from '@stocktool/aws-sqs';
import { AnalysisRequest, Problem, StockToolEvent, parseJson } from '@stocktool/contracts';
import { BundledSource, MarketData, PriceSeriesStore, PriceSeriesTable, QuoteCacheTable } from '@stocktool/market-data';
import { HeldPortfolios, PortfolioStore, PortfolioTable, TransactionStore } from '@stocktool/portfolios';
import {
  createBucket,
  createQueuePair,
  createTable,
  eventually,
  FixedClock,
  localDynamo,
  localS3,
  localSns,
  localSqs,
} from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { AnalysisRequestedHandler } from './analysis-requested.handler';
import { AnalysisSweep } from './analysis-sweep';
import { ComputePool } from './compute/compute-pool';
import { LoadSeries } from './load-series';
import { Outbox } from './outbox';
import { RunAnalysis } from './run-analysis';

const dataDir = path.resolve(import.meta.dirname, '../../../data');
const leaseSeconds = 90;
const [dynamoClient, s3, sns, sqs] = [localDynamo(), localS3(), localSns(), localSqs()];
const dynamo = new Dynamo(dynamoClient);
const clock = new FixedClock('2026-03-02T15:00:00.000Z');
const pools: ComputePool[] = [];
const drops: (() => Promise<void>)[] = [];

async function surroundings() {
  const [analyses, portfolios, cache, idempotency, bucket, queue, events] = await Promise.all([
    createTable('analyses'),
    createTable('portfolios'),
    createTable('stockCache'),
    createTable('idempotency'),
    createBucket(),
    createQueuePair('analysis'),
    createQueuePair('notifications'),
  ]);
  drops.push(...[analyses, portfolios, cache, idempotency, bucket, queue, events].map((one) => () => one.drop()));
  const topicName = `events-${randomUUID()}`;
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: topicName }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: events.url, AttributeNames: ['QueueArn'] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes!.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const objects = new ObjectStore(s3);
  const series = new PriceSeriesStore(new PriceSeriesTable(dynamo, portfolios.name), objects, bucket.name, clock);
  const market = new MarketData(
    await BundledSource.open(dataDir),
    new QuoteCacheTable(dynamo, cache.name, clock),
    series,
    { clock, metrics: { count: () => undefined }, report: () => undefined },
  );
  const packs = new TransactionStore(dynamo, objects, { table: portfolios.name, bucket: bucket.name });
  const store = new PortfolioStore(new PortfolioTable(dynamo, clock, portfolios.name), packs);
  const held = new HeldPortfolios(store, market);
  const results = new ResultStore(dynamo, objects, analyses.name, bucket.name);
  const table = new AnalysisTable(dynamo, results, clock, analyses.name);
  const publisher = new EventPublisher(sns, new TopicDirectory(sns), () => topicName);
  const names = { analysis: { name: queue.name, deadLetterName: queue.deadLetterName } };
  const sender = new QueueSender(sqs, new QueueDirectory(sqs, { ...topology.queues, ...names }));
  return { table, results, market, held, store, series, publisher, sender, queue, events, idempotency, names };
}

let here: Awaited<ReturnType<typeof surroundings>>;

/** One worker process, but for its poller. */
function worker({
  startThread,
  publisher = here.publisher,
  load = new LoadSeries(here.market, here.held),
}: { startThread?: () => Worker; publisher?: EventPublisher; load?: LoadSeries } = {}) {
  const { table, results, sender } = here;
  const pool = new ComputePool({ threads: 1, jobTimeoutMs: 20_000, ...(startThread && { startThread }) });
  pools.push(pool);
  const outbox = new Outbox(table, publisher);
  const runAnalysis = new RunAnalysis({ table, results, load, pool, outbox, clock, leaseSeconds });
  const handler = new AnalysisRequestedHandler(table, runAnalysis, outbox, clock, leaseSeconds);
  return { handler, sweep: new AnalysisSweep(table, publisher, sender, 3600) };
}

const context = () => ({
  signal: new AbortController().signal,
  messageId: randomUUID(),
  receiveCount: 1,
  requestId: undefined,
});

async function queued(overrides: object = {}) {
  const body = { userId: randomUUID(), analysisId: uuidv7() };
  const holdings = [
    { symbol: 'AAPL', weight: 0.6 },
    { symbol: 'MSFT', weight: 0.4 },
  ];
  const request = AnalysisRequest.parse({ holdings, from: '2014-01-02', to: '2017-12-29', ...overrides });
  await here.table.insertQueued(body.userId, body.analysisId, request);
  return body;
}

const seen: StockToolEvent[] = [];
/** All events so far of one analysis, read off the subscribed queue. */
async function eventsOf(analysisId: string): Promise<StockToolEvent[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: here.events.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
  );
  seen.push(...Messages.map(({ Body }) => parseJson(StockToolEvent, Body!)));
  return seen.filter(({ subject }) => subject === analysisId);
}
async function eventsReach(analysisId: string, count: number): Promise<StockToolEvent[]> {
  await eventually(async () => (await eventsOf(analysisId)).length >= count);
  return eventsOf(analysisId);
}

/** Computes until it is ended. */
const endless = () =>
  new Worker(`require('node:worker_threads').parentPort.on('message', () => { for (;;); })`, { eval: true });
const broken = () =>
  new Worker(`require('node:worker_threads').parentPort.on('message', () => process.exit(1))`, { eval: true });

beforeAll(async () => {
  Logger.overrideLogger(false);
  here = await surroundings();
}, 60_000);
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.onApplicationShutdown()));
  await Promise.all(drops.map((drop) => drop()));
  [dynamoClient, s3, sns, sqs].forEach((client) => client.destroy());
}, 60_000);

describe('a worker', () => {
  it('ends an analysis whose portfolio was deleted before a worker came to it, with its reason', async () => {
    const portfolioId = uuidv7();
    const body = await queued({ holdings: undefined, portfolioId });
    const request = { name: 'Gone', currency: 'USD', holdings: [{ symbol: 'KO', quantity: 5 }], weeklyReport: false };
    await here.store.create(body.userId, portfolioId, request);
    await here.store.remove(body.userId, portfolioId);
    await worker().handler.handle(body, context());
    expect(await here.table.get(body.userId, body.analysisId)).toMatchObject({
      status: 'failed',
      error: { type: '/problems/unknown-portfolio' },
    });
  });

  it('turns a queued analysis into a stored result and one published event', async () => {
    const body = await queued();
    await worker().handler.handle(body, context());
    const { status, result, progress, attempts } = await here.table.get(body.userId, body.analysisId);
    expect({ status, progress, attempts }).toEqual({ status: 'succeeded', progress: 1, attempts: 1 });
    expect(result?.window).toMatchObject({ from: '2014-01-02', to: '2017-12-29' });
    const [event] = await eventsReach(body.analysisId, 1);
    expect(event).toMatchObject({ id: `${body.analysisId}:completed`, type: 'analysis.completed' });
    clock.advance(31_000);
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
    const { handler } = worker();
    await handler.handle(mine, context());
    await handler.handle(other, context());
    expect((await here.table.get(mine.userId, mine.analysisId)).status).toBe('succeeded');
    expect(await here.table.get(other.userId, other.analysisId)).toMatchObject({
      status: 'failed',
      error: { type: '/problems/symbol-not-found' },
    });
  });

  it('ends an analysis that cannot be done as failed, with its reason in the row and in one event', async () => {
    const body = await queued({ from: '1950-01-03', to: '1951-01-03' });
    await worker().handler.handle(body, context());
    const { status, error } = await here.table.get(body.userId, body.analysisId);
    expect({ status, type: error?.type }).toEqual({ status: 'failed', type: '/problems/no-date-overlap' });
    expect(await eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.failed' }]);
  });

  it.each([
    ['an option', { optionOfTomorrow: true }],
    ['a part', { include: ['performance', 'partOfTomorrow'] }],
  ])('leaves an analysis with %s that only a newer version knows to a newer worker', async (_, unknown) => {
    const body = { userId: randomUUID(), analysisId: uuidv7() };
    const known = AnalysisRequest.parse({ holdings: [{ symbol: 'AAPL', weight: 1 }] });
    await here.table.insertQueued(body.userId, body.analysisId, { ...known, ...unknown } as AnalysisRequest);
    const { handler } = worker();
    const mostAttempts = 30;
    for (let attempt = 1; attempt <= mostAttempts; attempt++)
      await expect(handler.handle(body, context())).rejects.toMatchObject({ code: 'dependency-unavailable' });
    await handler.handle(body, context());
    const { status, error } = await here.table.state(body.userId, body.analysisId);
    expect({ status, type: error?.type }).toEqual({ status: 'failed', type: '/problems/attempts-exhausted' });
    expect(await eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.failed' }]);
  });

  it('dead-letters a message about an analysis that never was', async () => {
    const unknown = { userId: randomUUID(), analysisId: uuidv7() };
    await expect(worker().handler.handle(unknown, context())).rejects.toMatchObject({
      code: 'analysis-not-found',
      retryable: false,
    });
  });

  it('makes one result and one event of a message that two workers get', async () => {
    const body = await queued();
    const outcomes = await Promise.allSettled(
      [worker(), worker()].map(({ handler }) => handler.handle(body, context())),
    );
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refused.every((reason) => reason instanceof RetryLater)).toBe(true);
    await worker().handler.handle(body, context());
    expect((await here.table.get(body.userId, body.analysisId)).attempts).toBe(1);
    await eventsReach(body.analysisId, 1);
    expect((await eventsOf(body.analysisId)).map(({ id }) => id)).toEqual([`${body.analysisId}:completed`]);
  });

  it('stops when its analysis is cancelled, and leaves no result', async () => {
    const body = await queued();
    const shortLease = 0.3;
    const { table, results, market } = here;
    const pool = new ComputePool({ threads: 1, jobTimeoutMs: 20_000, startThread: endless });
    pools.push(pool);
    const outbox = new Outbox(table, here.publisher);
    const load = new LoadSeries(market, here.held);
    const run = new RunAnalysis({ table, results, load, pool, outbox, clock, leaseSeconds: shortLease });
    const handler = new AnalysisRequestedHandler(table, run, outbox, clock, shortLease);
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
    const body = await queued();
    const shutdown = new AbortController();
    const handling = worker({ startThread: endless }).handler.handle(body, { ...context(), signal: shutdown.signal });
    handling.catch(() => undefined);
    await eventually(async () => (await here.table.state(body.userId, body.analysisId)).status === 'running');
    shutdown.abort();
    await expect(handling).rejects.toThrow();
    await worker().handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('waits for the lease of a worker that died, then does the work itself', async () => {
    const body = await queued();
    await here.table.start(body.userId, body.analysisId, leaseSeconds);
    const { handler } = worker();
    await expect(handler.handle(body, context())).rejects.toMatchObject({ seconds: leaseSeconds + 1 });
    clock.advance(leaseSeconds * 1000 + 1);
    await handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('does the work after any number of shutdowns: what was given back does not count', async () => {
    const body = await queued();
    for (let i = 0; i < 6; i++) {
      const start = await here.table.start(body.userId, body.analysisId, leaseSeconds);
      if (!('attempt' in start)) throw new Error('not started');
      await here.table.release(start.attempt);
    }
    await worker().handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({ status: 'succeeded', attempts: 7 });
  });

  it('waits out a service that is away, and then does the work', async () => {
    const body = await queued();
    class Away extends LoadSeries {
      override run(): Promise<never> {
        return Promise.reject(new Problem('dependency-unavailable', 'throttled'));
      }
    }
    const { handler } = worker({ load: new Away(here.market, here.held) });
    for (let i = 0; i < 6; i++) await expect(handler.handle(body, context())).rejects.toThrow('throttled');
    await worker().handler.handle(body, context());
    expect((await here.table.state(body.userId, body.analysisId)).status).toBe('succeeded');
  });

  it('keeps the result that its row points to, though the completion seemed refused', async () => {
    const body = await queued();
    const complete = here.table.complete.bind(here.table);
    here.table.complete = async (...completion) => (await complete(...completion)) && false;
    await worker()
      .handler.handle(body, context())
      .finally(() => (here.table.complete = complete));
    const { status, result } = await here.table.get(body.userId, body.analysisId);
    expect(status).toBe('succeeded');
    expect(result?.window).toMatchObject({ from: '2014-01-02' });
    expect(await eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.completed' }]);
  });

  it('gives up what has killed four workers', async () => {
    const body = await queued();
    for (let i = 0; i < 4; i++) {
      await here.table.start(body.userId, body.analysisId, leaseSeconds);
      clock.advance(leaseSeconds * 1000 + 1);
    }
    await worker().handler.handle(body, context());
    expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({
      status: 'failed',
      error: { type: '/problems/attempts-exhausted' },
    });
  });
});

describe('the sweep', () => {
  it('publishes the event of a worker that died before publishing it', async () => {
    const body = await queued();
    const dead = new EventPublisher(sns, new TopicDirectory(sns), () => 'there-is-no-such-topic');
    await worker({ publisher: dead }).handler.handle(body, context());
    expect(await eventsOf(body.analysisId)).toEqual([]);
    clock.advance(31_000);
    await worker().sweep.sweep();
    expect((await eventsReach(body.analysisId, 1)).map(({ id }) => id)).toEqual([`${body.analysisId}:completed`]);
    clock.advance(31_000);
    expect(await here.table.pendingEvents(100)).toEqual([]);
  });

  it('publishes again, under the same id, what a worker published without noting it', async () => {
    const body = await queued();
    class DiesBeforeClearing extends EventPublisher {
      override async publish(event: StockToolEvent): Promise<void> {
        await here.publisher.publish(event);
        throw new Error('dead');
      }
    }
    const dying = new DiesBeforeClearing(sns, new TopicDirectory(sns));
    await worker({ publisher: dying }).handler.handle(body, context());
    clock.advance(31_000);
    await worker().sweep.sweep();
    const events = await eventsReach(body.analysisId, 2);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  it('publishes the others when one event is refused for good, and sends messages nevertheless', async () => {
    const [refused, good, lost] = [await queued(), await queued(), await queued()];
    const dead = new EventPublisher(sns, new TopicDirectory(sns), () => 'there-is-no-such-topic');
    for (const body of [refused, good]) await worker({ publisher: dead }).handler.handle(body, context());
    class RefusesOne extends EventPublisher {
      override publish(event: StockToolEvent): Promise<void> {
        if (event.subject === refused.analysisId) return Promise.reject(new Error('no such event'));
        return here.publisher.publish(event);
      }
      override publishBatch(events: readonly StockToolEvent[]): Promise<void> {
        if (events.some(({ subject }) => subject === refused.analysisId))
          return Promise.reject(new Error('no such event'));
        return here.publisher.publishBatch(events);
      }
    }
    clock.advance(61_000);
    await worker({ publisher: new RefusesOne(sns, new TopicDirectory(sns)) }).sweep.sweep();
    expect(await eventsReach(good.analysisId, 1)).toHaveLength(1);
    expect(await eventsOf(refused.analysisId)).toEqual([]);
    const requeued = await eventually(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: here.queue.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      return Messages.some(({ Body }) => Body!.includes(lost.analysisId));
    });
    expect(requeued).toBe(true);
  });

  it('sends the message of a row that lost its own', async () => {
    const body = await queued();
    clock.advance(61_000);
    await worker().sweep.sweep();
    const bodies = await eventually(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: here.queue.url, WaitTimeSeconds: 1 }),
      );
      return Messages.map(({ Body }) => JSON.parse(Body!)).filter(
        ({ analysisId }) => analysisId === body.analysisId,
      )[0];
    });
    expect(bodies).toEqual(body);
  });
});

describe('poison', () => {
  it('ends as a failed analysis and in the dead-letter queue after three failures', async () => {
    const body = await queued();
    const { handler } = worker({ startThread: broken });
    const module = await Test.createTestingModule({
      imports: [
        DynamoModule.register(),
        QueueModule.register({
          consume: { analysis: AnalysisRequestedHandler },
          names: here.names,
          idempotencyTable: here.idempotency.name,
          waitSeconds: 1,
          retry: { firstDelaySeconds: 0.1, longestDelaySeconds: 0.5 },
        }),
        {
          module: class {},
          global: true,
          providers: [{ provide: AnalysisRequestedHandler, useValue: handler }],
          exports: [AnalysisRequestedHandler],
        },
      ],
    }).compile();
    module.useLogger(false);
    await module.init();
    try {
      await sqs.send(new SendMessageCommand({ QueueUrl: here.queue.url, MessageBody: JSON.stringify(body) }));
      const dead = await eventually(
        async () => {
          const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({ QueueUrl: here.queue.deadLetterUrl, WaitTimeSeconds: 1 }),
          );
          return Messages[0];
        },
        { timeoutMs: 20_000 },
      );
      expect(JSON.parse(dead?.Body ?? '')).toEqual(body);
      expect(await here.table.state(body.userId, body.analysisId)).toMatchObject({
        status: 'failed',
        attempts: 3,
        error: { type: '/problems/attempts-exhausted' },
      });
      expect(await eventsReach(body.analysisId, 1)).toMatchObject([{ type: 'analysis.failed' }]);
    } finally {
      await module.close();
    }
  }, 40_000);
});
