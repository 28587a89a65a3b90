import { accountId } from '../account';
import type { Alarm, AlarmState } from './alarm';

const regionName = 'US East (N. Virginia)';
const longestSubject = 100;
/** CloudWatch writes the zone as +0000. */
const timestamp = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

/** What CloudWatch publishes to a topic when an alarm changes its state. */
export function alarmNotification(alarm: Alarm, before: AlarmState): { Subject: string; Message: string } {
  const { input } = alarm;
  const message = {
    AlarmName: input.AlarmName,
    AlarmDescription: input.AlarmDescription ?? null,
    AWSAccountId: accountId,
    AlarmConfigurationUpdatedTimestamp: timestamp(alarm.configuredAt),
    NewStateValue: alarm.state,
    NewStateReason: alarm.reason,
    StateChangeTime: timestamp(alarm.stateChangedAt),
    Region: regionName,
    AlarmArn: alarm.arn,
    OldStateValue: before,
    OKActions: input.OKActions ?? [],
    AlarmActions: input.AlarmActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    Trigger: { ...metricOf(alarm), ...ruleOf(alarm) },
  };
  const Subject = `${alarm.state}: "${input.AlarmName}" in ${regionName}`.slice(0, longestSubject);
  return { Subject, Message: JSON.stringify(message) };
}

function ruleOf({ input, queries, watched }: Alarm) {
  return {
    Period: queries.periodOf(watched) / 1000,
    EvaluationPeriods: input.EvaluationPeriods,
    ...(input.DatapointsToAlarm && { DatapointsToAlarm: input.DatapointsToAlarm }),
    ComparisonOperator: input.ComparisonOperator,
    Threshold: input.Threshold,
    TreatMissingData: input.TreatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: input.EvaluateLowSampleCountPercentile ?? '',
  };
}

function metricOf({ input }: Alarm) {
  const lower = (dimensions: typeof input.Dimensions) =>
    (dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name }));
  if (input.Metrics?.length) {
    const Metrics = input.Metrics.map(({ MetricStat, ...query }) => ({
      ...query,
      ...(MetricStat && {
        MetricStat: {
          ...MetricStat,
          Metric: { ...MetricStat.Metric, Dimensions: lower(MetricStat.Metric.Dimensions) },
        },
      }),
    }));
    return { Metrics };
  }
  return {
    MetricName: input.MetricName,
    Namespace: input.Namespace,
    StatisticType: input.Statistic ? 'Statistic' : 'ExtendedStatistic',
    ...(input.Statistic ? { Statistic: statistics[input.Statistic] } : { ExtendedStatistic: input.ExtendedStatistic }),
    Unit: input.Unit ?? null,
    Dimensions: lower(input.Dimensions),
  };
}

const statistics = {
  SampleCount: 'SAMPLE_COUNT',
  Average: 'AVERAGE',
  Sum: 'SUM',
  Minimum: 'MINIMUM',
  Maximum: 'MAXIMUM',
} as const;
