import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { asProblem, type CallOptions, type Calls, patiently } from '@stocktool/aws-client';
import type { MetricSeries } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';

interface QueryId {
  /** Begins with a lower-case letter; expressions refer to it. */
  id: string;
  periodSeconds: number;
}

/** A statistic of one metric (`namespace` is ours when absent), or metric math over the other queries' ids. */
export type MetricQuery =
  | (QueryId & { metric: string; namespace?: string; dimensions?: Record<string, string>; statistic: string })
  | (QueryId & { expression: string });

/** Ascending in time; timestamps are the starts of the periods. Periods without data are left out. */
export interface MetricValues {
  timestamps: Date[];
  values: number[];
}

const valuesPerDatum = 150;
const datumsPerCall = 1000;
/** Of the 1 MB that CloudWatch takes, with room for the envelope. */
const bytesPerCall = 900_000;
const queriesPerCall = 500;

export class CloudWatch {
  constructor(
    private readonly client: CloudWatchClient,
    private readonly namespace: string = topology.metricNamespace,
    private readonly calls: Calls = patiently,
  ) {}

  /** Value/count arrays, so that percentiles stay true. Split to the limits of one call; a failure leaves a part written. */
  async putMetrics(series: readonly MetricSeries[]): Promise<void> {
    for (const MetricData of calls(series.flatMap(datums))) {
      await this.attempt((options) =>
        this.client.send(new PutMetricDataCommand({ Namespace: this.namespace, MetricData }), options),
      );
    }
  }

  /** The values of every query by its id; an id without data has empty arrays. */
  async getMetrics(queries: readonly MetricQuery[], from: Date, to: Date): Promise<Record<string, MetricValues>> {
    const found: Record<string, MetricValues> = {};
    for (const { id } of queries) found[id] = { timestamps: [], values: [] };
    for (let start = 0; start < queries.length; start += queriesPerCall) {
      const part = queries.slice(start, start + queriesPerCall).map((query) => this.wireQuery(query));
      await this.read(part, from, to, found);
    }
    return found;
  }

  private async attempt<Output>(send: (options: CallOptions) => Promise<Output>): Promise<Output> {
    try {
      return await this.calls(send);
    } catch (error) {
      throw asProblem(error, 'The metric store');
    }
  }

  private async read(
    queries: MetricDataQuery[],
    from: Date,
    to: Date,
    found: Record<string, MetricValues>,
  ): Promise<void> {
    const input = { MetricDataQueries: queries, StartTime: from, EndTime: to, ScanBy: 'TimestampAscending' } as const;
    let token: string | undefined;
    do {
      const page = await this.attempt((options) =>
        this.client.send(new GetMetricDataCommand({ ...input, NextToken: token }), options),
      );
      for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
        found[Id]?.timestamps.push(...Timestamps);
        found[Id]?.values.push(...Values);
      }
      token = page.NextToken;
    } while (token !== undefined);
  }

  private wireQuery(query: MetricQuery): MetricDataQuery {
    if ('expression' in query) return { Id: query.id, Expression: query.expression, Period: query.periodSeconds };
    const { id, metric, namespace = this.namespace, dimensions = {}, statistic, periodSeconds } = query;
    const Metric = { Namespace: namespace, MetricName: metric, Dimensions: wireDimensions(dimensions) };
    return { Id: id, MetricStat: { Metric, Period: periodSeconds, Stat: statistic } };
  }
}

const wireDimensions = (dimensions: Record<string, string>) =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

function datums({ name, unit, dimensions, timestamp, values, counts }: MetricSeries): MetricDatum[] {
  if (values.length !== counts.length)
    throw new RangeError(`${name}: ${values.length} values, ${counts.length} counts`);
  const parts: MetricDatum[] = [];
  for (let start = 0; start < values.length; start += valuesPerDatum) {
    parts.push({
      MetricName: name,
      Unit: unit,
      Dimensions: wireDimensions(dimensions),
      Timestamp: new Date(timestamp),
      Values: values.slice(start, start + valuesPerDatum),
      Counts: counts.slice(start, start + valuesPerDatum),
    });
  }
  return parts;
}

function calls(all: MetricDatum[]): MetricDatum[][] {
  const parts: MetricDatum[][] = [];
  let bytes = Infinity;
  for (const datum of all) {
    const size = JSON.stringify(datum).length + 1;
    const last = parts.at(-1);
    if (!last || last.length >= datumsPerCall || bytes + size > bytesPerCall) {
      parts.push([datum]);
      bytes = size;
    } else {
      last.push(datum);
      bytes += size;
    }
  }
  return parts;
}
