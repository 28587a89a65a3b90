import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  Effect,
  ManagedPolicy,
  OidcProviderNative,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { topology } from '@stocktool/topology';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledge';
import type { Environment } from '../environments';
import { imageTagParameter, Repositories, repositoryName } from './repositories';

const issuer = 'token.actions.githubusercontent.com';

const releaseRef = 'refs/heads/main';
const repositoryOf = ({ gitHubSubject }: Environment): string => gitHubSubject.split(':')[1] ?? '';

const wildcardReason =
  'Logging in to the registry and reading tasks know no resource; revisions of a task and roles that the stacks made have names of their own.';

const arn = (service: string, resource: string, region: string = Aws.REGION): string =>
  `arn:${Aws.PARTITION}:${service}:${region}:${Aws.ACCOUNT_ID}:${resource}`;

/** Before anything runs: where images go, and the role that the pipeline takes on by its own token, with no stored key. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, environment: Environment, props: StackProps) {
    super(scope, id, { ...props, terminationProtection: environment.retainData });
    new Repositories(this, 'repositories', environment);
    const provider = new OidcProviderNative(this, 'gitHub', {
      url: `https://${issuer}`,
      clientIds: ['sts.amazonaws.com'],
    });
    const role = new Role(this, 'release', {
      roleName: `stocktool-release-${environment.name}`,
      description: `Releases of ${environment.gitHubSubject}`,
      maxSessionDuration: Duration.hours(1),
      assumedBy: new WebIdentityPrincipal(provider.oidcProviderArn, {
        // Equal, not like: another repository, branch, workflow or environment gets no role.
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: environment.gitHubSubject,
          // The subject names no branch: whoever may push one could write a workflow into it that names the environment.
          [`${issuer}:ref`]: releaseRef,
          [`${issuer}:job_workflow_ref`]: `${repositoryOf(environment)}/.github/workflows/release-to.yml@${releaseRef}`,
        },
      }),
    });
    const statements = releaseStatements();
    const policy = new ManagedPolicy(this, 'mayRelease', { roles: [role], statements });
    for (const resource of new Set(statements.flatMap(({ resources }) => resources)))
      if (resource.includes('*')) acknowledgeWildcard(policy, resource, wildcardReason);
    new CfnOutput(this, 'releaseRole', { value: role.roleArn, description: 'For the pipeline: AWS_RELEASE_ROLE' });
  }
}

function releaseStatements(): PolicyStatement[] {
  const names = Object.values(topology.services).map(({ name }) => name);
  const allow = (sid: string, actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
    new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources, ...(conditions && { conditions }) });
  return [
    allow('LogInToRegistry', ['ecr:GetAuthorizationToken'], ['*']),
    allow(
      'PushImages',
      [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:CompleteLayerUpload',
        'ecr:DescribeImages',
        'ecr:DescribeImageScanFindings',
        'ecr:GetDownloadUrlForLayer',
        'ecr:InitiateLayerUpload',
        'ecr:PutImage',
        'ecr:UploadLayerPart',
      ],
      names.map((name) => arn('ecr', `repository/${repositoryName(name)}`)),
    ),
    allow(
      'ReleaseServices',
      ['ecs:DescribeServices', 'ecs:UpdateService'],
      names.map((name) => arn('ecs', `service/stocktool/${name}`)),
    ),
    allow('DescribeTasks', ['ecs:DescribeTaskDefinition', 'ecs:DescribeTasks', 'ecs:ListTasks'], ['*']),
    allow(
      'RegisterTasks',
      ['ecs:RegisterTaskDefinition'],
      names.map((name) => arn('ecs', `task-definition/stocktool-${name}:*`)),
    ),
    allow('HandRolesToTasks', ['iam:PassRole'], [arn('iam', 'role/stocktool-*-app-*', '')], {
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    }),
    allow('NameTheRelease', ['ssm:GetParameter', 'ssm:PutParameter'], [arn('ssm', `parameter${imageTagParameter}`)]),
    allow('DeployStacks', ['sts:AssumeRole'], [arn('iam', 'role/cdk-*', '')]),
  ];
}
