import { topology } from '@stocktool/topology';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import { templatesOf } from '../templates.fixture';

const { delivery } = templatesOf('production');
const stack = Assertions.fromJSON(delivery);
const ofType = (type: string) => Object.values(delivery.Resources).filter(({ Type }) => Type === type);

describe('delivery', () => {
  it('gives the release role to the release workflow of main in one environment of one repository, by its token', () => {
    const [role, ...others] = ofType('AWS::IAM::Role');
    expect(others).toEqual([]);
    expect(role?.Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': expect.stringMatching(/^repo:[^*]+:environment:production$/),
              'token.actions.githubusercontent.com:ref': 'refs/heads/main',
              'token.actions.githubusercontent.com:job_workflow_ref': expect.stringMatching(
                /^[\w-]+\/[\w-]+\/\.github\/workflows\/release-to\.yml@refs\/heads\/main$/,
              ),
            },
          },
        },
      ],
    });
  });

  it('has a repository for each service in which a tag never changes its image', () => {
    stack.resourceCountIs('AWS::ECR::Repository', Object.keys(topology.services).length);
    for (const { Properties } of ofType('AWS::ECR::Repository'))
      expect(Properties).toMatchObject({
        ImageTagMutability: 'IMMUTABLE',
        ImageScanningConfiguration: { ScanOnPush: true },
      });
  });

  it('hands roles to tasks only', () => {
    const statements = ofType('AWS::IAM::ManagedPolicy').flatMap(
      ({ Properties }) =>
        (Properties['PolicyDocument'] as { Statement: { Action: unknown; Condition?: object }[] }).Statement,
    );
    const passing = statements.filter(({ Action }) => JSON.stringify(Action).includes('iam:PassRole'));
    expect(passing).toMatchObject([
      { Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } } },
    ]);
  });
});
