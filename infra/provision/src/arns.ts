import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsSettings } from './clients';

export interface Arns {
  queue(name: string): string;
  topic(name: string): string;
  bucket(name: string): string;
}

const identityTimeoutMs = 10_000;

/** Names as ARNs of the account that the credentials belong to. */
export async function accountArns({ region, endpoint }: AwsSettings): Promise<Arns> {
  const sts = new STSClient({ region, ...(endpoint !== undefined && { endpoint }) });
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(identityTimeoutMs),
    });
    if (Account === undefined) throw new Error('AWS does not say which account these credentials belong to');
    return {
      queue: (name) => `arn:aws:sqs:${region}:${Account}:${name}`,
      topic: (name) => `arn:aws:sns:${region}:${Account}:${name}`,
      bucket: (name) => `arn:aws:s3:::${name}`,
    };
  } finally {
    sts.destroy();
  }
}
