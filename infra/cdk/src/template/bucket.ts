import {
  CreateBucketCommand,
  type LifecycleRule,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  type TransitionStorageClass,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Resolver, TemplateResource } from './resolver';

/** CloudFormation's words for a bucket, which are not those of the API. */
const Rule = z.strictObject({
  Id: z.string(),
  Status: z.literal('Enabled'),
  Prefix: z.string().default(''),
  ExpirationInDays: z.number().optional(),
  NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: z.number() }).optional(),
  Transitions: z.array(z.strictObject({ StorageClass: z.string(), TransitionInDays: z.number() })).optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: z.number() }).optional(),
});
const CorsRule = z.strictObject({
  AllowedHeaders: z.array(z.string()),
  AllowedMethods: z.array(z.string()),
  AllowedOrigins: z.array(z.string()),
  ExposedHeaders: z.array(z.string()),
  MaxAge: z.number(),
});
const Uploads = z.strictObject({
  Event: z.literal('s3:ObjectCreated:*'),
  Topic: z.unknown(),
  Filter: z.strictObject({
    S3Key: z.strictObject({ Rules: z.array(z.strictObject({ Name: z.literal('prefix'), Value: z.string() })) }),
  }),
});
const Bucket = z.looseObject({
  BucketName: z.unknown(),
  VersioningConfiguration: z.strictObject({ Status: z.literal('Enabled') }).optional(),
  PublicAccessBlockConfiguration: z.record(z.string(), z.boolean()),
  LifecycleConfiguration: z.strictObject({ Rules: z.array(Rule) }).optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(CorsRule) }).optional(),
  NotificationConfiguration: z.strictObject({ TopicConfigurations: z.array(Uploads) }).optional(),
});

/** The bucket with what the template says of it, under its name without the account's number. */
export async function createBucket(resource: TemplateResource, resolver: Resolver, s3: S3Client): Promise<string> {
  const spec = Bucket.parse(resource.Properties);
  const Name = resolver.text(spec.BucketName).replace(/-\d{12}$/, '');
  await s3.send(new CreateBucketCommand({ Bucket: Name }));
  const { VersioningConfiguration, PublicAccessBlockConfiguration } = spec;
  if (VersioningConfiguration !== undefined)
    await s3.send(new PutBucketVersioningCommand({ Bucket: Name, VersioningConfiguration }));
  await s3.send(new PutPublicAccessBlockCommand({ Bucket: Name, PublicAccessBlockConfiguration }));
  if (spec.LifecycleConfiguration !== undefined) {
    const LifecycleConfiguration = { Rules: spec.LifecycleConfiguration.Rules.map(lifecycleRule) };
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: Name, LifecycleConfiguration }));
  }
  if (spec.CorsConfiguration !== undefined) {
    const CORSRules = spec.CorsConfiguration.CorsRules.map(({ ExposedHeaders, MaxAge, ...rule }) => ({
      ...rule,
      ExposeHeaders: ExposedHeaders,
      MaxAgeSeconds: MaxAge,
    }));
    await s3.send(new PutBucketCorsCommand({ Bucket: Name, CORSConfiguration: { CORSRules } }));
  }
  if (spec.NotificationConfiguration !== undefined) {
    const TopicConfigurations = spec.NotificationConfiguration.TopicConfigurations.map(({ Event, Topic, Filter }) => ({
      TopicArn: resolver.text(Topic),
      Events: [Event],
      Filter: { Key: { FilterRules: Filter.S3Key.Rules } },
    }));
    const NotificationConfiguration = { TopicConfigurations };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: Name, NotificationConfiguration }));
  }
  return `bucket ${Name}`;
}

const lifecycleRule = ({
  Id,
  Prefix,
  ExpirationInDays,
  Transitions,
  ...rule
}: z.infer<typeof Rule>): LifecycleRule => ({
  ID: Id,
  Status: rule.Status,
  Filter: { Prefix },
  ...(ExpirationInDays !== undefined && { Expiration: { Days: ExpirationInDays } }),
  ...(rule.NoncurrentVersionExpiration && { NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration }),
  ...(rule.AbortIncompleteMultipartUpload && { AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload }),
  ...(Transitions && {
    Transitions: Transitions.map(({ StorageClass, TransitionInDays }) => ({
      Days: TransitionInDays,
      StorageClass: StorageClass as TransitionStorageClass,
    })),
  }),
});
