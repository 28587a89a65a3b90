import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { topology } from '@stocktool/topology';
import { Construct } from 'constructs';

/** A log group for each service and function, encrypted, kept for the topology's days. */
export class LogGroups extends Construct {
  constructor(scope: Construct, id: string, { key }: { readonly key: IKey }) {
    super(scope, id);
    for (const { name } of [...Object.values(topology.services), ...Object.values(topology.functions)])
      new LogGroup(this, name, {
        logGroupName: topology.logGroupOf(name),
        retention: topology.logRetentionDays as RetentionDays,
        encryptionKey: key,
        removalPolicy: RemovalPolicy.DESTROY,
      });
  }
}
