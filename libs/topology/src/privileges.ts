import type { QueueName } from '@stocktool/contracts';
import type { BucketId } from './buckets';
import type { functions, SecretId, ServiceId } from './services';
import type { TableId } from './tables';
import type { TopicId } from './topics';

/** Who calls AWS: the services and the functions. */
export type PrincipalId = ServiceId | keyof typeof functions;

/** Actions of one kind of resource by their IAM names, on one resource of the topology. */
export type Grant = { readonly actions: readonly string[] } & (
  | { readonly on: 'table'; readonly table: TableId; readonly index?: string }
  | { readonly on: 'queue' | 'dead letters'; readonly queue: QueueName }
  | { readonly on: 'topic'; readonly topic: TopicId }
  | { readonly on: 'bucket'; readonly bucket: BucketId }
  /** Objects whose key begins so. */
  | { readonly on: 'objects'; readonly bucket: BucketId; readonly prefix: string }
  | { readonly on: 'secret'; readonly secret: SecretId }
  /** SNS and CloudWatch know nothing narrower for some of their actions. */
  | { readonly on: 'all topics' | 'all metrics' }
  /** Writing in our own namespace. */
  | { readonly on: 'own metrics' }
);

const words = (actions: string): readonly string[] => actions.split(' ');
const table = (id: TableId, actions: string, index?: string): Grant => ({
  on: 'table',
  table: id,
  actions: words(actions),
  ...(index !== undefined && { index }),
});
const queue = (id: QueueName, actions: string): Grant => ({ on: 'queue', queue: id, actions: words(actions) });
const deadLetters = (id: QueueName, actions: string): Grant => ({
  on: 'dead letters',
  queue: id,
  actions: words(actions),
});
const objects = (bucket: BucketId, prefix: string, actions: string): Grant => ({
  on: 'objects',
  bucket,
  prefix,
  actions: words(actions),
});
const reachable = (bucket: BucketId): Grant => ({ on: 'bucket', bucket, actions: ['ListBucket'] });
/** Erasing a user takes every version: the latest would only be hidden. */
const erasable = (bucket: BucketId, ...prefixes: readonly string[]): readonly Grant[] => [
  { on: 'bucket', bucket, actions: ['ListBucketVersions'] },
  ...prefixes.map((prefix) => objects(bucket, prefix, 'DeleteObjectVersion')),
];
const secret = (id: SecretId): Grant => ({ on: 'secret', secret: id, actions: ['GetSecretValue'] });

const send = 'GetQueueUrl SendMessage';
const ownMetrics = queue('metrics', send);
const depths = (['analysis', 'notifications', 'metrics', 'documents'] as const).flatMap((id) => [
  queue(id, 'GetQueueUrl GetQueueAttributes'),
  deadLetters(id, 'GetQueueUrl GetQueueAttributes'),
]);
const ages: Grant = { on: 'all metrics', actions: ['GetMetricData'] };

/** Taking messages: giving up ends in the dead-letter queue, and failures are counted in the ledger. */
const consume = (id: QueueName): readonly Grant[] => [
  queue(id, 'GetQueueUrl ReceiveMessage DeleteMessage ChangeMessageVisibility'),
  deadLetters(id, send),
  table('idempotency', 'GetItem PutItem UpdateItem'),
];

/**
 * Which service may do what: the whole of it. Roles are made from this list, and every recorded call is checked against
 * them: what is needed and missing fails a test, and so does what is here and never used.
 */
