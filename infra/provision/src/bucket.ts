import {
  CreateBucketCommand,
  type CORSRule,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type LifecycleRule,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { BucketSpec } from '@stocktool/topology';
import type { Clients } from './clients';
import { type Difference, type Resource, same, unlessAbsent } from './finding';

const everythingBlocked = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export interface BucketSurroundings {
  readonly region: string;
  /** Origins of pages that upload and download by presigned URL. */
  readonly consoleOrigins: readonly string[];
  readonly uploadsTopicArn?: string;
}

export function bucketResource(spec: BucketSpec, around: BucketSurroundings, { s3 }: Clients): Resource {
  const Bucket = spec.name;
  const lifecycle = spec.lifecycle.map(lifecycleRule);
  const cors: CORSRule[] = [
    {
      AllowedOrigins: [...around.consoleOrigins],
      AllowedMethods: ['GET', 'HEAD', 'PUT'],
      AllowedHeaders: ['*'],
      ExposeHeaders: ['ETag', 'x-amz-version-id'],
      MaxAgeSeconds: 3600,
    },
  ];

  /** Reads one sub-resource; where it is not as wanted, the difference says how to write it. */
  const setting = async (
    name: string,
    actual: Promise<unknown>,
    wanted: unknown,
    correct: () => Promise<unknown>,
  ): Promise<Difference[]> => (same(await actual, wanted) ? [] : [{ setting: name, correct }]);

  return {
    name: `bucket ${spec.name}`,
    exists: async () =>
      (await unlessAbsent(s3.send(new HeadBucketCommand({ Bucket })), 'NotFound', 'NoSuchBucket')) !== undefined,

    async create() {
      const elsewhere = around.region !== 'us-east-1';
      await s3.send(
        new CreateBucketCommand({
          Bucket,
          ...(elsewhere && { CreateBucketConfiguration: { LocationConstraint: around.region as 'eu-west-1' } }),
        }),
      );
    },

    async differences() {
      const found = await Promise.all([
        setting(
          'versioning',
          s3.send(new GetBucketVersioningCommand({ Bucket })).then(({ Status }) => Status === 'Enabled'),
          spec.versioned,
          () =>
            s3.send(
              new PutBucketVersioningCommand({
                Bucket,
                VersioningConfiguration: { Status: spec.versioned ? 'Enabled' : 'Suspended' },
              }),
            ),
        ),
        setting(
          'encryption',
          unlessAbsent(
            s3.send(new GetBucketEncryptionCommand({ Bucket })),
            'ServerSideEncryptionConfigurationNotFoundError',
          ).then(
            (answer) =>
              answer?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
          ),
          'AES256',
          () =>
            s3.send(
              new PutBucketEncryptionCommand({
                Bucket,
                ServerSideEncryptionConfiguration: {
                  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
                },
              }),
            ),
        ),
        setting(
          'public access block',
          unlessAbsent(
            s3.send(new GetPublicAccessBlockCommand({ Bucket })),
            'NoSuchPublicAccessBlockConfiguration',
          ).then((answer) => answer?.PublicAccessBlockConfiguration),
          everythingBlocked,
          () => s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: everythingBlocked })),
        ),
        setting(
          'lifecycle',
          unlessAbsent(
            s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
            'NoSuchLifecycleConfiguration',
          ).then((answer) => answer?.Rules ?? []),
          lifecycle,
          () =>
            s3.send(
              new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: lifecycle } }),
            ),
        ),
        setting(
          'cross-origin access',
          unlessAbsent(s3.send(new GetBucketCorsCommand({ Bucket })), 'NoSuchCORSConfiguration').then(
            (answer) => answer?.CORSRules ?? [],
          ),
          cors,
          () => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: cors } })),
        ),
        uploads(),
      ]);
      return found.flat();
    },
  };

  function uploads(): Promise<Difference[]> {
    const { uploadsTopicArn: TopicArn } = around;
    if (spec.uploads === undefined || TopicArn === undefined) return Promise.resolve([]);
    const wanted = {
      Id: 'uploads',
      TopicArn,
      Events: ['s3:ObjectCreated:*' as const],
      Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: spec.uploads.prefix }] } },
    };
    const actual = s3
      .send(new GetBucketNotificationConfigurationCommand({ Bucket }))
      .then(({ TopicConfigurations }) =>
        (TopicConfigurations ?? []).some((row) => row.TopicArn === TopicArn && same(row.Events, wanted.Events)),
      );
    return setting('upload events', actual, true, () =>
      s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: { TopicConfigurations: [wanted] },
        }),
      ),
    );
  }
}

const lifecycleRule = (rule: BucketSpec['lifecycle'][number]): LifecycleRule => ({
  ID: rule.id,
  Status: 'Enabled',
  Filter: { Prefix: rule.prefix },
  ...(rule.expireAfterDays !== undefined && { Expiration: { Days: rule.expireAfterDays } }),
  ...(rule.expireOldVersionsAfterDays !== undefined && {
    NoncurrentVersionExpiration: { NoncurrentDays: rule.expireOldVersionsAfterDays },
  }),
  ...(rule.abandonUploadsAfterDays !== undefined && {
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abandonUploadsAfterDays },
  }),
  ...(rule.glacierInstantRetrievalAfterDays !== undefined && {
    Transitions: [{ Days: rule.glacierInstantRetrievalAfterDays, StorageClass: 'GLACIER_IR' }],
  }),
});
