import { AwsError } from '../aws-error';

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[] | null | undefined;
}

/** What arrived for one moment, merged: values with how often they occurred, and the sums over them. */
export interface Bucket {
  readonly at: number;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  readonly values: Map<number, number>;
  /** A statistic set came in: percentiles can no longer be told. */
  opaque: boolean;
}

export interface Series {
  readonly metric: Required<Metric> & { readonly Dimensions: readonly Dimension[] };
  /** In the order of time. */
  readonly buckets: Bucket[];
  unit: string;
}

export interface StatisticSet {
  readonly SampleCount: number;
  readonly Sum: number;
  readonly Minimum: number;
  readonly Maximum: number;
}

const keptMs = 15 * 86_400_000;
const mostSeries = 10_000;
const mostBucketsPerSeries = 25_000;
const mostValuesInAll = 3_000_000;
const valuesFreedAtOnce = 200_000;

const keyOf = ({ Namespace, MetricName, Dimensions }: Metric): string => {
  const named = (Dimensions ?? []).map(({ Name, Value }) => `${Name}\u0002${Value}`).sort();
  return [Namespace, MetricName, ...named].join('\u0001');
};

/** All metrics of the last 15 days in memory, bounded in series, moments and values; the oldest go first. */
export class MetricStore {
  private readonly series = new Map<string, Series>();
  private values = 0;

  find(metric: Metric): Series | undefined {
    return this.series.get(keyOf(metric));
  }

  list(): Series[] {
    return [...this.series.values()];
  }

  addValues(metric: Metric, at: number, unit: string, values: readonly number[], counts: readonly number[]): void {
    const bucket = this.bucket(metric, at, unit);
    values.forEach((value, index) => {
      const count = counts[index] ?? 1;
      if (!bucket.values.has(value)) this.values++;
      bucket.values.set(value, (bucket.values.get(value) ?? 0) + count);
      merge(bucket, { SampleCount: count, Sum: value * count, Minimum: value, Maximum: value });
    });
    if (this.values > mostValuesInAll) this.makeRoom();
  }

  addStatistics(metric: Metric, at: number, unit: string, set: StatisticSet): void {
    const bucket = this.bucket(metric, at, unit);
    if (set.Minimum === set.Maximum)
      bucket.values.set(set.Minimum, (bucket.values.get(set.Minimum) ?? 0) + set.SampleCount);
    else bucket.opaque = true;
    merge(bucket, set);
  }

  /** A gauge that is read by us: one sample a minute, the highest that was seen. */
  setGauge(metric: Metric, at: number, unit: string, value: number): void {
    const bucket = this.bucket(metric, at, unit);
    if (bucket.count > 0 && bucket.maximum >= value) return;
    bucket.values.clear();
    bucket.values.set(value, 1);
    Object.assign(bucket, { count: 1, sum: value, minimum: value, maximum: value });
  }

  private bucket(metric: Metric, at: number, unit: string): Bucket {
    const key = keyOf(metric);
    let series = this.series.get(key);
    if (!series) {
      if (this.series.size >= mostSeries) this.dropStale();
      if (this.series.size >= mostSeries)
        throw new AwsError('LimitExceededFault', 'Too many metrics', { queryCode: 'LimitExceeded' });
      const Dimensions = [...(metric.Dimensions ?? [])];
      series = {
        metric: { Namespace: metric.Namespace, MetricName: metric.MetricName, Dimensions },
        buckets: [],
        unit,
      };
      this.series.set(key, series);
    }
    series.unit = unit;
    const { buckets } = series;
    let index = buckets.length;
    while (index > 0 && buckets[index - 1]!.at > at) index--;
    const known = buckets[index - 1];
    if (known?.at === at) return known;
    const fresh: Bucket = {
      at,
      count: 0,
      sum: 0,
      minimum: Infinity,
      maximum: -Infinity,
      values: new Map(),
      opaque: false,
    };
    buckets.splice(index, 0, fresh);
    this.trim(series);
    return fresh;
  }

  private trim({ buckets }: Series): void {
    const expired = Date.now() - keptMs;
    while (buckets.length > 1 && (buckets[0]!.at < expired || buckets.length > mostBucketsPerSeries)) {
      this.values -= buckets.shift()!.values.size;
    }
  }

  private dropStale(): void {
    const expired = Date.now() - keptMs;
    for (const [key, { buckets }] of this.series) if ((buckets.at(-1)?.at ?? 0) < expired) this.series.delete(key);
  }

  /** The largest series give up their oldest moments. */
  private makeRoom(): void {
    const goal = this.values - valuesFreedAtOnce;
    const largest = this.list().sort((a, b) => b.buckets.length - a.buckets.length);
    for (const { buckets } of largest) {
      while (this.values > goal && buckets.length > 1) this.values -= buckets.shift()!.values.size;
    }
  }
}

function merge(bucket: Bucket, { SampleCount, Sum, Minimum, Maximum }: StatisticSet): void {
  bucket.count += SampleCount;
  bucket.sum += Sum;
  bucket.minimum = Math.min(bucket.minimum, Minimum);
  bucket.maximum = Math.max(bucket.maximum, Maximum);
}
