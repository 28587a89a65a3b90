import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { QueueName } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { Environment } from '../environments';

interface QueuesProps extends Pick<Environment, 'retainData'> {
  readonly key: IKey;
}

/** Every queue of the topology with its dead-letter queue, and where failed runs of functions go: encrypted, TLS only. */
export class Queues extends Construct {
  readonly byId: Readonly<Record<QueueName, Queue>>;

  constructor(scope: Construct, id: string, { key, retainData }: QueuesProps) {
    super(scope, id);
    const dead = { retentionPeriod: Duration.seconds(topology.deadLetterRetentionSeconds) };
    const common = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      // One call of KMS an hour for each sender and queue, not one every five minutes.
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    };
    for (const { failureQueueName } of Object.values(topology.functions)) {
      const failed = new Queue(this, failureQueueName, { ...common, ...dead, queueName: failureQueueName });
      acknowledge(failed, 'AwsSolutions-SQS3', 'This is where given-up runs of a function go.');
    }
    const make = (queueId: QueueName): Queue => {
      const spec = topology.queues[queueId];
      const deadLetters = new Queue(this, `${queueId}DeadLetters`, {
        ...common,
        ...dead,
        queueName: spec.deadLetterName,
      });
      acknowledge(deadLetters, 'AwsSolutions-SQS3', 'This is the dead-letter queue.');
      return new Queue(this, queueId, {
        ...common,
        queueName: spec.name,
        visibilityTimeout: Duration.seconds(spec.visibilitySeconds),
        receiveMessageWaitTime: Duration.seconds(spec.receiveWaitSeconds),
        retentionPeriod: Duration.seconds(spec.retentionSeconds),
        deadLetterQueue: { queue: deadLetters, maxReceiveCount: spec.maxReceiveCount },
      });
    };
    const ids = Object.keys(topology.queues) as QueueName[];
    this.byId = Object.fromEntries(ids.map((queueId) => [queueId, make(queueId)])) as Record<QueueName, Queue>;
  }
}
