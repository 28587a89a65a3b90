import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { topology } from '@stocktool/topology';
import { Construct } from 'constructs';
import type { Environment } from '../environments';

export const repositoryName = (service: string): string => `stocktool/${service}`;

/** Holds the tag of the release that runs. The pipeline is its only writer, so that a change of the stacks never brings an old image back. */
export const imageTagParameter = '/stocktool/image-tag';

const keptImages = 50;

/** An image repository for each service: a tag never changes what it names, and every push is scanned. */
export class Repositories extends Construct {
  constructor(scope: Construct, id: string, { retainData }: Pick<Environment, 'retainData'>) {
    super(scope, id);
    for (const { name } of Object.values(topology.services))
      new Repository(this, name, {
        repositoryName: repositoryName(name),
        imageTagMutability: TagMutability.IMMUTABLE,
        imageScanOnPush: true,
        encryption: RepositoryEncryption.AES_256,
        lifecycleRules: [
          {
            rulePriority: 1,
            description: 'Pushes that never got a tag',
            tagStatus: TagStatus.UNTAGGED,
            maxImageAge: Duration.days(7),
          },
          { rulePriority: 2, description: 'Enough to go back', maxImageCount: keptImages },
        ],
        removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        emptyOnDelete: !retainData,
      });
    new StringParameter(this, 'imageTag', {
      parameterName: imageTagParameter,
      description: 'Commit whose images run',
      stringValue: 'none',
    });
  }
}
