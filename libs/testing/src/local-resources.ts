import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  type KeySchemaElement,
  ResourceInUseException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { QueueName } from '@stocktool/contracts';
import { type BucketId, type TableId, type TableIndex, topology } from '@stocktool/topology';
import { localDynamo, localS3, localSqs } from './local-clients';

export interface NamedOptions {
  /** Random when absent, so that no two runs meet. */
  suffix?: string;
}

export interface LocalResource {
  readonly name: string;
  /** Deletes it with everything in it. */
  drop(): Promise<void>;
}

export interface LocalQueuePair extends LocalResource {
  readonly url: string;
  readonly deadLetterName: string;
  readonly deadLetterUrl: string;
}

const suffixed = (name: string, { suffix = randomUUID().slice(0, 8) }: NamedOptions): string => `${name}-${suffix}`;

/** A table with the keys, indexes and TTL of the topology's, under a name of its own. */
export const createTable = (id: TableId, options: NamedOptions = {}): Promise<LocalResource> =>
  createTableNamed(suffixed(topology.tables[id].name, options), id);

/** The table of the topology under its own name, shared with all tests of a run: for what takes no other name. */
export async function createOwnTable(id: TableId): Promise<void> {
  await createTableNamed(topology.tables[id].name, id).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
}

async function createTableNamed(TableName: string, id: TableId): Promise<LocalResource> {
  const { partitionKey, sortKey, indexes, ttlAttribute } = topology.tables[id];
  const all: TableIndex[] = [{ partitionKey, sortKey }, ...Object.values(indexes)];
  const keyNames = new Set(all.flatMap((keys) => [keys.partitionKey, keys.sortKey]));
  const client = localDynamo();
  const GlobalSecondaryIndexes = Object.entries(indexes).map(([IndexName, keys]) => ({
    IndexName,
    KeySchema: keySchema(keys),
    Projection: { ProjectionType: 'ALL' as const },
  }));
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema({ partitionKey, sortKey }),
      AttributeDefinitions: [...keyNames].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.05, maxDelay: 0.5 }, { TableName });
  const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  return {
    name: TableName,
    drop: async () => {
      await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
    },
  };
}

const keySchema = ({ partitionKey, sortKey }: TableIndex): KeySchemaElement[] => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
];

/** A queue of the topology and its dead-letter queue, wired alike, under names of their own. */
export async function createQueuePair(
  id: QueueName,
  options: NamedOptions & { visibilitySeconds?: number; maxReceiveCount?: number } = {},
): Promise<LocalQueuePair> {
  const spec = topology.queues[id];
  const name = suffixed(spec.name, options);
  const deadLetterName = `${name}-dlq`;
  const client = localSqs();
  const deadLetterUrl = await queueUrl(client, deadLetterName, {});
  const arn = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] }),
  );
  const url = await queueUrl(client, name, {
    VisibilityTimeout: String(options.visibilitySeconds ?? spec.visibilitySeconds),
    ReceiveMessageWaitTimeSeconds: String(spec.receiveWaitSeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arn.Attributes?.QueueArn,
      maxReceiveCount: options.maxReceiveCount ?? spec.maxReceiveCount,
    }),
  });
  return {
    name,
    deadLetterName,
    url,
    deadLetterUrl,
    drop: async () => {
      for (const QueueUrl of [url, deadLetterUrl]) await client.send(new DeleteQueueCommand({ QueueUrl }));
      client.destroy();
    },
  };
}

async function queueUrl(
  client: ReturnType<typeof localSqs>,
  QueueName: string,
  Attributes: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  if (QueueUrl === undefined) throw new Error(`no URL for the queue ${QueueName}`);
  return QueueUrl;
}

export async function createBucket(options: NamedOptions = {}): Promise<LocalResource> {
  const Bucket = suffixed('stocktool-test', options);
  const client = localS3();
  await client.send(new CreateBucketCommand({ Bucket }));
  return {
    name: Bucket,
    drop: async () => {
      await emptyBucket(client, Bucket);
      await client.send(new DeleteBucketCommand({ Bucket }));
      client.destroy();
    },
  };
}

/** As `createOwnTable`. */
export async function createOwnBucket(id: BucketId): Promise<void> {
  const client = localS3();
  await client.send(new CreateBucketCommand({ Bucket: topology.buckets[id].name })).catch((error: unknown) => {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  });
  client.destroy();
}

async function emptyBucket(client: ReturnType<typeof localS3>, Bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) return;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
}
