import { MetricBatch, Problem } from '@stocktool/contracts';
import { eventually } from '@stocktool/testing';
import { Metrics } from './metrics';
import { MetricSink, MetricsFlusher } from './metrics-flusher';

class ScriptedSink extends MetricSink {
  readonly batches: MetricBatch[] = [];
  mode: 'take' | 'fail' | 'hang' = 'take';

  override send(batch: MetricBatch): Promise<void> {
    this.batches.push(batch);
    if (this.mode === 'hang') return new Promise(() => undefined);
    return this.mode === 'take' ? Promise.resolve() : Promise.reject(new Error('the queue is away'));
  }
}

function setUp(options: { maxPending?: number; intervalSeconds?: number } = {}) {
  const metrics = new Metrics();
  const sink = new ScriptedSink();
  const failures: unknown[] = [];
  const flusher = new MetricsFlusher(metrics, sink, {
    service: 'chat',
    sendTimeoutMs: 50,
    onFailure: (error) => failures.push(error),
    ...options,
  });
  return { metrics, sink, flusher, failures };
}

const sumOf = (batches: MetricBatch[], name: string) =>
  [...new Map(batches.map((batch) => [batch.batchId, batch])).values()]
    .flatMap(({ series }) => series)
    .filter((series) => series.name === name)
    .reduce((sum, { values }) => sum + (values[0] ?? 0), 0);

it('sends what was gathered with a heartbeat, every interval', async () => {
  const { metrics, sink, flusher } = setUp({ intervalSeconds: 0.02 });
  metrics.count('Requests', 3);
  flusher.start();
  await eventually(() => sink.batches.length >= 3);
  await flusher.stop();
  expect(sumOf(sink.batches, 'Requests')).toBe(3);
  expect(
    sink.batches.every(({ service, series }) => service === 'chat' && series.some(({ name }) => name === 'Heartbeat')),
  ).toBe(true);
  const sent = sink.batches.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(sink.batches).toHaveLength(sent);
});

it('sends the rest at the stop', async () => {
  const { metrics, sink, flusher } = setUp();
  flusher.start();
  metrics.count('Requests', 9);
  await flusher.stop();
  expect(sumOf(sink.batches, 'Requests')).toBe(9);
});

it('repeats a batch whose sending failed under the same id, and says so once', async () => {
  const { metrics, sink, flusher, failures } = setUp();
  sink.mode = 'fail';
  metrics.count('Requests', 2);
  await flusher.flush();
  await flusher.flush();
  expect(failures).toHaveLength(1);
  sink.mode = 'take';
  await flusher.flush();
  expect(new Set(sink.batches.slice(0, 3).map(({ batchId }) => batchId)).size).toBe(1);
  expect(sumOf(sink.batches, 'Requests')).toBe(2);
});

it('keeps a bounded number of batches while the sink is away, and loses no count', async () => {
  const { metrics, sink, flusher } = setUp({ maxPending: 3 });
  sink.mode = 'fail';
  for (let flush = 0; flush < 20; flush += 1) {
    metrics.count('Requests', 1);
    await flusher.flush();
  }
  sink.batches.length = 0;
  sink.mode = 'take';
  await flusher.flush();
  await flusher.flush();
  expect(sink.batches.length).toBeLessThanOrEqual(4);
  expect(sumOf(sink.batches, 'Requests')).toBe(20);
});

it.each([
  ['invalid', () => MetricBatch.parse({})],
  ['too large', () => Promise.reject(Object.assign(new Error('too large'), { name: 'MessageTooLarge' }))],
  ['not allowed', () => Promise.reject(new Problem('forbidden', 'no'))],
])('drops and counts a batch that is %s, and sends those behind it', async (_, refuse) => {
  const { metrics, sink, flusher, failures } = setUp();
  const take = sink.send.bind(sink);
  sink.send = async (batch) =>
    void (batch.series.some(({ name }) => name === 'Poison') ? await refuse() : await take(batch));
  metrics.count('Poison');
  await flusher.flush();
  metrics.count('Requests', 4);
  await flusher.flush();
  expect(failures).toHaveLength(1);
  expect(sumOf(sink.batches, 'Requests')).toBe(4);
  expect(sumOf(sink.batches, 'MetricBatchesDropped')).toBe(1);
});

it('gives up on a sink that hangs, and stops in time', async () => {
  const { metrics, sink, flusher } = setUp();
  sink.mode = 'hang';
  metrics.count('Requests');
  const startedAt = performance.now();
  await flusher.flush();
  await flusher.stop();
  expect(performance.now() - startedAt).toBeLessThan(1000);
  sink.mode = 'take';
  await flusher.flush();
  expect(sumOf(sink.batches, 'Requests')).toBe(1);
});

it('splits what is too big for one message', async () => {
  const { metrics, sink, flusher } = setUp();
  for (let series = 0; series < 450; series += 1) {
    for (let step = 0; step < 100; step += 1)
      metrics.time('APILatency', 1.03 ** step, { Endpoint: `GET /v1/route-${series}` });
  }
  await flusher.flush();
  expect(sink.batches.length).toBeGreaterThan(1);
  for (const batch of sink.batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(200_000);
  expect(sink.batches.flatMap(({ series }) => series)).toHaveLength(451);
});
