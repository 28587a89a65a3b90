import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { TableSpec } from '@stocktool/topology';
import type { ErasedOwners, Item } from './erased-owners';

const segments = 4;
const writesAtOnce = 16;

export interface Copied {
  /** Items that were missing and are back. */
  restored: number;
  /** Items that are there, as they are or written anew since: left alone. */
  present: number;
  /** Items of accounts that have been erased: left out. */
  erased: number;
  /** Items whose time to live had passed: left out. */
  expired: number;
}

/** Puts every item of the copy that the table lacks into it. Never changes an item that is there, so it can be run again. */
export async function copyBack(
  dynamodb: DynamoDBClient,
  { copy, table, erasedOwners }: { copy: string; table: TableSpec; erasedOwners: ErasedOwners },
): Promise<Copied> {
  const count: Copied = { restored: 0, present: 0, erased: 0, expired: 0 };
  const one = async (item: Item): Promise<void> => {
    const expiresAtEpochSeconds = Number(item[table.ttlAttribute]?.N ?? Infinity);
    if (expiresAtEpochSeconds <= Date.now() / 1000) count.expired++;
    else if (await erasedOwners.own(item)) count.erased++;
    else count[await putWhereMissing(dynamodb, table, item)]++;
  };
  await eachItemOf(dynamodb, copy, one);
  return count;
}

/** Every item of a copy that nobody writes to, a bounded number of them at once. */
export async function eachItemOf(
  dynamodb: DynamoDBClient,
  TableName: string,
  visit: (item: Item) => Promise<void>,
): Promise<void> {
  const segment = async (Segment: number): Promise<void> => {
    const scan = { TableName, Segment, TotalSegments: segments, ConsistentRead: true };
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, scan)) {
      const waiting = Items.values();
      const work = async () => {
        for (const item of waiting) await visit(item);
      };
      await Promise.all(Array.from({ length: writesAtOnce }, work));
    }
  };
  await Promise.all(Array.from({ length: segments }, (_, index) => segment(index)));
}

async function putWhereMissing(
  dynamodb: DynamoDBClient,
  { name, partitionKey }: TableSpec,
  Item: Item,
): Promise<'restored' | 'present'> {
  const missing = {
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': partitionKey },
  };
  try {
    await dynamodb.send(new PutItemCommand({ TableName: name, Item, ...missing }));
    return 'restored';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'present';
    throw error;
  }
}
