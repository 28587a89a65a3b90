import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { CloudWatch } from '@stocktool/aws-cloudwatch';
import { QueueInspector } from '@stocktool/aws-sqs';
import { testService } from '@stocktool/bootstrap';
import type { MetricBatch } from '@stocktool/contracts';
import { Metrics } from '@stocktool/observability';
import {
  createQueuePair,
  createTable,
  eventually,
  FixedClock,
  localSqs,
  type LocalQueuePair,
} from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import request from 'supertest';
import { AppModule } from './app.module';
import { readConfig } from './config';
import { QueueDepths } from './queue-depths';

type Service = Awaited<ReturnType<typeof testService>>;

const sqs = localSqs();
const minute = 60_000;
/** The start of a minute, some minutes ago. */
const at = new Date(Math.floor(Date.now() / minute) * minute - 5 * minute);

let table: Awaited<ReturnType<typeof createTable>>;
let queuePair: LocalQueuePair;
const running: Service[] = [];

beforeAll(async () => {
  for (const { name, deadLetterName } of Object.values(topology.queues)) {
    for (const QueueName of [name, deadLetterName]) await sqs.send(new CreateQueueCommand({ QueueName }));
  }
  [table, queuePair] = await Promise.all([createTable('idempotency'), createQueuePair('metrics')]);
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.close();
});
afterAll(async () => {
  await Promise.all([table.drop(), queuePair.drop()]);
  sqs.destroy();
});

async function startCollector(namespace: string): Promise<Service> {
  const module = AppModule.register(readConfig({ QUEUE_POLL_SECONDS: '3600' }), {
    namespace,
    names: { metrics: queuePair },
    idempotencyTable: table.name,
    claimLeaseSeconds: 2,
  });
  const service = await testService(module);
  running.push(service);
  return service;
}

function batchOf(metrics: Metrics): MetricBatch {
  return { batchId: randomUUID(), service: 'test', series: metrics.drain() };
}

const send = (batch: MetricBatch) =>
  sqs.send(new SendMessageCommand({ QueueUrl: queuePair.url, MessageBody: JSON.stringify(batch) }));

/** A statistic of the minute `at`. */
async function statistic(service: Service, metric: string, statistic: string): Promise<number | undefined> {
  const query = { id: 'q', metric, statistic, periodSeconds: 60 };
  const found = await service
    .get(CloudWatch, { strict: false })
    .getMetrics([query], at, new Date(at.getTime() + minute));
  return found.q?.values[0];
}

describe('a batch', () => {
  it('gives percentiles within 1 % of the samples, under its own time', async () => {
    const service = await startCollector(`Test/${randomUUID()}`);
    const metrics = new Metrics(new FixedClock(at.toISOString()));
    // 1..2000 ms, evenly: the 50th percentile is 1000 ms, the 99th 1980 ms.
    for (let milliseconds = 1; milliseconds <= 2000; milliseconds += 1) metrics.time('APILatency', milliseconds);
    await send(batchOf(metrics));
    await eventually(async () => (await statistic(service, 'APILatency', 'SampleCount')) === 2000, {
      timeoutMs: 15_000,
    });
    const p50 = (await statistic(service, 'APILatency', 'p50')) ?? 0;
    const p99 = (await statistic(service, 'APILatency', 'p99')) ?? 0;
    expect(Math.abs(p50 / 1000 - 1)).toBeLessThan(0.01);
    expect(Math.abs(p99 / 1980 - 1)).toBeLessThan(0.01);
  });

  it('that comes twice counts once, also across a restart of the collector', async () => {
    const namespace = `Test/${randomUUID()}`;
    const first = await startCollector(namespace);
    const metrics = new Metrics(new FixedClock(at.toISOString()));
    metrics.count('Requests', 7);
    const batch = batchOf(metrics);
    await Promise.all([send(batch), send(batch)]);
    await eventually(async () => (await statistic(first, 'Requests', 'Sum')) === 7, { timeoutMs: 15_000 });
    await first.close();
    running.length = 0;

    await send(batch);
    metrics.count('Errors');
    await send(batchOf(metrics));
    const second = await startCollector(namespace);
    await eventually(async () => (await statistic(second, 'Errors', 'Sum')) === 1, { timeoutMs: 15_000 });
    await eventually(
      async () => {
        const { visible, inFlight } = await depthOf(second);
        return visible + inFlight === 0;
      },
      { timeoutMs: 15_000 },
    );
    expect(await statistic(second, 'Requests', 'Sum')).toBe(7);
  });
});

async function depthOf(service: Service) {
  const rows = await service.get(QueueInspector, { strict: false }).queues();
  const row = rows.find(({ name }) => name === queuePair.name);
  if (!row) throw new Error('the inspector does not know the queue');
  return row;
}

describe('the collector', () => {
  it('measures the depth of every queue and dead-letter queue', async () => {
    const service = await startCollector(`Test/${randomUUID()}`);
    await service.get(QueueDepths, { strict: false }).measure();
    const measured = service
      .get(Metrics)
      .drain()
      .filter(({ name }) => name === 'QueueDepth');
    const names = Object.values(topology.queues).flatMap(({ name, deadLetterName }) =>
      name === topology.queues.metrics.name ? [queuePair.name, queuePair.deadLetterName] : [name, deadLetterName],
    );
    expect(measured.map(({ dimensions }) => dimensions.Queue).sort()).toEqual(names.sort());
    expect(measured.every(({ values, counts }) => values.length === 1 && counts[0] === 1)).toBe(true);
  });

  it('is ready when its table and its queue answer', async () => {
    const service = await startCollector(`Test/${randomUUID()}`);
    const response = await request(service.getHttpServer()).get('/health/ready').expect(200);
    expect(Object.keys(response.body.info)).toEqual([`table ${table.name}`, `queue ${queuePair.name}`]);
  });
});
