import { once } from 'node:events';
import { connect } from 'node:net';
import { topology } from '@stocktool/topology';

/** One thing a service needs. `check` rejects when it does not answer; the signal ends after two seconds. */
export interface HealthCheck {
  name: string;
  /** Reported, but never a reason for 503. */
  informational?: boolean;
  check(signal: AbortSignal): Promise<unknown>;
}

/**
 * A read of one key that is not there: it shows the data plane works and needs no right beyond the service's own reads
 * (DescribeTable would need another one and is throttled at a few calls a second).
 */
export function dynamoTable(name: string): HealthCheck {
  const table = Object.values(topology.tables).find(
    (known) => name === known.name || name.startsWith(`${known.name}-`),
  );
  if (!table) throw new Error(`No table ${name} in the topology`);
  const keyNames = [table.partitionKey, table.sortKey].filter((key) => key !== undefined);
  const client = lazily(async () => {
    const { DynamoDBClient, GetItemCommand } = await import('@aws-sdk/client-dynamodb');
    return { client: new DynamoDBClient({ maxAttempts: 1 }), GetItemCommand };
  });
  const Key = Object.fromEntries(keyNames.map((key) => [key, { S: 'health-check' }]));
  return {
    name: `table ${name}`,
    check: async (abortSignal) => {
      const { client: dynamo, GetItemCommand } = await client();
      await dynamo.send(new GetItemCommand({ TableName: name, Key }), { abortSignal });
    },
  };
}

/** GetQueueUrl: every sender and consumer may call it anyway. */
export function queue(name: string): HealthCheck {
  const client = lazily(async () => {
    const { GetQueueUrlCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    return { client: new SQSClient({ maxAttempts: 1 }), GetQueueUrlCommand };
  });
  return {
    name: `queue ${name}`,
    check: async (abortSignal) => {
      const { client: sqs, GetQueueUrlCommand } = await client();
      await sqs.send(new GetQueueUrlCommand({ QueueName: name }), { abortSignal });
    },
  };
}

export function bucket(name: string): HealthCheck {
  const client = lazily(async () => {
    const { HeadBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
    return { client: new S3Client({ maxAttempts: 1, forcePathStyle: true }), HeadBucketCommand };
  });
  return {
    name: `bucket ${name}`,
    check: async (abortSignal) => {
      const { client: s3, HeadBucketCommand } = await client();
      await s3.send(new HeadBucketCommand({ Bucket: name }), { abortSignal });
    },
  };
}

/** GetTopicAttributes of the topic whose arn ends in the name. */
export function topic(name: string): HealthCheck {
  const client = lazily(async () => {
    const { ListTopicsCommand, SNSClient } = await import('@aws-sdk/client-sns');
    return { client: new SNSClient({ maxAttempts: 1 }), ListTopicsCommand };
  });
  return {
    name: `topic ${name}`,
    check: async (abortSignal) => {
      const { client: sns, ListTopicsCommand } = await client();
      const { Topics = [] } = await sns.send(new ListTopicsCommand({}), { abortSignal });
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
