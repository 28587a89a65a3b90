import { type Clock, type MetricSeries, systemClock } from '@stocktool/contracts';
import { bucketOf, valueOfBucket } from './histogram';

export type Dimensions = Readonly<Record<string, string>>;

interface Series {
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly kind: 'count' | 'gauge' | 'time';
  /** The sum of a count, the last value of a gauge. */
  value: number;
  readonly buckets: Map<number, number>;
}

const unitOf = { count: 'Count', gauge: 'Count', time: 'Milliseconds' } as const satisfies Record<
  Series['kind'],
  MetricSeries['unit']
>;
/** PutMetricData takes at most 150 value/count pairs. */
const valuesPerSeries = 150;
const largest = Number.MAX_VALUE;
const none: Dimensions = {};

/**
 * Aggregates samples in memory until they are drained. A sample costs well under a microsecond and no I/O. The number of
 * distinct series is bounded: the samples of further ones are dropped and counted in `MetricsDropped`, as are samples
 * that are no finite, non-negative number. Dimensions must be of low cardinality: never a user, symbol or request id.
 */
export class Metrics {
  private readonly series = new Map<string, Series>();
  private readonly maxSeries: number;
  private dropped = 0;

  constructor(
    private readonly clock: Clock = systemClock,
    options: { maxSeries?: number } = {},
  ) {
    this.maxSeries = options.maxSeries ?? 500;
  }

  /** Adds to a sum: requests, errors, tokens. */
  count(name: string, value = 1, dimensions: Dimensions = none): void {
    const series = this.find('count', name, value, dimensions);
    if (series) series.value += value;
  }

  /** Sets a level, of which the last value of a period counts: the depth of a queue. */
  gauge(name: string, value: number, dimensions: Dimensions = none): void {
    const series = this.find('gauge', name, value, dimensions);
    if (series) series.value = value;
  }

  /** Adds a duration to a histogram whose percentiles are within 1 %. */
  time(name: string, milliseconds: number, dimensions: Dimensions = none): void {
    const series = this.find('time', name, milliseconds, dimensions);
    if (!series) return;
    const bucket = bucketOf(milliseconds);
    series.buckets.set(bucket, (series.buckets.get(bucket) ?? 0) + 1);
  }

  /** Everything since the last drain, as value/count arrays of at most 150 pairs; a wider histogram comes in parts. */
  drain(): MetricSeries[] {
    const timestamp = this.clock.now().toISOString();
    if (this.dropped > 0) {
      this.series.set('', {
        name: 'MetricsDropped',
        dimensions: none,
        kind: 'count',
        value: this.dropped,
        buckets: new Map(),
      });
    }
    const drained = [...this.series.values()].flatMap((series) => inParts(series, timestamp));
    this.series.clear();
    this.dropped = 0;
    return drained;
  }

  private find(kind: Series['kind'], name: string, value: number, dimensions: Dimensions): Series | undefined {
    if (!(value >= 0 && value <= largest)) return this.drop();
    const key = keyOf(name, dimensions);
    const known = this.series.get(key);
    if (known) return known.kind === kind ? known : this.drop();
    if (this.series.size >= this.maxSeries) return this.drop();
    const series: Series = { name, dimensions: { ...dimensions }, kind, value: 0, buckets: new Map() };
    this.series.set(key, series);
    return series;
  }

  private drop(): undefined {
    this.dropped += 1;
  }
}

function keyOf(name: string, dimensions: Dimensions): string {
  let key = name;
  let keys = 0;
  for (const dimension in dimensions) {
    key += `\u0000${dimension}\u0000${dimensions[dimension]}`;
    keys += 1;
  }
  return keys < 2 ? key : sortedKeyOf(name, dimensions);
}

function sortedKeyOf(name: string, dimensions: Dimensions): string {
  const pairs = Object.entries(dimensions).map(([dimension, value]) => `\u0000${dimension}\u0000${value}`);
  return name + pairs.sort().join('');
}

function inParts({ name, dimensions, kind, value, buckets }: Series, timestamp: string): MetricSeries[] {
  const head = { name, unit: unitOf[kind], dimensions: { ...dimensions }, timestamp };
  if (kind !== 'time') return [{ ...head, values: [value], counts: [1] }];
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  const parts: MetricSeries[] = [];
  for (let start = 0; start < sorted.length; start += valuesPerSeries) {
    const part = sorted.slice(start, start + valuesPerSeries);
    parts.push({
      ...head,
      values: part.map(([bucket]) => valueOfBucket(bucket)),
      counts: part.map(([, count]) => count),
    });
  }
  return parts;
}
