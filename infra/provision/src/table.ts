import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type KeySchemaElement,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableIndex, TableSpec } from '@stocktool/topology';
import type { Clients } from './clients';
import { type Difference, type Resource, same, unlessAbsent } from './finding';

const readyTimeoutSeconds = 120;

const keySchema = ({ partitionKey, sortKey }: TableIndex): KeySchemaElement[] => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
];

const attributesOf = (...keys: readonly TableIndex[]) =>
  [...new Set(keys.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]))].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S' as const,
  }));

const indexSchema = (IndexName: string, index: TableIndex) => ({
  IndexName,
  KeySchema: keySchema(index),
  Projection: { ProjectionType: 'ALL' as const },
});

export function tableResource(spec: TableSpec, { dynamodb }: Clients): Resource {
  const TableName = spec.name;
  const describe = async (): Promise<TableDescription | undefined> =>
    (await unlessAbsent(dynamodb.send(new DescribeTableCommand({ TableName })), 'ResourceNotFoundException'))?.Table;
  const ready = () =>
    waitUntilTableExists(
      { client: dynamodb, maxWaitTime: readyTimeoutSeconds, minDelay: 1, maxDelay: 5 },
      { TableName },
    );

  return {
    name: `table ${spec.name}`,
    exists: async () => (await describe()) !== undefined,

    async create() {
      const indexes = Object.entries(spec.indexes);
      await dynamodb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: keySchema(spec),
          AttributeDefinitions: attributesOf(spec, ...Object.values(spec.indexes)),
          ...(indexes.length > 0 && {
            GlobalSecondaryIndexes: indexes.map(([name, index]) => indexSchema(name, index)),
          }),
          SSESpecification: { Enabled: true, SSEType: 'KMS' },
        }),
      );
      await ready();
    },

    async differences() {
      const table = await describe();
      const found: Difference[] = [];
      if (!same(table?.KeySchema, keySchema(spec)))
        found.push({ setting: 'the key (a table keeps the key it was made with)' });
      if (table?.BillingModeSummary !== undefined && table.BillingModeSummary.BillingMode !== 'PAY_PER_REQUEST')
        found.push({
          setting: 'billing mode',
          correct: () =>
            dynamodb.send(new UpdateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST' })).then(ready),
        });
      for (const [IndexName, index] of Object.entries(spec.indexes)) {
        const existing = table?.GlobalSecondaryIndexes?.find((row) => row.IndexName === IndexName);
        if (existing === undefined)
          found.push({
            setting: `index ${IndexName}`,
            correct: () =>
              dynamodb
                .send(
                  new UpdateTableCommand({
                    TableName,
                    AttributeDefinitions: attributesOf(spec, ...Object.values(spec.indexes)),
                    GlobalSecondaryIndexUpdates: [{ Create: indexSchema(IndexName, index) }],
                  }),
                )
                .then(ready),
          });
        else if (!same(existing.KeySchema, keySchema(index))) found.push({ setting: `the key of index ${IndexName}` });
      }
      return [...found, ...(await timeToLive()), ...(await backups())];
    },
  };

  async function timeToLive(): Promise<Difference[]> {
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    if (TimeToLiveDescription?.AttributeName === spec.ttlAttribute) return [];
    const TimeToLiveSpecification = { Enabled: true, AttributeName: spec.ttlAttribute };
    return [
      {
        setting: 'time to live',
        correct: () => dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification })),
      },
    ];
  }

  async function backups(): Promise<Difference[]> {
    const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const status = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    if ((status === 'ENABLED') === spec.pointInTimeRecovery) return [];
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: spec.pointInTimeRecovery };
    return [
      {
        setting: 'point-in-time recovery',
        correct: () =>
          dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification })),
      },
    ];
  }
}
