import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { startLocalAws } from '@stocktool/local-aws';
import { topology, type TableSpec } from '@stocktool/topology';
import { until } from '../http';
import type { Item } from './erased-owners';

/** An endpoint of its own with the tables that a restore looks at, and the words of the specs about them. */
export async function restoreFixture() {
  const aws = await startLocalAws({ port: 0, recovery: { hours: 1, lagSeconds: 0 } });
  const settings = {
    endpoint: aws.url,
    region: topology.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const dynamodb = new DynamoDBClient(settings);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  for (const id of ['analyses', 'erasures', 'users', 'portfolios'] as const) await make(dynamodb, topology.tables[id]);
  const TableName = topology.tables.portfolios.name;
  return {
    dynamodb,
    s3,
    put: (userId: string, value: string, more: Item = {}) =>
      dynamodb.send(new PutItemCommand({ TableName, Item: { ...keyOf(userId), value: { S: value }, ...more } })),
    remove: (userId: string) => dynamodb.send(new DeleteItemCommand({ TableName, Key: keyOf(userId) })),
    async values(...userIds: string[]) {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
      return userIds.map((id) => Items.find(({ userId }) => userId?.S === id)?.['value']?.S);
    },
    async item(wanted: string) {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
      return Items.find(({ userId }) => userId?.S === wanted);
    },
    async mark({ name }: TableSpec, key: Readonly<Record<string, string>>) {
      const Item = Object.fromEntries(Object.entries(key).map(([attribute, value]) => [attribute, { S: value }]));
      await dynamodb.send(new PutItemCommand({ TableName: name, Item }));
    },
    async close() {
      dynamodb.destroy();
      s3.destroy();
      await aws.stop();
    },
  };
}

const keyOf = (userId: string) => ({ userId: { S: userId }, itemId: { S: 'a' } });

async function make(dynamodb: DynamoDBClient, { name: TableName, partitionKey, sortKey }: TableSpec): Promise<void> {
  const key = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [key(partitionKey), key(sortKey)],
    }),
  );
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
}

/** The next whole second: what was written before is in a restore to it. */
export async function nextSecond(): Promise<Date> {
  const second = Math.ceil((Date.now() + 1) / 1000) * 1000;
  await until(() => Promise.resolve(Date.now() > second ? true : undefined), 2000, 5);
  return new Date(second);
}
