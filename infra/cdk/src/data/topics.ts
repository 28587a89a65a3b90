import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { QueueName } from '@stocktool/contracts';
import { topology, type TopicId } from '@stocktool/topology';
import { Construct } from 'constructs';

interface TopicsProps {
  readonly key: IKey;
  readonly queues: Readonly<Record<QueueName, Queue>>;
}

/** Every topic of the topology, encrypted and TLS only, and its subscriptions with their filter policies. */
export class Topics extends Construct {
  readonly byId: Readonly<Record<TopicId, Topic>>;

  constructor(scope: Construct, id: string, { key, queues }: TopicsProps) {
    super(scope, id);
    const make = (topicId: TopicId): Topic =>
      new Topic(this, topicId, { topicName: topology.topics[topicId].name, masterKey: key, enforceSSL: true });
    const ids = Object.keys(topology.topics) as TopicId[];
    this.byId = Object.fromEntries(ids.map((topicId) => [topicId, make(topicId)])) as Record<TopicId, Topic>;
    for (const severity of ['alarmsCritical', 'alarmsWarning'] as const)
      this.byId[severity].grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'));
    for (const { topic, queue, rawMessageDelivery, filterPolicy } of topology.subscriptions) {
      const sender = new ServicePrincipal('sns.amazonaws.com', {
        conditions: { ArnEquals: { 'aws:SourceArn': this.byId[topic].topicArn } },
      });
      queues[queue].grant(sender, 'sqs:SendMessage');
      // The plain resource: the construct of the library takes filters only through builders of its own.
      new CfnSubscription(this, `${topic}To${queue}`, {
        topicArn: this.byId[topic].topicArn,
        protocol: 'sqs',
        endpoint: queues[queue].queueArn,
        rawMessageDelivery,
        ...(Object.keys(filterPolicy).length > 0 && { filterPolicy }),
      });
    }
  }
}