export const may: Readonly<Record<PrincipalId, readonly Grant[]>> = {
  apiGateway: [
    table('users', 'GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem'),
    table('users', 'Query', 'due-index'),
    table('analyses', 'GetItem PutItem UpdateItem Query BatchWriteItem'),
    table('erasures', 'PutItem'),
    table('portfolios', 'GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem'),
    table('stockCache', 'GetItem BatchGetItem BatchWriteItem'),
    table('subscriptions', 'GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem'),
    table('idempotency', 'GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem'),
    table('documents', 'GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem'),
    reachable('knowledge'),
    objects('knowledge', 'documents/', 'PutObject GetObjectVersion'),
    reachable('reports'),
    objects('reports', 'reports/', 'GetObject PutObject'),
    objects('reports', 'results/', 'GetObject'),
    objects('reports', 'series/', 'GetObject PutObject DeleteObject'),
    objects('reports', 'transactions/', 'GetObject PutObject DeleteObject'),
    objects('reports', 'market/', 'GetObject PutObject'),
    ...erasable('reports', 'reports/', 'results/', 'series/', 'transactions/', 'index/'),
    ...erasable('knowledge', 'documents/'),
    queue('analysis', 'SendMessage'),
    queue('notifications', 'SendMessage'),
    queue('metrics', 'SendMessage'),
    ...depths,
    ages,
    secret('apiKeys'),
    secret('userContext'),
  ],
  chat: [
    table('conversations', 'GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem'),
    table('conversations', 'Query', 'user-index'),
    table('idempotency', 'GetItem PutItem UpdateItem DeleteItem Query BatchWriteItem'),
    table('analyses', 'GetItem PutItem'),
    table('portfolios', 'GetItem PutItem DeleteItem Query'),
    table('stockCache', 'GetItem BatchGetItem BatchWriteItem'),
    reachable('reports'),
    objects('reports', 'results/', 'GetObject'),
    objects('reports', 'series/', 'GetObject'),
    objects('reports', 'transactions/', 'GetObject'),
    objects('reports', 'market/', 'GetObject PutObject'),
    queue('analysis', send),
    ...consume('documents'),
    table('documents', 'GetItem UpdateItem DeleteItem Query'),
    table('documents', 'Query', 'due-index'),
    reachable('knowledge'),
    objects('knowledge', 'documents/', 'GetObjectVersion'),
    ...erasable('knowledge', 'documents/'),
    objects('reports', 'index/', 'GetObject PutObject'),
    ...erasable('reports', 'index/'),
    { on: 'topic', topic: 'notifications', actions: ['Publish'] },
    { on: 'all topics', actions: ['ListTopics'] },
    ownMetrics,
    secret('userContext'),
  ],
  analysisWorker: [
    ...consume('analysis'),
    queue('analysis', 'SendMessage'),
    table('analyses', 'GetItem PutItem UpdateItem'),
    table('analyses', 'Query', 'due-index'),
    table('erasures', 'GetItem'),
    table('portfolios', 'GetItem'),
    reachable('reports'),
    objects('reports', 'results/', 'PutObject DeleteObject'),
    objects('reports', 'series/', 'GetObject'),
    objects('reports', 'transactions/', 'GetObject'),
    objects('reports', 'market/', 'GetObject PutObject'),
    table('stockCache', 'GetItem BatchWriteItem'),
    { on: 'topic', topic: 'notifications', actions: ['Publish'] },
    { on: 'all topics', actions: ['ListTopics'] },
    ownMetrics,
  ],
  notifier: [
    ...consume('notifications'),
    queue('notifications', 'SendMessage'),
    table('subscriptions', 'GetItem PutItem UpdateItem Query'),
    table('subscriptions', 'Query', 'due-index'),
    ownMetrics,
  ],
  metricsCollector: [
    ...consume('metrics'),
    queue('metrics', 'SendMessage'),
    ...depths,
    table('idempotency', 'Query'),
    ages,
    { on: 'own metrics', actions: ['PutMetricData'] },
  ],
  stockUpdater: [
    table('stockCache', 'GetItem BatchWriteItem'),
    table('portfolios', 'GetItem UpdateItem'),
    table('portfolios', 'Query', 'watch-index'),
    table('analyses', 'GetItem PutItem'),
    reachable('reports'),
    objects('reports', 'results/', 'DeleteObject'),
    objects('reports', 'series/', 'DeleteObject'),
    objects('reports', 'transactions/', 'DeleteObject'),
    queue('analysis', send),
    { on: 'topic', topic: 'notifications', actions: ['Publish'] },
    { on: 'all topics', actions: ['ListTopics'] },
    secret('marketDataKeys'),
  ],
};

export interface OutsideCalls {
  readonly ports: readonly number[];
  readonly why: string;
}

/** Who calls the world outside AWS; nobody else gets a way out. */
export const outside: Readonly<Partial<Record<PrincipalId, OutsideCalls>>> = {
  apiGateway: { ports: [443], why: 'vendors of market data' },
  chat: { ports: [443], why: 'language models, searches of the web and vendors of market data' },
  analysisWorker: { ports: [443], why: 'vendors of market data' },
  notifier: { ports: [443, 465, 587], why: 'webhooks and mail' },
  stockUpdater: { ports: [443], why: 'vendors of market data' },
};
