import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { arn } from '../account';
import { AwsError } from '../aws-error';
import { operation, type Operations } from '../http/json-service';
import { prepare, type Index, type Request, type TableDescription } from './dynalite';
import { ddbError, fromDynalite, validation } from './errors';
import type { Table, Tables } from './tables';

const Tags = z.array(z.object({ Key: z.string(), Value: z.string() }));
const Encryption = z.object({
  Enabled: z.boolean().nullish(),
  SSEType: z.string().nullish(),
  KMSMasterKeyId: z.string().nullish(),
});
const Named = z.object({ TableName: z.string() });
const Throughput = z.object({
  ReadCapacityUnits: z.number().int().min(1),
  WriteCapacityUnits: z.number().int().min(1),
});
const Billing = z.enum(['PROVISIONED', 'PAY_PER_REQUEST']);
const Extras = {
  SSESpecification: Encryption.nullish(),
  DeletionProtectionEnabled: z.boolean().nullish(),
  TableClass: z.string().nullish(),
  StreamSpecification: z.object({ StreamEnabled: z.boolean() }).nullish(),
};
const Created = z.looseObject({ TableName: z.string(), Tags: Tags.nullish(), ...Extras });
const IndexUpdate = z.object({
  Create: z.looseObject({ IndexName: z.string() }).nullish(),
  Update: z.object({ IndexName: z.string(), ProvisionedThroughput: Throughput.nullish() }).nullish(),
  Delete: z.object({ IndexName: z.string() }).nullish(),
});
const Updated = Named.extend({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })).nullish(),
  BillingMode: Billing.nullish(),
  ProvisionedThroughput: Throughput.nullish(),
  GlobalSecondaryIndexUpdates: z.array(IndexUpdate).nullish(),
  ...Extras,
});
type Updated = z.infer<typeof Updated>;

const noThroughput = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 };
const nowSeconds = (): number => Date.now() / 1000;

/** Creating, describing and changing tables. What takes AWS minutes is done when the call is answered. */
export function tableOperations(tables: Tables): Operations {
  return {
    CreateTable: operation(Created, async (input) => {
      const { Tags: tags, ...definition } = input;
      refuseStreams(input.StreamSpecification);
      const table: Table = {
        description: { ...describe(checked(definition)), ...extras(input) },
        pointInTimeRecovery: false,
        recoveryPeriodDays: 35,
        tags: Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value])),
      };
      await tables.create(table);
      return { TableDescription: { ...table.description, TableStatus: 'CREATING' } };
    }),
    DescribeTable: operation(Named, (input) => ({ Table: tables.byArn(input.TableName).description })),
    ListTables: operation(
      z.object({ Limit: z.number().int().min(1).max(100).nullish(), ExclusiveStartTableName: z.string().nullish() }),
      ({ Limit, ExclusiveStartTableName: after }) => {
        const names = tables.names().filter((name) => !after || name > after);
        const TableNames = names.slice(0, Limit ?? 100);
        return { TableNames, ...(TableNames.length < names.length && { LastEvaluatedTableName: TableNames.at(-1) }) };
      },
    ),
    DeleteTable: operation(Named, async (input) => {
      const { description } = tables.byArn(input.TableName);
      if (description.DeletionProtectionEnabled) {
        throw validation(
          'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
        );
      }
      await tables.delete(description.TableName);
      return { TableDescription: { ...description, TableStatus: 'DELETING' } };
    }),
    UpdateTable: operation(Updated, (input) => update(tables, input)),
  };
}

/** Checked by dynalite's rules for CreateTable. */
function checked(definition: Request): Request {
  try {
    return prepare('CreateTable', structuredClone(definition));
  } catch (error) {
    throw fromDynalite(error);
  }
}

function refuseStreams(streams: { StreamEnabled: boolean } | null | undefined): void {
  if (streams?.StreamEnabled)
    throw new AwsError('NotImplementedException', 'DynamoDB streams are not emulated', { status: 501 });
}

function describe(definition: Request): TableDescription {
  const TableName = definition.TableName as string;
  const TableArn = arn('dynamodb', `table/${TableName}`);
  const indexes = (list: unknown, status: object): Index[] | undefined =>
    (list as Index[] | undefined)?.map((index) => ({
      ...index,
      ...status,
      IndexArn: `${TableArn}/index/${index.IndexName}`,
      IndexSizeBytes: 0,
      ItemCount: 0,
    }));
  const global = indexes(definition.GlobalSecondaryIndexes, { IndexStatus: 'ACTIVE' });
  const local = indexes(definition.LocalSecondaryIndexes, {});
  return {
    TableName,
    TableArn,
    TableId: randomUUID(),
    TableStatus: 'ACTIVE',
    CreationDateTime: nowSeconds(),
    KeySchema: definition.KeySchema as TableDescription['KeySchema'],
    AttributeDefinitions: definition.AttributeDefinitions as TableDescription['AttributeDefinitions'],
    ProvisionedThroughput: { ...noThroughput, ...(definition.ProvisionedThroughput as object | undefined) },
    ...(definition.BillingMode === 'PAY_PER_REQUEST' && billing('PAY_PER_REQUEST')),
    TableSizeBytes: 0,
    ItemCount: 0,
    DeletionProtectionEnabled: false,
    ...(global && {
      GlobalSecondaryIndexes: global.map((index) => ({ ProvisionedThroughput: noThroughput, ...index })),
    }),
    ...(local && { LocalSecondaryIndexes: local }),
  };
}

