import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import type { Clients } from './clients';
import { type Difference, type Resource, same, unlessAbsent } from './finding';

export interface Publisher {
  readonly service: 's3.amazonaws.com' | 'cloudwatch.amazonaws.com';
  /** Only on behalf of this resource, when given. */
  readonly sourceArn?: string;
}

export function topicResource(
  name: string,
  TopicArn: string,
  publisher: Publisher | undefined,
  { sns }: Clients,
): Resource {
  const policy = publisher && JSON.stringify(mayPublish(TopicArn, publisher));
  const attributes = () =>
    unlessAbsent(sns.send(new GetTopicAttributesCommand({ TopicArn })), 'NotFoundException', 'NotFound');

  return {
    name: `topic ${name}`,
    exists: async () => (await attributes()) !== undefined,
    create: async () => void (await sns.send(new CreateTopicCommand({ Name: name }))),
    async differences() {
      if (policy === undefined) return [];
      const actual = (await attributes())?.Attributes?.['Policy'];
      if (actual !== undefined && same(JSON.parse(actual), JSON.parse(policy))) return [];
      return [
        {
          setting: 'policy',
          correct: () =>
            sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue: policy })),
        },
      ];
    },
  };
}

const mayPublish = (topicArn: string, { service, sourceArn }: Publisher) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'publisher',
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sns:Publish',
      Resource: topicArn,
      ...(sourceArn !== undefined && { Condition: { ArnLike: { 'aws:SourceArn': sourceArn } } }),
    },
  ],
});

export interface QueueSubscription {
  readonly topicArn: string;
  readonly queueArn: string;
  readonly rawMessageDelivery: boolean;
  readonly filterPolicy: Readonly<Record<string, readonly string[]>>;
}

export function subscriptionResource(wanted: QueueSubscription, { sns }: Clients): Resource {
  const { topicArn: TopicArn, queueArn: Endpoint, filterPolicy } = wanted;
  const hasFilter = Object.keys(filterPolicy).length > 0;
  const raw = String(wanted.rawMessageDelivery);

  const find = async (): Promise<string | undefined> => {
    let NextToken: string | undefined;
    do {
      const page = await unlessAbsent(
        sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken })),
        'NotFoundException',
        'NotFound',
      );
      const row = page?.Subscriptions?.find((subscription) => subscription.Endpoint === Endpoint);
      if (row !== undefined) return row.SubscriptionArn;
      NextToken = page?.NextToken;
    } while (NextToken !== undefined && NextToken !== '');
    return undefined;
  };
  const nameOf = (arn: string) => arn.split(':').at(-1) ?? arn;

  return {
    name: `subscription ${nameOf(TopicArn)} -> ${nameOf(Endpoint)}`,
    exists: async () => (await find()) !== undefined,
    async create() {
      const Attributes = {
        RawMessageDelivery: raw,
        ...(hasFilter && { FilterPolicy: JSON.stringify(filterPolicy) }),
      };
      await sns.send(
        new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes, ReturnSubscriptionArn: true }),
      );
    },
    async differences() {
      const SubscriptionArn = await find();
      const { Attributes = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      const set = (AttributeName: string, AttributeValue: string) => () =>
        sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
      const found: Difference[] = [];
      if ((Attributes['RawMessageDelivery'] ?? 'false') !== raw)
        found.push({ setting: 'raw message delivery', correct: set('RawMessageDelivery', raw) });
      if (!same(JSON.parse(Attributes['FilterPolicy'] ?? '{}'), filterPolicy))
        found.push({ setting: 'filter policy', correct: set('FilterPolicy', JSON.stringify(filterPolicy)) });
      return found;
    },
  };
}
