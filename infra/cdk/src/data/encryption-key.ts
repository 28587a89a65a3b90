import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Environment } from '../environments';

/** Services of AWS that write to our encrypted queues, topics, logs and buckets by themselves, never for a person. */
const writers = {
  'sns.amazonaws.com': 'delivers to queues',
  's3.amazonaws.com': 'publishes uploads',
  'cloudwatch.amazonaws.com': 'publishes alarms',
  'scheduler.amazonaws.com': 'leaves what it could not deliver',
} as const;

/** The one key of an environment: tables, buckets, queues, topics, logs and secrets. */
export class EncryptionKey extends Key {
  constructor(scope: Construct, id: string, { name, retainData }: Pick<Environment, 'name' | 'retainData'>) {
    super(scope, id, {
      alias: `stocktool-${name}`,
      description: `Everything that StockTool ${name} stores`,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    for (const [service, what] of Object.entries(writers))
      this.addToResourcePolicy(
        new PolicyStatement({
          sid: sidOf(what),
          effect: Effect.ALLOW,
          principals: [new ServicePrincipal(service)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          resources: ['*'],
          conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        }),
      );
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Logs',
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
        actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:*`,
          },
        },
      }),
    );
  }
}

const sidOf = (what: string): string =>
  what
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
