import { z } from 'zod';
import { operation, type Operations } from '../http/json-service';
import { invalidCombination, invalidValue, missingParameter, validationError } from './cloudwatch-errors';
import { Dimensions, MetricQueries, MetricQuery } from './metric-queries';
import type { MetricStore } from './metric-store';
import { checkPeriod, points, statisticNamed } from './statistics';

const mostMetrics = 1000;
const mostValues = 150;
const mostQueries = 500;
const mostDatapoints = 100_800;
const mostStatisticsPoints = 1440;
const twoWeeksMs = 14 * 86_400_000;
const twoHoursMs = 7_200_000;
const largest = 2 ** 360;

/** Epoch seconds; some clients write a date. */
export const Time = z
  .union([z.number(), z.iso.datetime({ offset: true })])
  .transform((time) => (typeof time === 'number' ? time * 1000 : Date.parse(time)));

const Statistics = z.object({ SampleCount: z.unknown(), Sum: z.unknown(), Minimum: z.unknown(), Maximum: z.unknown() });
const Datum = z.object({
  MetricName: z.string().min(1).max(255),
  Dimensions: Dimensions.nullish(),
  Timestamp: Time.nullish(),
  Value: z.unknown().optional(),
  Values: z.array(z.unknown()).nullish(),
  Counts: z.array(z.unknown()).nullish(),
  StatisticValues: Statistics.nullish(),
  Unit: z.string().nullish(),
  StorageResolution: z.number().nullish(),
});
type Datum = z.infer<typeof Datum>;

/** Metric values are finite and within ±2^360; clients send NaN as text. */
function finite(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= largest) return value;
  throw invalidValue(`The value ${String(value).slice(0, 50)} for parameter ${name} is invalid.`);
}

/** Everything is checked before anything is stored. */
function checked(datum: Datum, now: number): (store: MetricStore, Namespace: string) => void {
  const { MetricName, Dimensions: dimensions, Value, Values, Counts, StatisticValues, Unit } = datum;
  const timestamp = datum.Timestamp ?? now;
  if (timestamp < now - twoWeeksMs || timestamp > now + twoHoursMs) {
    throw invalidValue('The timestamp must be within the last two weeks and at most two hours in the future.');
  }
  const resolutionMs = datum.StorageResolution === 1 ? 1000 : 60_000;
  if (datum.StorageResolution != null && ![1, 60].includes(datum.StorageResolution))
    throw invalidValue('StorageResolution must be 1 or 60');
  const at = Math.floor(timestamp / resolutionMs) * resolutionMs;
  const unit = Unit ?? 'None';
  const given = [Value, Values, StatisticValues].filter((one) => one !== undefined && one !== null).length;
  if (given === 0) throw missingParameter('One of Value, Values and StatisticValues is required');
  if (given > 1) throw invalidCombination('Only one of Value, Values and StatisticValues may be given');
  if (StatisticValues) {
    const set = {
      SampleCount: finite(StatisticValues.SampleCount, 'SampleCount'),
      Sum: finite(StatisticValues.Sum, 'Sum'),
      Minimum: finite(StatisticValues.Minimum, 'Minimum'),
      Maximum: finite(StatisticValues.Maximum, 'Maximum'),
    };
    if (set.SampleCount <= 0 || set.Minimum > set.Maximum) throw invalidValue('StatisticValues contradict each other');
    return (store, Namespace) => store.addStatistics({ Namespace, MetricName, Dimensions: dimensions }, at, unit, set);
  }
  const values = (Values ?? [Value]).map((value) => finite(value, 'Value'));
  const counts = (Counts ?? values.map(() => 1)).map((count) => finite(count, 'Count'));
  if (values.length > mostValues)
    throw invalidValue(`The collection Values must not have a size greater than ${mostValues}.`);
  if (values.length === 0 || counts.length !== values.length)
    throw invalidValue('Values and Counts must have the same size');
  if (counts.some((count) => count < 0)) throw invalidValue('Counts must not be negative');
  return (store, Namespace) =>
    store.addValues({ Namespace, MetricName, Dimensions: dimensions }, at, unit, values, counts);
}

