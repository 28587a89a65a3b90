import { BatchWriteItemCommand, type DynamoDBClient, paginateScan, type WriteRequest } from '@aws-sdk/client-dynamodb';
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
