import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Environment } from '../environments';
import { AccessLogs, Buckets } from './buckets';
import { EncryptionKey } from './encryption-key';
import { LogGroups } from './log-groups';
import { Queues } from './queues';
import { Secrets } from './secrets';
import { Tables } from './tables';
import { Topics } from './topics';

/** What outlives a release: everything that holds data or is addressed by name. */
export class DataStack extends Stack {
  readonly key: IKey;
  readonly accessLogsName: string;
  readonly mailSecretArn: string;
  readonly marketDataKeysArn: string;
  readonly chatKeysArn: string;

  constructor(scope: Construct, id: string, environment: Environment, props: StackProps) {
    super(scope, id, { ...props, terminationProtection: environment.retainData });
    const key = new EncryptionKey(this, 'key', environment);
    new Tables(this, 'tables', { ...environment, key });
    const queues = new Queues(this, 'queues', { ...environment, key });
    const topics = new Topics(this, 'topics', { key, queues: queues.byId });
    const accessLogs = new AccessLogs(this, 'accessLogs', environment);
    new Buckets(this, 'buckets', { ...environment, key, accessLogs, topics: topics.byId });
    this.accessLogsName = accessLogs.bucketName;
    const { mail, marketDataKeys, chatKeys } = new Secrets(this, 'secrets', { ...environment, key });
    this.mailSecretArn = mail.secretArn;
    this.marketDataKeysArn = marketDataKeys.secretArn;
    this.chatKeysArn = chatKeys.secretArn;
    // Also where nobody reads it: an export that went with the last reader would be refused while that is still deployed.
    this.exportValue(this.marketDataKeysArn);
    this.exportValue(this.chatKeysArn);
    new LogGroups(this, 'logs', { key });
    this.key = key;
  }
}
