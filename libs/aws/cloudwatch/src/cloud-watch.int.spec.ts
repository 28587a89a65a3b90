import { randomUUID } from 'node:crypto';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { MetricSeries } from '@stocktool/contracts';
import { localCloudWatch } from '@stocktool/testing';
import { CloudWatch } from './cloud-watch';

const minute = 60_000;
const at = new Date(Math.floor(Date.now() / minute) * minute - 2 * minute);
let client: CloudWatchClient;
let calls: number;
beforeAll(() => {
  client = localCloudWatch();
  client.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      return next(args);
    },
    { step: 'finalizeRequest' },
  );
});
beforeEach(() => (calls = 0));
afterAll(() => client.destroy());

const series = (name: string, values: number[], dimensions: Record<string, string> = {}): MetricSeries => ({
  name,
  unit: 'Milliseconds',
  dimensions,
  timestamp: at.toISOString(),
  values,
  counts: values.map(() => 1),
});
const read = (cloudWatch: CloudWatch, metric: string, statistic: string, dimensions = {}) =>
  cloudWatch.getMetrics(
    [{ id: 'm', metric, statistic, dimensions, periodSeconds: 60 }],
    new Date(at.getTime() - minute),
    new Date(at.getTime() + 2 * minute),
  );

describe('CloudWatch', () => {
  it('writes value/count arrays from which percentiles are read back', async () => {
    const cloudWatch = new CloudWatch(client, `test-${randomUUID()}`);
    await cloudWatch.putMetrics([
      series(
        'Latency',
        Array.from({ length: 100 }, (_, index) => index + 1),
      ),
    ]);
    const { m } = await read(cloudWatch, 'Latency', 'p99');
    expect(m?.timestamps).toEqual([at]);
    expect(m?.values[0]).toBeGreaterThan(98);
    expect(m?.values[0]).toBeLessThanOrEqual(100);
  });

  it('splits more than 150 values of a metric and loses none', async () => {
    const cloudWatch = new CloudWatch(client, `test-${randomUUID()}`);
    await cloudWatch.putMetrics([
      series(
        'Wide',
        Array.from({ length: 400 }, (_, index) => index),
      ),
    ]);
    expect((await read(cloudWatch, 'Wide', 'SampleCount')).m?.values).toEqual([400]);
    expect((await read(cloudWatch, 'Wide', 'Sum')).m?.values).toEqual([(399 * 400) / 2]);
  });

  it('sends at most a thousand metrics and a megabyte in a call', async () => {
    const cloudWatch = new CloudWatch(client, `test-${randomUUID()}`);
    const many = Array.from({ length: 1001 }, (_, index) => series('Many', [index], { Endpoint: `e${index}` }));
    await cloudWatch.putMetrics(many);
    expect(calls).toBe(2);
    calls = 0;
    const wide = Array.from({ length: 700 }, (_, index) =>
      series(
        'Wide',
        Array.from({ length: 150 }, (__, value) => value + 1 / 3),
        { Endpoint: `e${index}` },
      ),
    );
    await cloudWatch.putMetrics(wide);
    expect(calls).toBeGreaterThan(2);
    expect((await read(cloudWatch, 'Many', 'Sum', { Endpoint: 'e1000' })).m?.values).toEqual([1000]);
  });

  it('evaluates metric math and leaves an id without data empty', async () => {
    const cloudWatch = new CloudWatch(client, `test-${randomUUID()}`);
    await cloudWatch.putMetrics([series('Hits', [3]), series('Misses', [1])]);
    const periodSeconds = 60;
    const found = await cloudWatch.getMetrics(
      [
        { id: 'hits', metric: 'Hits', statistic: 'Sum', periodSeconds },
        { id: 'misses', metric: 'Misses', statistic: 'Sum', periodSeconds },
        { id: 'rate', expression: '100 * hits / (hits + misses)', periodSeconds },
        { id: 'absent', metric: 'Absent', statistic: 'Sum', periodSeconds },
      ],
      new Date(at.getTime() - minute),
      new Date(at.getTime() + 2 * minute),
    );
    expect(found.rate?.values).toEqual([75]);
    expect(found.absent).toEqual({ timestamps: [], values: [] });
  });

  it('refuses arrays that do not belong together before anything is written', async () => {
    const cloudWatch = new CloudWatch(client, 'test');
    await expect(cloudWatch.putMetrics([{ ...series('Bad', [1, 2]), counts: [1] }])).rejects.toThrow(RangeError);
    expect(calls).toBe(0);
  });
});
