import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { QueueSpec } from '@stocktool/topology';
import type { Arns } from './arns';
import type { Clients } from './clients';
import { type Difference, type Resource, same, unlessAbsent } from './finding';

type Attributes = Partial<Record<QueueAttributeName, string>>;

/** Attributes whose value is a JSON text: compared by meaning, not by letters. */
const jsonAttributes = new Set<string>(['RedrivePolicy', 'Policy']);

/** Where messages, or events of a function, end that nothing could handle. */
export function deadLetterQueueResource(name: string, retentionSeconds: number, clients: Clients): Resource {
  return queueResource(
    name,
    { MessageRetentionPeriod: String(retentionSeconds), SqsManagedSseEnabled: 'true' },
    clients,
  );
}

/** `sources`: topics that may send to this queue. */
export function workQueueResource(spec: QueueSpec, sources: readonly string[], arns: Arns, clients: Clients): Resource {
  const deadLetterTargetArn = arns.queue(spec.deadLetterName);
  return queueResource(
    spec.name,
    {
      VisibilityTimeout: String(spec.visibilitySeconds),
      MessageRetentionPeriod: String(spec.retentionSeconds),
      ReceiveMessageWaitTimeSeconds: String(spec.receiveWaitSeconds),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: spec.maxReceiveCount }),
      SqsManagedSseEnabled: 'true',
      ...(sources.length > 0 && { Policy: topicsMaySend(arns.queue(spec.name), sources) }),
    },
    clients,
  );
}

const topicsMaySend = (queueArn: string, topicArns: readonly string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'topics',
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArns } },
      },
    ],
  });

function queueResource(QueueName: string, wanted: Attributes, { sqs }: Clients): Resource {
  const urlOf = async () =>
    (await unlessAbsent(sqs.send(new GetQueueUrlCommand({ QueueName })), 'QueueDoesNotExist'))?.QueueUrl;

  return {
    name: `queue ${QueueName}`,
    exists: async () => (await urlOf()) !== undefined,
    create: async () => void (await sqs.send(new CreateQueueCommand({ QueueName, Attributes: wanted }))),

    async differences() {
      const QueueUrl = await urlOf();
      const { Attributes: actual = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return Object.entries(wanted)
        .filter(([name, value]) => !equal(name, actual[name as QueueAttributeName], value))
        .map(([name, value]): Difference => ({
          setting: name,
          correct: () => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [name]: value } })),
        }));
    },
  };
}

function equal(name: string, actual: string | undefined, wanted: string): boolean {
  if (actual === wanted) return true;
  if (actual === undefined || !jsonAttributes.has(name)) return false;
  return same(numbersAsText(JSON.parse(actual)), numbersAsText(JSON.parse(wanted)));
}

/** AWS answers `maxReceiveCount` as text or as a number. */
const numbersAsText = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'number' ? String(inner) : inner)));
