import { topology } from '@stocktool/topology';
import { accountArns, type Arns } from './arns';
import { bucketResource } from './bucket';
import { type AwsSettings, type Clients, connect } from './clients';
import { type Finding, reconcile, type Resource } from './finding';
import { alarmResource, dashboardResource, logGroupResource } from './observation';
import { deadLetterQueueResource, workQueueResource } from './queue';
import { secretResource } from './secret';
import { tableResource } from './table';
import { type Publisher, subscriptionResource, topicResource } from './topic';

export interface ProvisionSettings extends AwsSettings {
  /** Origins of pages that reach the buckets by presigned URL. */
  readonly consoleOrigins: readonly string[];
  /** False: only compare, change nothing. */
  readonly apply: boolean;
}

/** At most this many resources are compared at once: AWS throttles control-plane calls. */
const parallel = 8;

/**
 * Brings the account to the topology, or with `apply: false` only compares. One finding a resource; a resource that
 * cannot be brought there is a `conflict` that says why. Running it twice changes nothing the second time.
 */
export async function provision(settings: ProvisionSettings): Promise<Finding[]> {
  const clients = connect(settings);
  try {
    const arns = await accountArns(settings);
    const findings: Finding[] = [];
    for (const stage of stages(settings, arns, clients)) findings.push(...(await reconcileAll(stage, settings.apply)));
    return findings;
  } finally {
    clients.destroy();
  }
}

/** Later stages point to resources of earlier ones. */
function stages(settings: ProvisionSettings, arns: Arns, clients: Clients): Resource[][] {
  const { tables, buckets, queues, topics, subscriptions, secrets, services, functions, alarms, dashboard } = topology;
  const topicArn = (id: keyof typeof topics) => arns.topic(topics[id].name);
  const feeders = (queue: keyof typeof queues) =>
    subscriptions.filter((row) => row.queue === queue).map((row) => topicArn(row.topic));
  const publishers: Partial<Record<keyof typeof topics, Publisher>> = {
    documents: { service: 's3.amazonaws.com', sourceArn: arns.bucket(buckets.knowledge.name) },
    alarmsCritical: { service: 'cloudwatch.amazonaws.com' },
    alarmsWarning: { service: 'cloudwatch.amazonaws.com' },
  };
  const topicIds = Object.keys(topics) as (keyof typeof topics)[];
  const queueIds = Object.keys(queues) as (keyof typeof queues)[];
  const names = [...Object.values(services), ...Object.values(functions)].map(({ name }) => name);

  return [
    [
      ...Object.values(tables).map((table) => tableResource(table, clients)),
      ...[
        ...Object.values(queues).map(({ deadLetterName }) => deadLetterName),
        ...Object.values(functions).map(({ failureQueueName }) => failureQueueName),
      ].map((name) => deadLetterQueueResource(name, topology.deadLetterRetentionSeconds, clients)),
      ...topicIds.map((id) => topicResource(topics[id].name, topicArn(id), publishers[id], clients)),
      ...names.map((name) => logGroupResource(topology.logGroupOf(name), topology.logRetentionDays, clients)),
      ...Object.values(secrets).map((secret) => secretResource(secret, clients)),
      dashboardResource(dashboard.name, dashboard.body(), clients),
    ],
    [
      ...queueIds.map((id) => workQueueResource(queues[id], feeders(id), arns, clients)),
      ...Object.values(buckets).map((bucket) =>
        bucketResource(
          bucket,
          {
            region: settings.region,
            consoleOrigins: settings.consoleOrigins,
            ...('uploads' in bucket && { uploadsTopicArn: topicArn(bucket.uploads.topic) }),
          },
          clients,
        ),
      ),
      ...alarms.map((alarm) =>
        alarmResource(alarm, topicArn(alarm.severity === 'critical' ? 'alarmsCritical' : 'alarmsWarning'), clients),
      ),
    ],
    subscriptions.map(({ topic, queue, rawMessageDelivery, filterPolicy }) =>
      subscriptionResource(
        { topicArn: topicArn(topic), queueArn: arns.queue(queues[queue].name), rawMessageDelivery, filterPolicy },
        clients,
      ),
    ),
  ];
}

async function reconcileAll(resources: readonly Resource[], apply: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  const waiting = resources.entries();
  const work = async () => {
    for (const [index, resource] of waiting) findings[index] = await reconcile(resource, { apply });
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return findings;
}
