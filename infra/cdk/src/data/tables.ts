import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  MultiRegionConsistency,
  ProjectionType,
  Table,
  TableEncryption,
  TableEncryptionV2,
  TableV2,
  Billing,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { accessPatterns, topology, type TableId, type TableIndex, type TableSpec } from '@stocktool/topology';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge';
import type { Environment, SecondRegion } from '../environments';

interface TablesProps extends Pick<Environment, 'retainData' | 'secondRegion'> {
  readonly key: IKey;
}

/** Every table of the topology: on demand, encrypted, with the expiry attribute, and recovery where deleted need not mean deleted. */
export class Tables extends Construct {
  constructor(scope: Construct, id: string, { key, retainData, secondRegion }: TablesProps) {
    super(scope, id);
    const removalPolicy = retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    for (const [tableId, spec] of Object.entries(topology.tables) as [TableId, TableSpec][]) {
      const settings = { tableName: spec.name, ...keyOf(spec), removalPolicy, deletionProtection: retainData };
      if (secondRegion === undefined) this.inOneRegion(tableId, spec, settings, key);
      else this.inTwoRegions(tableId, spec, settings, secondRegion);
    }
  }

  private inOneRegion(id: TableId, spec: TableSpec, settings: Settings, encryptionKey: IKey): void {
    const table = new Table(this, id, {
      ...settings,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey,
      timeToLiveAttribute: spec.ttlAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: spec.pointInTimeRecovery },
    });
    for (const index of indexesOf(spec)) table.addGlobalSecondaryIndex(index);
    if (!spec.pointInTimeRecovery)
      acknowledge(table, 'AwsSolutions-DDB3', 'What a user deletes here must be gone, from backups too.');
  }

  /**
   * Strongly consistent replicas know no transactions and no expiry. A table that a transaction writes is replicated
   * eventually; the others drop expired items on read, as everywhere, and keep them in storage.
   */
  private inTwoRegions(id: TableId, spec: TableSpec, settings: Settings, { region, witness }: SecondRegion): void {
    const strong = !isWrittenByTransactions(id);
    new TableV2(this, id, {
      ...settings,
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: spec.pointInTimeRecovery },
      globalSecondaryIndexes: indexesOf(spec),
      replicas: [{ region }],
      ...(strong
        ? { multiRegionConsistency: MultiRegionConsistency.STRONG, witnessRegion: witness }
        : { timeToLiveAttribute: spec.ttlAttribute }),
    });
  }
}

type Settings = ReturnType<typeof keyOf> & {
  readonly tableName: string;
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
};

const isWrittenByTransactions = (id: TableId): boolean =>
  accessPatterns.some(({ table, operations }) => table === id && operations.includes('TransactWriteItems'));

const keyOf = ({ partitionKey, sortKey }: TableIndex) => ({
  partitionKey: { name: partitionKey, type: AttributeType.STRING },
  sortKey: { name: sortKey, type: AttributeType.STRING },
});

const indexesOf = ({ indexes }: TableSpec) =>
  Object.entries(indexes).map(([indexName, index]) => ({
    indexName,
    ...keyOf(index),
    projectionType: ProjectionType.ALL,
  }));
