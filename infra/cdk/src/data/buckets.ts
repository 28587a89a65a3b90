import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { bucketName, topology, type BucketId, type BucketSpec, type TopicId } from '@stocktool/topology';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { Environment } from '../environments';

/** Names of buckets are one space for all accounts: ours end with the account's number, which services get as S3_BUCKET_SUFFIX. */
export const bucketSuffix = `-${Aws.ACCOUNT_ID}`;
const arnOf = (id: BucketId): string => `arn:${Aws.PARTITION}:s3:::${bucketNameOf(id)}`;
export const bucketNameOf = (id: BucketId): string => bucketName(topology.buckets[id].name, bucketSuffix);

interface BucketsProps extends Pick<Environment, 'retainData' | 'domainName'> {
  readonly key: IKey;
  readonly accessLogs: AccessLogs;
  readonly topics: Readonly<Record<TopicId, Topic>>;
}

/** Every bucket of the topology: TLS only, nothing public, encrypted, with lifecycle and access log. */
export class Buckets extends Construct {
  constructor(scope: Construct, id: string, { key, accessLogs, topics, retainData, domainName }: BucketsProps) {
    super(scope, id);
    for (const [bucketId, spec] of Object.entries(topology.buckets) as [BucketId, BucketSpec][]) {
      const bucket = new Bucket(this, bucketId, {
        bucketName: bucketNameOf(bucketId),
        versioned: spec.versioned,
        encryption: BucketEncryption.KMS,
        encryptionKey: key,
        bucketKeyEnabled: true,
        enforceSSL: true,
        minimumTLSVersion: 1.2,
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycleRules: spec.lifecycle.map(lifecycleRule),
        cors: [presignedAccess(`https://${domainName}`)],
        serverAccessLogsBucket: accessLogs as IBucket,
        serverAccessLogsPrefix: `s3/${spec.name}/`,
        removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      });
      if (spec.uploads !== undefined) {
        const topic = topics[spec.uploads.topic];
        topic.grantPublish(
          new ServicePrincipal('s3.amazonaws.com', { conditions: { ArnLike: { 'aws:SourceArn': arnOf(bucketId) } } }),
        );
        // The plain property: the library's own way is a function that runs in the account at every deployment.
        const plain = bucket.node.defaultChild as CfnBucket;
        plain.notificationConfiguration = uploadsTo(topic.topicArn, spec.uploads.prefix);
        plain.node.addDependency(topic);
      }
    }
  }
}

/** Where load balancer and buckets write who asked for what. Both deliver to buckets with S3's own encryption only. */
export class AccessLogs extends Bucket {
  constructor(scope: Construct, id: string, { retainData }: Pick<Environment, 'retainData'>) {
    super(scope, id, {
      bucketName: `stocktool-access-logs${bucketSuffix}`,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(90) }],
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this, 'AwsSolutions-S1', 'This is the bucket of the logs: a log of its own would log its own writing.');
  }
}

const uploadsTo = (topic: string, prefix: string): CfnBucket.NotificationConfigurationProperty => ({
  topicConfigurations: [
    { event: 's3:ObjectCreated:*', topic, filter: { s3Key: { rules: [{ name: 'prefix', value: prefix }] } } },
  ],
});

const presignedAccess = (origin: string) => ({
  allowedOrigins: [origin],
  allowedMethods: [HttpMethods.GET, HttpMethods.HEAD, HttpMethods.PUT],
  allowedHeaders: ['*'],
  exposedHeaders: ['ETag', 'x-amz-version-id'],
  maxAge: 3600,
});

const lifecycleRule = (rule: BucketSpec['lifecycle'][number]): LifecycleRule => ({
  id: rule.id,
  ...(rule.prefix !== '' && { prefix: rule.prefix }),
  ...(rule.expireAfterDays !== undefined && { expiration: Duration.days(rule.expireAfterDays) }),
  ...(rule.expireOldVersionsAfterDays !== undefined && {
    noncurrentVersionExpiration: Duration.days(rule.expireOldVersionsAfterDays),
  }),
  ...(rule.abandonUploadsAfterDays !== undefined && {
    abortIncompleteMultipartUploadAfter: Duration.days(rule.abandonUploadsAfterDays),
  }),
  ...(rule.glacierInstantRetrievalAfterDays !== undefined && {
    transitions: [
      {
        storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
        transitionAfter: Duration.days(rule.glacierInstantRetrievalAfterDays),
      },
    ],
  }),
});
