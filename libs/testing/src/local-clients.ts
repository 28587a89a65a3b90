import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

const realAws = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws|on\.aws)$/i;

/** Tests create and delete at will: never on a real account. Throws when AWS_ENDPOINT_URL is absent or is AWS itself. */
export function localEndpoint(env: NodeJS.ProcessEnv = process.env): string {
  const url = env.AWS_ENDPOINT_URL;
  if (!url) throw new Error('AWS_ENDPOINT_URL is not set: tests never use a real AWS account');
  if (realAws.test(new URL(url).hostname)) throw new Error('AWS_ENDPOINT_URL is AWS itself: tests never use it');
  const own = Object.keys(env).find((name) => name.startsWith('AWS_ENDPOINT_URL_'));
  if (own !== undefined) throw new Error(`${own} would lead a client elsewhere: unset it for tests`);
  return url;
}

const settings = () => ({
  endpoint: localEndpoint(),
  region: process.env.AWS_REGION ?? 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  /** Recorded calls tell the test's own from those of the service under test. */
  userAgentAppId: 'test',
});

export const localDynamo = () => new DynamoDBClient(settings());
export const localSqs = () => new SQSClient({ ...settings(), useQueueUrlAsEndpoint: false });
export const localSns = () => new SNSClient(settings());
export const localS3 = () => new S3Client({ ...settings(), forcePathStyle: true });
export const localCloudWatch = () => new CloudWatchClient(settings());
export const localSecrets = () => new SecretsManagerClient(settings());
