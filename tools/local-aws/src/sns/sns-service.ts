import { z } from 'zod';
import { accountId, nameOfArn } from '../account';
import { AwsError } from '../aws-error';
import type { Service } from '../http/exchange';
import { formList, formMap } from '../http/query-form';
import { queryOperation, QueryService, type QueryOperation } from '../http/query-service';
import { xmlEntries, type XmlTree } from '../http/xml';
import { MessageAttribute } from '../sqs/message';
import type { Subscription } from './subscription';
import type { Topics } from './topics';

const Attributes = formMap(z.string());
const Tags = formList(z.object({ Key: z.string(), Value: z.string() }));
const TopicArn = z.object({ TopicArn: z.string() });
const SubscriptionArn = z.object({ SubscriptionArn: z.string() });
const NextToken = { NextToken: z.string().optional() };
const Publishable = {
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: formMap(MessageAttribute),
  MessageGroupId: z.string().min(1).max(128).optional(),
};
const pageSize = 100;
const mostBatchEntries = 10;

/** SNS over the query protocol. */
export function snsService(topics: Topics): Service {
  return new QueryService({
    name: 'sns',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    operations: { ...topicOperations(topics), ...subscriptionOperations(topics), ...publishOperations(topics) },
    resourceOf: ({ TopicArn, TargetArn, Name, ResourceArn, SubscriptionArn }) => {
      const named = [TopicArn, TargetArn, ResourceArn, Name].find((value) => typeof value === 'string');
      if (typeof named === 'string') return nameOfArn(named);
      return typeof SubscriptionArn === 'string' ? SubscriptionArn.split(':')[5] : undefined;
    },
  });
}