const billing = (mode: z.infer<typeof Billing>) => ({
  BillingModeSummary: {
    BillingMode: mode,
    ...(mode === 'PAY_PER_REQUEST' && { LastUpdateToPayPerRequestDateTime: nowSeconds() }),
  },
  TableThroughputModeSummary: { TableThroughputMode: mode },
});

function extras({
  SSESpecification,
  DeletionProtectionEnabled,
  TableClass,
}: Pick<Updated, keyof typeof Extras>): Request {
  const key = SSESpecification?.KMSMasterKeyId ?? 'alias/aws/dynamodb';
  return {
    ...(SSESpecification && {
      SSEDescription: SSESpecification.Enabled
        ? {
            Status: 'ENABLED',
            SSEType: SSESpecification.SSEType ?? 'KMS',
            KMSMasterKeyArn: key.startsWith('arn:') ? key : arn('kms', key),
          }
        : undefined,
    }),
    ...(typeof DeletionProtectionEnabled === 'boolean' && { DeletionProtectionEnabled }),
    ...(TableClass && { TableClassSummary: { TableClass } }),
  };
}

async function update(tables: Tables, input: Updated): Promise<unknown> {
  refuseStreams(input.StreamSpecification);
  const table = tables.byArn(input.TableName);
  const { description } = table;
  const name = description.TableName;
  const before = description.GlobalSecondaryIndexes ?? [];
  const changes = input.GlobalSecondaryIndexUpdates ?? [];
  const dropped = changes.flatMap((change) => change.Delete?.IndexName ?? []);
  const created = changes.flatMap((change) => change.Create ?? []);
  const missing = dropped.find((index) => !before.some(({ IndexName }) => IndexName === index));
  if (missing) throw ddbError('ResourceNotFoundException', `Requested resource not found: index ${missing}`);
  const duplicate = created.find(({ IndexName }) => before.some((index) => index.IndexName === IndexName));
  if (duplicate) throw validation(`Attempting to create an index which already exists: ${duplicate.IndexName}`);

  const mode = input.BillingMode ?? (isOnDemand(description) ? 'PAY_PER_REQUEST' : 'PROVISIONED');
  const kept = before.filter(({ IndexName }) => !dropped.includes(IndexName));
  const definitions = [...(input.AttributeDefinitions ?? []), ...description.AttributeDefinitions];
  const unique = definitions.filter(
    ({ AttributeName }, at) => definitions.findIndex((one) => one.AttributeName === AttributeName) === at,
  );
  const throughput = input.ProvisionedThroughput ?? provisioned(description);
  const definition = describe(
    checked({
      TableName: name,
      KeySchema: description.KeySchema,
      AttributeDefinitions: onlyUsed(unique, description, [...kept, ...(created as unknown as Index[])]),
      BillingMode: mode,
      ...(mode === 'PROVISIONED' && { ProvisionedThroughput: throughput }),
      ...(kept.length + created.length > 0 && {
        GlobalSecondaryIndexes: [...kept, ...created].map((index) => ({
          IndexName: index.IndexName,
          KeySchema: index.KeySchema,
          Projection: index.Projection,
        })),
      }),
      ...(description.LocalSecondaryIndexes && { LocalSecondaryIndexes: description.LocalSecondaryIndexes }),
    }),
  );
  const next: TableDescription = {
    ...withoutGlobalIndexes(description),
    AttributeDefinitions: definition.AttributeDefinitions,
    ProvisionedThroughput: definition.ProvisionedThroughput,
    ...(definition.GlobalSecondaryIndexes && { GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes }),
    ...(input.BillingMode && billing(input.BillingMode)),
    ...extras(input),
  };
  await tables.put({ ...table, description: next });
  for (const index of dropped) await tables.eraseIndex(name, index);
  for (const { IndexName } of created) {
    const index = next.GlobalSecondaryIndexes?.find((one) => one.IndexName === IndexName);
    if (index) await tables.backfillIndex(name, index);
  }
  return { TableDescription: { ...next, TableStatus: 'UPDATING' } };
}

const isOnDemand = ({ BillingModeSummary }: TableDescription): boolean =>
  (BillingModeSummary as { BillingMode?: string } | undefined)?.BillingMode === 'PAY_PER_REQUEST';

function provisioned({ ProvisionedThroughput }: TableDescription): unknown {
  const { ReadCapacityUnits, WriteCapacityUnits } = ProvisionedThroughput as {
    ReadCapacityUnits: number;
    WriteCapacityUnits: number;
  };
  return { ReadCapacityUnits, WriteCapacityUnits };
}

function onlyUsed<Definition extends { AttributeName: string }>(
  definitions: readonly Definition[],
  { KeySchema, LocalSecondaryIndexes = [] }: TableDescription,
  globalIndexes: readonly Index[],
): Definition[] {
  const schemas = [KeySchema, ...[...LocalSecondaryIndexes, ...globalIndexes].map((index) => index.KeySchema ?? [])];
  const used = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
  return definitions.filter(({ AttributeName }) => used.has(AttributeName));
}

function withoutGlobalIndexes(description: TableDescription): TableDescription {
  const { GlobalSecondaryIndexes: _global, ...rest } = description;
  return rest;
}
