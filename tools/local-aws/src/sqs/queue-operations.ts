import { z } from 'zod';
import { accountId } from '../account';
import { AwsError } from '../aws-error';
import { operation, type Operations } from '../http/json-service';
import type { MoveTasks } from './move-tasks';
import type { Queue } from './queue';
import { checkAttributes, defaultAttributes } from './queue-attributes';
import type { Queues } from './queues';

const Texts = z.record(z.string(), z.string()).nullish();
const QueueUrl = z.object({ QueueUrl: z.string() });
const Page = { MaxResults: z.number().int().min(1).max(1000).nullish(), NextToken: z.string().nullish() };
const purgePauseMs = 60_000;

/** Creating, describing and configuring queues. */
export function queueOperations(queues: Queues, moves: MoveTasks): Operations {
  const urlOf = (endpoint: string, queue: Queue): string => `${endpoint}/${accountId}/${queue.name}`;
  const page = (
    names: Queue[],
    endpoint: string,
    most: number | null | undefined,
    token: string | null | undefined,
  ) => {
    const start = token ? Number(Buffer.from(token, 'base64').toString()) : 0;
    if (!Number.isInteger(start) || start < 0)
      throw new AwsError('InvalidParameterValue', 'Invalid or expired next token.');
    const end = start + (most ?? 1000);
    const urls = names.slice(start, end).map((queue) => urlOf(endpoint, queue));
    const more = most && end < names.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {};
    return { urls, more };
  };

  return {
    CreateQueue: operation(
      z.object({ QueueName: z.string(), Attributes: Texts, tags: Texts }),
      ({ QueueName, Attributes, tags }, { endpoint }) => ({
        QueueUrl: urlOf(endpoint, queues.create(QueueName, Attributes ?? {}, tags ?? {})),
      }),
    ),
    GetQueueUrl: operation(z.object({ QueueName: z.string() }), ({ QueueName }, { endpoint }) => ({
      QueueUrl: urlOf(endpoint, queues.get(QueueName)),
    })),
    ListQueues: operation(z.object({ QueueNamePrefix: z.string().nullish(), ...Page }), (input, { endpoint }) => {
      const named = queues.list().filter(({ name }) => name.startsWith(input.QueueNamePrefix ?? ''));
      const { urls, more } = page(named, endpoint, input.MaxResults, input.NextToken);
      return { ...(urls.length > 0 && { QueueUrls: urls }), ...more };
    }),
    ListDeadLetterSourceQueues: operation(QueueUrl.extend(Page), (input, { endpoint }) => {
      const { arn } = queues.get(input.QueueUrl);
      const sources = queues.list().filter(({ redrive }) => redrive?.targetArn === arn);
      const { urls, more } = page(sources, endpoint, input.MaxResults, input.NextToken);
      return { queueUrls: urls, ...more };
    }),
    GetQueueAttributes: operation(QueueUrl.extend({ AttributeNames: z.array(z.string()).nullish() }), (input) => {
      const all = describe(queues.get(input.QueueUrl));
      const names = input.AttributeNames ?? [];
      if (names.includes('All')) return { Attributes: all };
      const unknown = names.find((name) => !(name in all) && !optional.has(name));
      if (unknown) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))) };
    }),
    SetQueueAttributes: operation(QueueUrl.extend({ Attributes: z.record(z.string(), z.string()) }), (input) => {
      const queue = queues.get(input.QueueUrl);
      checkAttributes(input.Attributes);
      const merged = Object.entries({ ...queue.attributes, ...input.Attributes });
      const attributes = Object.fromEntries(merged.filter(([, value]) => value !== ''));
      queues.change(queue, { attributes, lastModifiedAt: Date.now() });
    }),
    DeleteQueue: operation(QueueUrl, (input) => queues.delete(input.QueueUrl)),
    PurgeQueue: operation(QueueUrl, (input) => {
      const queue = queues.get(input.QueueUrl);
      if (Date.now() - queue.purgedAt < purgePauseMs) {
        const message = `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`;
        throw new AwsError('PurgeQueueInProgress', message, {
          queryCode: 'AWS.SimpleQueueService.PurgeQueueInProgress',
        });
      }
      queue.purge();
    }),
    TagQueue: operation(QueueUrl.extend({ Tags: z.record(z.string(), z.string()) }), (input) => {
      const queue = queues.get(input.QueueUrl);
      queues.change(queue, { tags: { ...queue.tags, ...input.Tags } });
    }),
    UntagQueue: operation(QueueUrl.extend({ TagKeys: z.array(z.string()) }), (input) => {
      const queue = queues.get(input.QueueUrl);
      const left = Object.entries(queue.tags).filter(([key]) => !input.TagKeys.includes(key));
      queues.change(queue, { tags: Object.fromEntries(left) });
    }),
    ListQueueTags: operation(QueueUrl, (input) => ({ Tags: queues.get(input.QueueUrl).tags })),
    StartMessageMoveTask: operation(
      z.object({
        SourceArn: z.string(),
        DestinationArn: z.string().nullish(),
        MaxNumberOfMessagesPerSecond: z.number().int().min(1).max(500).nullish(),
      }),
      (input) => ({
        TaskHandle: moves.start(
          input.SourceArn,
          input.DestinationArn ?? undefined,
          input.MaxNumberOfMessagesPerSecond ?? undefined,
        ),
      }),
    ),
    ListMessageMoveTasks: operation(
      z.object({ SourceArn: z.string(), MaxResults: z.number().int().min(1).max(10).nullish() }),
      (input) => ({ Results: moves.list(input.SourceArn, input.MaxResults ?? 1) }),
    ),
    CancelMessageMoveTask: operation(z.object({ TaskHandle: z.string() }), (input) => ({
      ApproximateNumberOfMessagesMoved: moves.cancel(input.TaskHandle),
    })),
  };
}

const optional = new Set([
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
]);
const seconds = (ms: number): string => String(Math.floor(ms / 1000));

function describe(queue: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts;
  return {
    ...defaultAttributes,
    SqsManagedSseEnabled: queue.attributes.KmsMasterKeyId ? 'false' : 'true',
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: seconds(queue.createdAt),
    LastModifiedTimestamp: seconds(queue.lastModifiedAt),
  };
}
