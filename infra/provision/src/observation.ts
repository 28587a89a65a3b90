import {
  type Dimension,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  type MetricAlarm,
  type MetricDataQuery,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AlarmSpec } from '@stocktool/topology';
import type { Clients } from './clients';
import { type Resource, same, unlessAbsent } from './finding';

export function logGroupResource(logGroupName: string, retentionInDays: number, { logs }: Clients): Resource {
  const find = async () => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
    return logGroups?.find((group) => group.logGroupName === logGroupName);
  };
  return {
    name: `log group ${logGroupName}`,
    exists: async () => (await find()) !== undefined,
    create: async () => void (await logs.send(new CreateLogGroupCommand({ logGroupName }))),
    async differences() {
      if ((await find())?.retentionInDays === retentionInDays) return [];
      return [
        {
          setting: 'retention',
          correct: () => logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays })),
        },
      ];
    },
  };
}

/** `topicArn` hears of the alarm and of its end. */
export function alarmResource(spec: AlarmSpec, topicArn: string, { cloudwatch }: Clients): Resource {
  const wanted = alarmInput(spec, topicArn);
  const find = async (): Promise<MetricAlarm | undefined> =>
    (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [spec.name] }))).MetricAlarms?.[0];
  const put = () => cloudwatch.send(new PutMetricAlarmCommand(wanted));

  return {
    name: `alarm ${spec.name}`,
    exists: async () => (await find()) !== undefined,
    create: async () => void (await put()),
    async differences() {
      const actual = await find();
      const settings = comparedSettings.filter((name) => !same(actual?.[name], wanted[name]));
      if (!same(simplified(actual?.Metrics), simplified(wanted.Metrics))) return [{ setting: 'metrics', correct: put }];
      return settings.length === 0 ? [] : [{ setting: settings.join(' and '), correct: put }];
    },
  };
}

const comparedSettings = [
  'AlarmDescription',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'ComparisonOperator',
  'Threshold',
  'TreatMissingData',
  'AlarmActions',
  'OKActions',
] as const;

const dimensionsOf = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));

function alarmInput(spec: AlarmSpec, topicArn: string): PutMetricAlarmCommandInput {
  const Metrics: MetricDataQuery[] = spec.queries.map(({ id, namespace, metric, dimensions, statistic }) => ({
    Id: id,
    MetricStat: {
      Metric: { Namespace: namespace, MetricName: metric, Dimensions: dimensionsOf(dimensions) },
      Period: spec.periodSeconds,
      Stat: statistic,
    },
    ReturnData: false,
  }));
  Metrics.push({ Id: 'alarm', Expression: spec.expression, Label: spec.description, ReturnData: true });
  return {
    AlarmName: spec.name,
    AlarmDescription: spec.description,
    ActionsEnabled: true,
    AlarmActions: [topicArn],
    OKActions: [topicArn],
    EvaluationPeriods: spec.evaluationPeriods,
    DatapointsToAlarm: spec.datapointsToAlarm,
    ComparisonOperator: spec.comparison,
    Threshold: spec.threshold,
    TreatMissingData: spec.missingData,
    Metrics,
  };
}

/** What matters of an alarm's queries: AWS adds fields of its own to its answer. */
const simplified = (queries: readonly MetricDataQuery[] = []) =>
  queries.map(({ Id, Expression, MetricStat }) => ({
    Id,
    Expression,
    metric: MetricStat?.Metric?.MetricName,
    namespace: MetricStat?.Metric?.Namespace,
    dimensions: MetricStat?.Metric?.Dimensions ?? [],
    statistic: MetricStat?.Stat,
    period: MetricStat?.Period,
  }));

export function dashboardResource(DashboardName: string, body: string, { cloudwatch }: Clients): Resource {
  const find = () =>
    unlessAbsent(
      cloudwatch.send(new GetDashboardCommand({ DashboardName })),
      'DashboardNotFoundError',
      'ResourceNotFound',
      'ResourceNotFoundException',
      'InvalidParameterValueException', // LocalStack's; a name that AWS does not take is refused by the put
    );
  const put = () => cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody: body }));
  return {
    name: `dashboard ${DashboardName}`,
    exists: async () => (await find()) !== undefined,
    create: async () => void (await put()),
    async differences() {
      const actual = (await find())?.DashboardBody;
      if (actual !== undefined && same(JSON.parse(actual), JSON.parse(body))) return [];
      return [{ setting: 'body', correct: put }];
    },
  };
}
