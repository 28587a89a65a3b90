import { Duration } from 'aws-cdk-lib';
import { CfnScalingPolicy } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { ICluster, FargateService, ScalableTaskCount } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { QueueName } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import type { TaskSize } from '../environments';

const busyPercent = 60;

const tasksOf = (service: FargateService, { leastTasks, mostTasks }: TaskSize): ScalableTaskCount =>
  service.autoScaleTaskCount({ minCapacity: leastTasks, maxCapacity: mostTasks });

const cooldowns = { scaleOutCooldown: Duration.seconds(30), scaleInCooldown: Duration.minutes(5) };

/** As many tasks as requests need, or processors when requests are heavy: the larger number wins. */
export function scaleByRequests(
  service: FargateService,
  size: TaskSize,
  { targetGroup, requestsPerTask }: { targetGroup: ApplicationTargetGroup; requestsPerTask: number },
): void {
  const tasks = tasksOf(service, size);
  tasks.scaleOnRequestCount('requests', { targetGroup, requestsPerTarget: requestsPerTask, ...cooldowns });
  tasks.scaleOnCpuUtilization('processor', { targetUtilizationPercent: busyPercent, ...cooldowns });
}

export function scaleByProcessor(service: FargateService, size: TaskSize): void {
  tasksOf(service, size).scaleOnCpuUtilization('processor', { targetUtilizationPercent: busyPercent, ...cooldowns });
}

/**
 * Waiting messages for each running task. The right number is what one task works off in the time that a message may
 * wait; the queue's length alone would ask for the same number of tasks however fast they are.
 */
export function scaleByBacklog(
  service: FargateService,
  size: TaskSize,
  { queue, messagesPerTask, cluster }: { queue: QueueName; messagesPerTask: number; cluster: ICluster },
): void {
  const tasks = tasksOf(service, size);
  const target = tasks.node.findChild('Target');
  const metric = (
    id: string,
    namespace: string,
    metricName: string,
    stat: string,
    dimensions: Record<string, string>,
  ) => ({
    id,
    returnData: false,
    metricStat: {
      stat,
      metric: {
        namespace,
        metricName,
        dimensions: Object.entries(dimensions).map(([name, value]) => ({ name, value })),
      },
    },
  });
  const policy = new CfnScalingPolicy(service, 'backlog', {
    policyName: `${topology.queues[queue].name}-backlog`,
    policyType: 'TargetTrackingScaling',
    scalingTargetId: (target as unknown as { scalableTargetId: string }).scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: messagesPerTask,
      scaleOutCooldown: cooldowns.scaleOutCooldown.toSeconds(),
      scaleInCooldown: cooldowns.scaleInCooldown.toSeconds(),
      customizedMetricSpecification: {
        metrics: [
          metric('waiting', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', {
            QueueName: topology.queues[queue].name,
          }),
          metric('tasks', 'ECS/ContainerInsights', 'RunningTaskCount', 'Average', {
            ClusterName: cluster.clusterName,
            ServiceName: service.serviceName,
          }),
          {
            id: 'backlog',
            expression: 'waiting / IF(tasks > 0, tasks, 1)',
            label: 'Messages per task',
            returnData: true,
          },
        ],
      },
    },
  });
  policy.node.addDependency(target);
}
