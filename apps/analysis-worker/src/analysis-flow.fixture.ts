import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { QueueDirectory, QueueSender } from '@stocktool/aws-sqs';
import { AnalysisRequest, parseJson, StockToolEvent } from '@stocktool/contracts';
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
export const leaseSeconds = 90;

/** Computes until it is ended. */
export const endless = () =>
  new Worker(`require('node:worker_threads').parentPort.on('message', () => { for (;;); })`, { eval: true });
export const broken = () =>
  new Worker(`require('node:worker_threads').parentPort.on('message', () => process.exit(1))`, { eval: true });

export const context = () => ({
  signal: new AbortController().signal,
  messageId: randomUUID(),
  receiveCount: 1,
  requestId: undefined,
});

interface WorkerParts {
  startThread?: () => Worker;
  publisher?: EventPublisher;
  load?: LoadSeries;
  leaseSeconds?: number;
}

/** Tables, queues and a bucket of its own, and workers on them; `close` removes it all. */
export async function surroundings() {
  const [dynamoClient, s3, sns, sqs] = [localDynamo(), localS3(), localSns(), localSqs()];
  const dynamo = new Dynamo(dynamoClient);
  const clock = new FixedClock('2026-03-02T15:00:00.000Z');
  const made = await Promise.all([
    createTable('analyses'),
    createTable('erasures'),
    createTable('portfolios'),
    createTable('stockCache'),
    createTable('idempotency'),
    createBucket(),
    createQueuePair('analysis'),
    createQueuePair('notifications'),
  ]);
  const [analyses, erasures, portfolios, cache, idempotency, bucket, queue, events] = made;
  const topicName = await topicInto(events.url);
  const objects = new ObjectStore(s3);
  const series = new PriceSeriesStore(new PriceSeriesTable(dynamo, portfolios.name), objects, bucket.name, clock);
  const quotes = new QuoteCacheTable(dynamo, cache.name, clock);
  const surroundingsOfMarket = { clock, metrics: { count: () => undefined }, report: () => undefined };
  const market = new MarketData(await BundledSource.open(dataDir), quotes, series, surroundingsOfMarket);
  const packs = new TransactionStore(dynamo, objects, { table: portfolios.name, bucket: bucket.name });
  const store = new PortfolioStore(new PortfolioTable(dynamo, clock, portfolios.name), packs);
  const held = new HeldPortfolios(store, market);
  const results = new ResultStore(dynamo, objects, analyses.name, bucket.name);
  const table = new AnalysisTable(dynamo, results, clock, analyses.name, erasures.name);
  const publisher = new EventPublisher(sns, new TopicDirectory(sns), () => topicName);
  const names = { analysis: { name: queue.name, deadLetterName: queue.deadLetterName } };
  const sender = new QueueSender(sqs, new QueueDirectory(sqs, { ...topology.queues, ...names }));
  const counted: Record<string, number> = {};
  const metrics = { count: (name: string, value = 1) => void (counted[name] = (counted[name] ?? 0) + value) };
  const pools: ComputePool[] = [];

  async function topicInto(queueUrl: string): Promise<string> {
    const name = `events-${randomUUID()}`;
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
    );
    const Endpoint = Attributes!.QueueArn;
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes: { RawMessageDelivery: 'true' } }),
    );
    return name;
  }

  /** One worker process, but for its poller. */
  function worker({ startThread, load = new LoadSeries(market, held), ...own }: WorkerParts = {}) {
    const parts = { table, publisher, leaseSeconds, ...own };
    const pool = new ComputePool({ threads: 1, jobTimeoutMs: 20_000, ...(startThread && { startThread }) });
    pools.push(pool);
    const outbox = new Outbox(table, parts.publisher);
    const runAnalysis = new RunAnalysis({ ...parts, results, load, pool, outbox, clock, metrics });
    const handler = new AnalysisRequestedHandler(table, runAnalysis, outbox, clock, parts.leaseSeconds);
    return { handler, sweep: new AnalysisSweep(table, parts.publisher, sender, 3600) };
  }

  async function queued(overrides: object = {}) {
    const body = { userId: randomUUID(), analysisId: uuidv7() };
    const holdings = [
      { symbol: 'AAPL', weight: 0.6 },
      { symbol: 'MSFT', weight: 0.4 },
    ];
    const request = AnalysisRequest.parse({ holdings, from: '2014-01-02', to: '2017-12-29', ...overrides });
    await table.insertQueued(body.userId, body.analysisId, request);
    return body;
  }

  async function receive(QueueUrl: string, WaitTimeSeconds = 1): Promise<string[]> {
    const received = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds });
    const { Messages = [] } = await sqs.send(received);
    return Messages.map(({ Body }) => Body!);
  }

  const seen: StockToolEvent[] = [];
  /** All events so far of one analysis, read off the subscribed queue. */
  async function eventsOf(analysisId: string): Promise<StockToolEvent[]> {
    seen.push(...(await receive(events.url, 0)).map((body) => parseJson(StockToolEvent, body)));
    return seen.filter(({ subject }) => subject === analysisId);
  }

  async function eventsReach(analysisId: string, count: number): Promise<StockToolEvent[]> {
    await eventually(async () => (await eventsOf(analysisId)).length >= count);
    return eventsOf(analysisId);
  }

  /** No topic has this name. */
  const nowhere = () => new EventPublisher(sns, new TopicDirectory(sns), () => 'there-is-no-such-topic');

  async function close(): Promise<void> {
    await Promise.all(pools.map((pool) => pool.onApplicationShutdown()));
    await Promise.all(made.map((one) => one.drop()));
    [dynamoClient, s3, sns, sqs].forEach((client) => client.destroy());
  }

  const resources = { clock, sns, sqs, table, store, series, market, held, publisher, queue, names };
  const verbs = { worker, queued, receive, eventsOf, eventsReach, nowhere, close };
  return { ...resources, ...verbs, idempotencyTable: idempotency.name, counted };
}

export type Surroundings = Awaited<ReturnType<typeof surroundings>>;
