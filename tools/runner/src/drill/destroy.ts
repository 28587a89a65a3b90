import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectsCommand, type ObjectIdentifier, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { TableSpec } from '@stocktool/topology';

const itemsPerBatch = 25;

/** Deletes every item, as a script with a wrong condition would. */
export async function emptyTable(
  dynamodb: DynamoDBClient,
  { name, partitionKey, sortKey }: TableSpec,
): Promise<number> {
  let deleted = 0;
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: name, ConsistentRead: true })) {
    const requests = Items.map((item): WriteRequest => ({
      DeleteRequest: { Key: { [partitionKey]: item[partitionKey]!, [sortKey]: item[sortKey]! } },
    }));
    for (let start = 0; start < requests.length; start += itemsPerBatch) {
      let pending: Record<string, WriteRequest[]> | undefined = {
        [name]: requests.slice(start, start + itemsPerBatch),
      };
      while (pending !== undefined && Object.keys(pending).length > 0) {
        const answer: { UnprocessedItems?: Record<string, WriteRequest[]> | undefined } = await dynamodb.send(
          new BatchWriteItemCommand({ RequestItems: pending }),
        );
        pending = answer.UnprocessedItems;
      }
    }
    deleted += requests.length;
  }
  return deleted;
}

/** Writes over the attribute of every item that has it, as an update with a wrong value would. */
export async function overwrite(
  dynamodb: DynamoDBClient,
  { name: TableName, partitionKey, sortKey }: TableSpec,
  attribute: string,
): Promise<number> {
  let changed = 0;
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true })) {
    const hit = Items.filter((item) => attribute in item);
    for (const item of hit)
      await dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: { [partitionKey]: item[partitionKey]!, [sortKey]: item[sortKey]! },
          UpdateExpression: 'SET #attribute = :wrong',
          ExpressionAttributeNames: { '#attribute': attribute },
          ExpressionAttributeValues: { ':wrong': { S: 'wrong' } },
        }),
      );
    changed += hit.length;
  }
  return changed;
}

/** Deletes every object without naming a version, as a lifecycle rule or a recursive delete would. */
export async function emptyBucket(s3: S3Client, Bucket: string): Promise<number> {
  let deleted = 0;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
    const Objects: ObjectIdentifier[] = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    deleted += Objects.length;
  }
  return deleted;
}
