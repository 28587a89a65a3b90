import { Aws } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmSpec, topology } from '@stocktool/topology';
import { Construct } from 'constructs';
import { bucketSuffix } from '../data/buckets';

/** Every alarm and the dashboard of the topology. Plain resources: the topology's metric maths is CloudWatch's own. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    for (const alarm of topology.alarms) new CfnAlarm(this, alarm.name, alarmProperties(alarm));
    new CfnDashboard(this, 'dashboard', {
      dashboardName: topology.dashboard.name,
      dashboardBody: topology.dashboard.body(),
    });
  }
}

const topicArn = (severity: AlarmSpec['severity']): string => {
  const { alarmsCritical, alarmsWarning } = topology.topics;
  const { name } = severity === 'critical' ? alarmsCritical : alarmsWarning;
  return `arn:${Aws.PARTITION}:sns:${Aws.REGION}:${Aws.ACCOUNT_ID}:${name}`;
};

const alarmProperties = (spec: AlarmSpec): ConstructorParameters<typeof CfnAlarm>[2] => ({
  alarmName: spec.name,
  alarmDescription: spec.description,
  evaluationPeriods: spec.evaluationPeriods,
  datapointsToAlarm: spec.datapointsToAlarm,
  comparisonOperator: spec.comparison,
  threshold: spec.threshold,
  treatMissingData: spec.missingData,
  alarmActions: [topicArn(spec.severity)],
  okActions: [topicArn(spec.severity)],
  metrics: [
    ...spec.queries.map(({ id, namespace, metric, dimensions, statistic }) => ({
      id,
      returnData: false,
      metricStat: {
        stat: statistic,
        period: spec.periodSeconds,
        metric: { namespace, metricName: metric, dimensions: dimensionsOf(dimensions) },
      },
    })),
    { id: 'alarm', expression: spec.expression, label: spec.description, returnData: true },
  ],
});

const dimensionsOf = (dimensions: Readonly<Record<string, string>>) =>
  Object.entries(dimensions).map(([name, value]) => ({
    name,
    value: name === 'BucketName' ? `${value}${bucketSuffix}` : value,
  }));
