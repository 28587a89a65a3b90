import { App, Tags, Validations } from 'aws-cdk-lib';
import { topology } from '@stocktool/topology';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DataStack } from './data/data-stack';
import { DeliveryStack } from './delivery/delivery-stack';
import { environments, type Environment } from './environments';
import { AppStack } from './services/app-stack';

export interface AppOptions {
  readonly outputDirectory: string;
  /** The stock updater's zip, or a folder. */
  readonly functionBundle: string;
  readonly environments?: readonly Environment[];
}

const context = {
  /** What CloudFormation would refuse fails here, before any account is asked. */
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm': true,
  '@aws-cdk/aws-ecs:reduceEc2FargateCloudWatchPermissions': true,
  '@aws-cdk/aws-kms:reduceCrossAccountRegionPolicyScope': true,
  '@aws-cdk/aws-s3:publicAccessBlockedByDefault': true,
  '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
  '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true,
  '@aws-cdk/aws-s3:keepNotificationInImportedBucket': true,
  '@aws-cdk/core:target-partitions': ['aws'],
};

/** Three stacks for each environment: delivery first, then data, then what a release replaces. Needs no account and no network. */
export function makeApp({ outputDirectory, functionBundle, environments: wanted = environments }: AppOptions): App {
  const app = new App({ outdir: outputDirectory, context, analyticsReporting: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  for (const environment of wanted) {
    const settings = { env: { region: topology.region } };
    const id = (part: string) => `stocktool-${environment.name}-${part}`;
    new DeliveryStack(app, id('delivery'), environment, settings);
    const { key, accessLogsName, mailSecretArn, marketDataKeysArn, chatKeysArn } = new DataStack(
      app,
      id('data'),
      environment,
      settings,
    );
    const ofData = { key, accessLogsName, mailSecretArn, marketDataKeysArn, chatKeysArn };
    new AppStack(app, id('app'), { ...settings, environment, ...ofData, functionBundle });
  }
  Tags.of(app).add('application', 'stocktool');
  return app;
}