const tagsOf = (tags: readonly { Key: string; Value: string }[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

function page<T>(all: readonly T[], token: string | undefined): { items: readonly T[]; NextToken?: string } {
  const start = token ? Number(token) : 0;
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidParameter', 'Invalid parameter: NextToken');
  const end = start + pageSize;
  return { items: all.slice(start, end), ...(end < all.length && { NextToken: String(end) }) };
}

function topicOperations(topics: Topics): Record<string, QueryOperation> {
  return {
    CreateTopic: queryOperation(z.object({ Name: z.string(), Attributes, Tags }), (input) => ({
      TopicArn: topics.create(input.Name, input.Attributes, tagsOf(input.Tags)).arn,
    })),
    DeleteTopic: queryOperation(TopicArn, (input) => topics.delete(input.TopicArn)),
    ListTopics: queryOperation(z.object(NextToken), (input) => {
      const { items, ...more } = page(topics.list(), input.NextToken);
      return { Topics: { member: items.map(({ arn }) => ({ TopicArn: arn })) }, ...more };
    }),
    GetTopicAttributes: queryOperation(TopicArn, (input) => ({
      Attributes: xmlEntries(topics.describe(topics.get(input.TopicArn))),
    })),
    SetTopicAttributes: queryOperation(
      TopicArn.extend({ AttributeName: z.string(), AttributeValue: z.string().default('') }),
      (input) => {
        const topic = topics.get(input.TopicArn);
        topics.save({ ...topic, attributes: { ...topic.attributes, [input.AttributeName]: input.AttributeValue } });
      },
    ),
    TagResource: queryOperation(z.object({ ResourceArn: z.string(), Tags }), (input) => {
      const topic = topics.get(input.ResourceArn);
      topics.save({ ...topic, tags: { ...topic.tags, ...tagsOf(input.Tags) } });
      return {};
    }),
    UntagResource: queryOperation(z.object({ ResourceArn: z.string(), TagKeys: formList(z.string()) }), (input) => {
      const topic = topics.get(input.ResourceArn);
      const left = Object.entries(topic.tags).filter(([key]) => !input.TagKeys.includes(key));
      topics.save({ ...topic, tags: Object.fromEntries(left) });
      return {};
    }),
    ListTagsForResource: queryOperation(z.object({ ResourceArn: z.string() }), (input) => {
      const { tags } = topics.get(input.ResourceArn);
      return { Tags: { member: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
    }),
  };
}

function subscriptionOperations(topics: Topics): Record<string, QueryOperation> {
  const row = (subscription: Subscription): XmlTree => ({
    SubscriptionArn: subscription.confirmed ? subscription.arn : 'PendingConfirmation',
    TopicArn: subscription.topicArn,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    Owner: accountId,
  });
  const list = (all: readonly Subscription[], token: string | undefined): XmlTree => {
    const { items, ...more } = page(all, token);
    return { Subscriptions: { member: items.map(row) }, ...more };
  };
  return {
    Subscribe: queryOperation(
      TopicArn.extend({
        Protocol: z.string(),
        Endpoint: z.string(),
        Attributes,
        ReturnSubscriptionArn: z.string().optional(),
      }),
      (input) => {
        const subscription = topics.subscribe(input.TopicArn, input.Protocol, input.Endpoint, input.Attributes);
        const show = subscription.confirmed || input.ReturnSubscriptionArn === 'true';
        return { SubscriptionArn: show ? subscription.arn : 'pending confirmation' };
      },
    ),
    ConfirmSubscription: queryOperation(TopicArn.extend({ Token: z.string() }), (input) => ({
      SubscriptionArn: topics.confirm(input.TopicArn, input.Token).arn,
    })),
    Unsubscribe: queryOperation(SubscriptionArn, (input) => topics.unsubscribe(input.SubscriptionArn)),
    GetSubscriptionAttributes: queryOperation(SubscriptionArn, (input) => ({
      Attributes: xmlEntries(topics.subscription(input.SubscriptionArn).describe()),
    })),
    SetSubscriptionAttributes: queryOperation(
      SubscriptionArn.extend({ AttributeName: z.string(), AttributeValue: z.string().default('') }),
      (input) => topics.configure(input.SubscriptionArn, { [input.AttributeName]: input.AttributeValue }),
    ),
    ListSubscriptions: queryOperation(z.object(NextToken), (input) =>
      list(topics.listSubscriptions(), input.NextToken),
    ),
    ListSubscriptionsByTopic: queryOperation(TopicArn.extend(NextToken), (input) => {
      topics.get(input.TopicArn);
      return list(topics.subscriptionsOf(input.TopicArn), input.NextToken);
    }),
  };
}

function publishOperations(topics: Topics): Record<string, QueryOperation> {
  const Target = z.object({ TopicArn: z.string().optional(), TargetArn: z.string().optional() });
  const Entry = z.object({ Id: z.string().regex(/^[\w-]{1,80}$/), ...Publishable });
  const Entries = formList(z.looseObject({ Id: z.string() }));
  return {
    Publish: queryOperation(Target.extend(Publishable), (input) => {
      const target = input.TopicArn ?? input.TargetArn;
      if (!target) throw new AwsError('InvalidParameter', 'Invalid parameter: TopicArn or TargetArn is required');
      return { MessageId: topics.publish(target, input).id };
    }),
    PublishBatch: queryOperation(TopicArn.extend({ PublishBatchRequestEntries: Entries }), (input) => {
      topics.get(input.TopicArn);
      const entries = input.PublishBatchRequestEntries;
      if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'The batch request contains no entries.');
      if (entries.length > mostBatchEntries) {
        throw new AwsError('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
      }
      if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
        throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
      }
      const successful: XmlTree[] = [];
      const failed: XmlTree[] = [];
      for (const entry of entries) {
        const parsed = Entry.safeParse(entry);
        try {
          if (!parsed.success)
            throw new AwsError('InvalidParameter', `Invalid parameter: ${parsed.error.issues[0]?.path.join('.')}`);
          successful.push({ Id: entry.Id, MessageId: topics.publish(input.TopicArn, parsed.data).id });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
        }
      }
      return { Successful: { member: successful }, Failed: { member: failed } };
    }),
  };
}
