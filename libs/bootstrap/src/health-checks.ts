import { once } from 'node:events';
import { connect } from 'node:net';
import { clientSettings } from '@stocktool/aws-client';
import { bucketName, topology } from '@stocktool/topology';

/** One thing a service needs. `check` rejects when it does not answer; the signal ends after two seconds. */
export interface HealthCheck {
  name: string;
  /** Reported, but never a reason for 503. */
  informational?: boolean;
  check(signal: AbortSignal): Promise<unknown>;
}

/** One client of each kind, made at the first check, in a process that has such a check at all. */
const settings = { ...clientSettings({ requestTimeoutMs: 2000, maxSockets: 8 }), maxAttempts: 1 };
const dynamoDb = lazily(async () => {
  const sdk = await import('@aws-sdk/client-dynamodb');
  return { ...sdk, client: new sdk.DynamoDBClient(settings) };
});
const sqs = lazily(async () => {
  const sdk = await import('@aws-sdk/client-sqs');
  return { ...sdk, client: new sdk.SQSClient(settings) };
});
const s3 = lazily(async () => {
  const sdk = await import('@aws-sdk/client-s3');
  return { ...sdk, client: new sdk.S3Client({ ...settings, forcePathStyle: true }) };
});
const sns = lazily(async () => {
  const sdk = await import('@aws-sdk/client-sns');
  return { ...sdk, client: new sdk.SNSClient(settings) };
});

/**
 * A read of one key that is not there: it shows the data plane works and needs no right beyond the service's own reads
 * (DescribeTable would need another one and is throttled at a few calls a second).
 */
export function dynamoTable(name: string): HealthCheck {
  const table = Object.values(topology.tables).find(
    (known) => name === known.name || name.startsWith(`${known.name}-`),
  );
  if (!table) throw new Error(`No table ${name} in the topology`);
  const Key = Object.fromEntries([table.partitionKey, table.sortKey].map((key) => [key, { S: 'health-check' }]));
  return {
    name: `table ${name}`,
    check: async (abortSignal) => {
      const { client, GetItemCommand } = await dynamoDb();
      await client.send(new GetItemCommand({ TableName: name, Key }), { abortSignal });
    },
  };
}

/** GetQueueUrl: every sender and consumer may call it anyway. */
export function queue(name: string): HealthCheck {
  return {
    name: `queue ${name}`,
    check: async (abortSignal) => {
      const { client, GetQueueUrlCommand } = await sqs();
      await client.send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal });
    },
  };
}

export function bucket(name: string, suffix: string): HealthCheck {
  const Bucket = bucketName(name, suffix);
  return {
    name: `bucket ${name}`,
    check: async (abortSignal) => {
      const { client, HeadBucketCommand } = await s3();
      await client.send(new HeadBucketCommand({ Bucket }), { abortSignal });
    },
  };
}

/** ListTopics, as the publisher itself does: SNS has no look-up by name. */
export function topic(name: string): HealthCheck {
  return {
    name: `topic ${name}`,
    check: async (abortSignal) => {
      const { client, ListTopicsCommand } = await sns();
      const { Topics = [] } = await client.send(new ListTopicsCommand({}), { abortSignal });
      if (!Topics.some(({ TopicArn }) => TopicArn?.endsWith(`:${name}`))) throw new Error('does not exist');
    },
  };
}

/** Another service's live route, for information: its fault must not take this service out. */
export function httpService(url: string, name = url): HealthCheck {
  return {
    name,
    informational: true,
    check: async (signal) => {
      const response = await fetch(url, { signal, redirect: 'error' });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`answers ${response.status}`);
    },
  };
}

/** Whether something listens there (`host:port`), for information. */
export function grpcService(url: string, name = url): HealthCheck {
  return {
    name,
    informational: true,
    check: async (signal) => {
      const { hostname, port } = new URL(`grpc://${url}`);
      const socket = connect({ host: hostname, port: Number(port) });
      try {
        await once(socket, 'connect', { signal });
      } finally {
        socket.destroy();
      }
    },
  };
}

function lazily<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
