import { cloudwatchService } from './cloudwatch/cloudwatch-service';
import { dynamodbService } from './dynamodb/dynamodb-service';
import type { Recovery } from './dynamodb/history';
import type { Service } from './http/exchange';
import { LogGroups } from './logs/log-groups';
import { logsService } from './logs/logs-service';
import { S3Service } from './s3/s3-service';
import { Secrets } from './secrets/secrets';
import { secretsService } from './secrets/secrets-service';
import { LocalAwsServer } from './server';
import { snsService } from './sns/sns-service';
import { Topics } from './sns/topics';
import { Queues } from './sqs/queues';
import { sqsService } from './sqs/sqs-service';
import { openState } from './state/state-database';
import { stsService } from './sts/sts-service';

export interface LocalAwsOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** The address to listen on; the loopback interface unless said otherwise. */
  readonly host?: string | undefined;
  /** Without it everything is in memory and gone with the process. */
  readonly dataDir?: string | undefined;
  readonly ttlSweepSeconds?: number;
  /** What point-in-time recovery can go back to; nothing unless said otherwise. */
  readonly recovery?: Recovery;
  /** Secrets of access keys whose signatures are checked where a signature is the only protection: presigned URLs. */
  readonly accessKeys?: ReadonlyMap<string, string>;
}

export interface LocalAws {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

const defaultSweepSeconds = 60;

/** Starts the embedded AWS endpoint. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const {
    port,
    host,
    dataDir,
    ttlSweepSeconds = defaultSweepSeconds,
    recovery = { hours: 0, lagSeconds: 0 },
    accessKeys = new Map<string, string>(),
  } = options;
  const state = openState(dataDir);
  const dynamodb = await dynamodbService(dataDir, ttlSweepSeconds, recovery);
  const queues = new Queues(state);
  const sqs = sqsService(queues);
  const topics = new Topics(state, queues, () => server.url);
  const s3 = new S3Service({
    state,
    dataDirectory: dataDir,
    queues,
    topics,
    accessKeys: new Map([['test', 'test'], ...accessKeys]),
  });
  const cloudwatch = cloudwatchService(state, queues, topics);
  const server: LocalAwsServer = new LocalAwsServer(
    new Map<string, Service>([
      ['sqs', sqs.service],
      ['sns', snsService(topics)],
      ['s3', s3],
      ['dynamodb', dynamodb.service],
      ['monitoring', cloudwatch.service],
      ['logs', logsService(new LogGroups(state))],
      ['secretsmanager', secretsService(new Secrets(state))],
      ['sts', stsService()],
    ]),
  );
  const stopServices = async (): Promise<void> => {
    cloudwatch.stop();
    topics.stop();
    sqs.stop();
    await dynamodb.stop();
    s3.stop();
    state.close();
  };
  try {
    await server.listen(port, host);
  } catch (error) {
    await stopServices();
    throw error;
  }
  return {
    url: server.url,
    port: server.port,
    stop: async () => {
      await server.close();
      await stopServices();
    },
  };
}
