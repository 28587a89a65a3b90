import { invalidValue } from './cloudwatch-errors';
import type { Bucket, Series } from './metric-store';

export type Points = ReadonlyMap<number, number>;

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  readonly periodMs: number;
}

type Statistic = (buckets: readonly Bucket[]) => number | undefined;

const total = (buckets: readonly Bucket[], of: (bucket: Bucket) => number): number =>
  buckets.reduce((sum, bucket) => sum + of(bucket), 0);
const count = (buckets: readonly Bucket[]): number => total(buckets, (bucket) => bucket.count);
const sum = (buckets: readonly Bucket[]): number => total(buckets, (bucket) => bucket.sum);

const simple: Readonly<Record<string, Statistic>> = {
  Sum: sum,
  SampleCount: count,
  Average: (buckets) => sum(buckets) / count(buckets),
  Minimum: (buckets) => Math.min(...buckets.map(({ minimum }) => minimum)),
  Maximum: (buckets) => Math.max(...buckets.map(({ maximum }) => maximum)),
};

/** The smallest value that at least the given share of all samples does not exceed; nothing where a statistic set hides the values. */
const percentile =
  (share: number): Statistic =>
  (buckets) => {
    if (buckets.some(({ opaque }) => opaque)) return undefined;
    const values = buckets.flatMap((bucket) => [...bucket.values]).sort(([a], [b]) => a - b);
    let missing = Math.max(share * values.reduce((all, [, times]) => all + times, 0), Number.MIN_VALUE);
    for (const [value, times] of values) {
      missing -= times;
      if (missing <= 1e-9) return value;
    }
    return values.at(-1)?.[0];
  };

export function statisticNamed(name: string): Statistic {
  if (Object.hasOwn(simple, name)) return simple[name]!;
  const share = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  if (share === undefined) throw invalidValue(`The statistic ${name} is not valid or not emulated`);
  return percentile(Number(share) / 100);
}

/** One point for each period with data, in the order of time; a period is known by its beginning. */
export function points(series: Series | undefined, statistic: Statistic, { startMs, endMs, periodMs }: Window): Points {
  const byPeriod = new Map<number, Bucket[]>();
  for (const bucket of series?.buckets ?? []) {
    if (bucket.at < startMs || bucket.at >= endMs || bucket.count === 0) continue;
    const period = Math.floor(bucket.at / periodMs) * periodMs;
    const known = byPeriod.get(period);
    if (known) known.push(bucket);
    else byPeriod.set(period, [bucket]);
  }
  const found = new Map<number, number>();
  for (const [period, buckets] of byPeriod) {
    const value = statistic(buckets);
    if (value !== undefined && Number.isFinite(value)) found.set(period, value);
  }
  return found;
}

export function checkPeriod(seconds: number): number {
  if ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return seconds * 1000;
  throw invalidValue('Period must be 1, 5, 10, 20, 30 or a multiple of 60');
}