/** Writing and reading metrics. */
export function metricOperations(store: MetricStore, refresh: () => void): Operations {
  return {
    PutMetricData: operation(
      z.object({ Namespace: z.string().min(1).max(255).nullish(), MetricData: z.array(Datum).nullish() }),
      ({ Namespace, MetricData }) => {
        if (!Namespace) throw missingParameter('The parameter Namespace is required.');
        if (Namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
        if (!MetricData?.length) throw missingParameter('The parameter MetricData is required.');
        if (MetricData.length > mostMetrics)
          throw invalidValue(`The collection MetricData must not have a size greater than ${mostMetrics}.`);
        const now = Date.now();
        for (const add of MetricData.map((datum) => checked(datum, now))) add(store, Namespace);
      },
    ),
    GetMetricData: operation(
      z.object({
        MetricDataQueries: z.array(MetricQuery).min(1).max(mostQueries),
        StartTime: Time,
        EndTime: Time,
        ScanBy: z.enum(['TimestampAscending', 'TimestampDescending']).nullish(),
        MaxDatapoints: z.number().int().min(1).nullish(),
      }),
      (input) => {
        if (input.StartTime >= input.EndTime)
          throw validationError('The parameter StartTime must be less than the parameter EndTime.');
        refresh();
        const queries = new MetricQueries(store, input.MetricDataQueries);
        const span = { startMs: input.StartTime, endMs: input.EndTime };
        const returned = queries.queries.filter(({ ReturnData }) => ReturnData ?? true);
        const most = returned.reduce((sum, query) => sum + (span.endMs - span.startMs) / queries.periodOf(query), 0);
        if (most > mostDatapoints)
          throw validationError(`The request asks for more than ${mostDatapoints} datapoints.`);
        const results = returned.flatMap((query) => queries.results(query, span));
        const ascending = input.ScanBy === 'TimestampAscending';
        const MetricDataResults = results.map(({ query, label, points: found }) => {
          const ordered = [...found].sort(([a], [b]) => (ascending ? a - b : b - a));
          return {
            Id: query.Id,
            Label: label,
            Timestamps: ordered.map(([at]) => at / 1000),
            Values: ordered.map(([, value]) => value),
            StatusCode: 'Complete',
          };
        });
        return { MetricDataResults, Messages: [] };
      },
    ),
    GetMetricStatistics: operation(
      z.object({
        Namespace: z.string(),
        MetricName: z.string(),
        Dimensions: Dimensions.nullish(),
        StartTime: Time,
        EndTime: Time,
        Period: z.number().int(),
        Statistics: z.array(z.string()).max(5).nullish(),
        ExtendedStatistics: z.array(z.string()).max(10).nullish(),
        Unit: z.string().nullish(),
      }),
      (input) => {
        const { StartTime: startMs, EndTime: endMs } = input;
        if (startMs >= endMs)
          throw invalidCombination('The parameter StartTime must be less than the parameter EndTime.');
        const periodMs = checkPeriod(input.Period);
        if ((endMs - startMs) / periodMs > mostStatisticsPoints)
          throw invalidCombination('You have requested too many datapoints.');
        const [plain, extended] = [input.Statistics ?? [], input.ExtendedStatistics ?? []];
        if (plain.length + extended.length === 0)
          throw missingParameter('Statistics or ExtendedStatistics is required');
        refresh();
        const series = store.find(input);
        const window = { startMs: Math.floor(startMs / periodMs) * periodMs, endMs, periodMs };
        const datapoints = new Map<number, Record<string, unknown> & { ExtendedStatistics?: Record<string, number> }>();
        for (const name of [...plain, ...extended]) {
          for (const [at, value] of points(series, statisticNamed(name), window)) {
            const datapoint = datapoints.get(at) ?? { Timestamp: at / 1000, Unit: series?.unit };
            if (extended.includes(name))
              datapoint.ExtendedStatistics = { ...datapoint.ExtendedStatistics, [name]: value };
            else datapoint[name] = value;
            datapoints.set(at, datapoint);
          }
        }
        return { Label: input.MetricName, Datapoints: [...datapoints.values()] };
      },
    ),
    ListMetrics: operation(
      z.object({
        Namespace: z.string().nullish(),
        MetricName: z.string().nullish(),
        Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().nullish() })).nullish(),
        NextToken: z.string().nullish(),
      }),
      (input) => {
        refresh();
        const found = store
          .list()
          .filter(
            ({ metric }) =>
              (!input.Namespace || metric.Namespace === input.Namespace) &&
              (!input.MetricName || metric.MetricName === input.MetricName) &&
              (input.Dimensions ?? []).every(({ Name, Value }) =>
                metric.Dimensions.some(
                  (dimension) => dimension.Name === Name && (Value == null || dimension.Value === Value),
                ),
              ),
          );
        const { shown, ...more } = page(found, 500, input.NextToken);
        return { Metrics: shown.map(({ metric }) => metric), ...more };
      },
    ),
  };
}

export function page<T>(
  all: readonly T[],
  size: number,
  token: string | null | undefined,
): { shown: readonly T[]; NextToken?: string } {
  const start = Number(token ?? 0);
  if (!Number.isInteger(start) || start < 0) {
    throw invalidValue('The NextToken is invalid');
  }
  const end = start + size;
  return { shown: all.slice(start, end), ...(end < all.length && { NextToken: String(end) }) };
}
