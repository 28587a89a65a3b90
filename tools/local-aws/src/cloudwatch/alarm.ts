import { z } from 'zod';
import { arn } from '../account';
import { invalidCombination, validationError } from './cloudwatch-errors';
import { Dimensions, MetricQueries, MetricQuery } from './metric-queries';
import type { MetricStore } from './metric-store';

const Actions = z.array(z.string().min(1).max(1024)).max(5).nullish();

export const AlarmInput = z.object({
  AlarmName: z.string().min(1).max(255),
  AlarmDescription: z.string().max(1024).nullish(),
  ActionsEnabled: z.boolean().nullish(),
  OKActions: Actions,
  AlarmActions: Actions,
  InsufficientDataActions: Actions,
  MetricName: z.string().nullish(),
  Namespace: z.string().nullish(),
  Statistic: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']).nullish(),
  ExtendedStatistic: z.string().nullish(),
  Dimensions: Dimensions.nullish(),
  Period: z.number().int().nullish(),
  Unit: z.string().nullish(),
  EvaluationPeriods: z.number().int().min(1),
  DatapointsToAlarm: z.number().int().min(1).nullish(),
  Threshold: z.number().nullish(),
  ComparisonOperator: z.enum([
    'GreaterThanThreshold',
    'GreaterThanOrEqualToThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).nullish(),
  EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).nullish(),
  Metrics: z.array(MetricQuery).nullish(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).nullish(),
});
export type AlarmInput = z.infer<typeof AlarmInput>;
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface Alarm {
  readonly arn: string;
  readonly input: AlarmInput;
  readonly queries: MetricQueries;
  /** The query whose series is compared with the threshold. */
  readonly watched: MetricQuery;
  readonly configuredAt: number;
  tags: Readonly<Record<string, string>>;
  actionsEnabled: boolean;
  state: AlarmState;
  reason: string;
  reasonData: string | undefined;
  stateChangedAt: number;
  stateUpdatedAt: number;
}

const alarmArn = (name: string): string => arn('cloudwatch', `alarm:${name}`);

const longestWindowSeconds = 7 * 86_400;
const oneDaySeconds = 86_400;

/** What of an alarm outlives the process. */
export type KeptAlarm = Omit<Alarm, 'arn' | 'queries' | 'watched'>;

export function keptOf({ arn: _arn, queries: _queries, watched: _watched, ...kept }: Alarm): KeptAlarm {
  return kept;
}

/** An alarm as given, checked; what it was before keeps its state. */
export function newAlarm(input: AlarmInput, store: MetricStore, before: KeptAlarm | undefined): Alarm {
  const queries = new MetricQueries(store, queriesOf(input));
  const returned = queries.queries.filter((query) => query.ReturnData ?? true);
  const [watched] = returned;
  if (!watched || returned.length > 1)
    throw validationError('Exactly one element of the metrics list should return data.');
  if (input.Threshold == null) throw validationError('Threshold is required');
  if ((input.DatapointsToAlarm ?? 1) > input.EvaluationPeriods) {
    throw validationError('DatapointsToAlarm must be at most EvaluationPeriods');
  }
  const periodSeconds = queries.periodOf(watched) / 1000;
  const span = periodSeconds * input.EvaluationPeriods;
  if (span > (periodSeconds >= 3600 ? longestWindowSeconds : oneDaySeconds)) {
    throw validationError(
      'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)',
    );
  }
  const now = Date.now();
  return {
    arn: alarmArn(input.AlarmName),
    input,
    queries,
    watched,
    configuredAt: now,
    tags: before?.tags ?? Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    actionsEnabled: input.ActionsEnabled ?? true,
    state: before?.state ?? 'INSUFFICIENT_DATA',
    reason: before?.reason ?? 'Unchecked: Initial alarm creation',
    reasonData: before?.reasonData,
    stateChangedAt: before?.stateChangedAt ?? now,
    stateUpdatedAt: before?.stateUpdatedAt ?? now,
  };
}

function queriesOf(input: AlarmInput): MetricQuery[] {
  const { Metrics, MetricName, Namespace, Statistic, ExtendedStatistic, Period, Dimensions: dimensions } = input;
  if (Metrics?.length) {
    if (MetricName || Namespace || Statistic || Period)
      throw invalidCombination('Metrics cannot be combined with MetricName');
    return Metrics;
  }
  const Stat = Statistic ?? ExtendedStatistic;
  if (!MetricName || !Namespace || !Stat || !Period)
    throw validationError('MetricName, Namespace, Period and a statistic are required');
  if (Statistic && ExtendedStatistic) throw invalidCombination('Statistic cannot be combined with ExtendedStatistic');
  return [{ Id: 'm1', MetricStat: { Metric: { Namespace, MetricName, Dimensions: dimensions }, Period, Stat } }];
}

const seconds = (ms: number): number => ms / 1000;

/** As DescribeAlarms tells it. */
export function describeAlarm(alarm: Alarm): Record<string, unknown> {
  const { Tags: _tags, ...input } = alarm.input;
  return {
    ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)),
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: seconds(alarm.configuredAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: input.OKActions ?? [],
    AlarmActions: input.AlarmActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    ...(!input.Metrics?.length && { Dimensions: input.Dimensions ?? [] }),
    StateValue: alarm.state,
    StateReason: alarm.reason,
    StateReasonData: alarm.reasonData,
    StateUpdatedTimestamp: seconds(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: seconds(alarm.stateChangedAt),
  };
}
