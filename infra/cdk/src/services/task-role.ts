import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { may, topology, type Grant, type PrincipalId } from '@stocktool/topology';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledge';
import { bucketNameOf } from '../data/buckets';

const local = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/** One statement of the topology as IAM has it: resources by name, never by pattern where a name will do. */
function statementOf(grant: Grant): PolicyStatement {
  const statement = (service: string, resource: string, conditions?: Record<string, Record<string, string>>) =>
    new PolicyStatement({
      actions: grant.actions.map((action) => `${service}:${action}`),
      resources: [resource],
      ...(conditions && { conditions }),
    });
  switch (grant.on) {
    case 'table': {
      const table = `table/${topology.tables[grant.table].name}`;
      return statement(
        'dynamodb',
        local('dynamodb', grant.index === undefined ? table : `${table}/index/${grant.index}`),
      );
    }
    case 'queue':
      return statement('sqs', local('sqs', topology.queues[grant.queue].name));
    case 'dead letters':
      return statement('sqs', local('sqs', topology.queues[grant.queue].deadLetterName));
    case 'topic':
      return statement('sns', local('sns', topology.topics[grant.topic].name));
    case 'all topics':
      return statement('sns', '*');
    case 'bucket':
      return statement('s3', `arn:${Aws.PARTITION}:s3:::${bucketNameOf(grant.bucket)}`);
    case 'objects':
      return statement('s3', `arn:${Aws.PARTITION}:s3:::${bucketNameOf(grant.bucket)}/${grant.prefix}*`);
    case 'secret':
      return statement(
        'secretsmanager',
        local('secretsmanager', `secret:${topology.secrets[grant.secret].name}-??????`),
      );
    case 'own metrics':
      return statement('cloudwatch', '*', { StringEquals: { 'cloudwatch:namespace': topology.metricNamespace } });
    case 'all metrics':
      return statement('cloudwatch', '*');
  }
}

/** What AWS does in the name of whoever reads or writes something encrypted: only through these services, never directly. */
const decrypting = ['dynamodb', 's3', 'sqs', 'sns', 'secretsmanager'];

interface RoleOf {
  readonly principal: PrincipalId;
  readonly assumedBy: 'ecs-tasks.amazonaws.com' | 'lambda.amazonaws.com';
  readonly key: IKey;
}

/** The role that a service's own code runs under: the topology's statements, and the key through the services it uses. */
export class TaskRole extends Role {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { principal, assumedBy, key }: RoleOf) {
    super(scope, id, {
      assumedBy: new ServicePrincipal(assumedBy, {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      description: `What ${principal} may do`,
    });
    const policy = new ManagedPolicy(this, 'may', { roles: [this] });
    this.policy = policy;
    for (const grant of may[principal]) policy.addStatements(statementOf(grant));
    policy.addStatements(
      new PolicyStatement({
        sid: 'KeyThroughServices',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': decrypting.map((service) => `${service}.${Aws.REGION}.amazonaws.com`) },
        },
      }),
    );
    for (const grant of may[principal]) {
      const reason = wildcardReasons[grant.on];
      if (reason === undefined) continue;
      for (const resource of statementOf(grant).resources) acknowledgeWildcard(policy, resource, reason);
    }
  }
}

const wildcardReasons: Partial<Record<Grant['on'], string>> = {
  objects: 'Keys of objects are made at run time: all of one prefix.',
  'all topics': 'ListTopics, the only way to an ARN by name, knows no narrower resource.',
  'own metrics': 'CloudWatch knows no resource here: a condition holds the statement to our namespace.',
  'all metrics': 'Reading metrics knows no resource.',
};
