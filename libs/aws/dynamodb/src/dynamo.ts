import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  type TransactWriteItem,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { type CallOptions, type Calls, patiently } from '@stocktool/aws-client';
import { type Clock, systemClock } from '@stocktool/contracts';
import { fromAttributes, type Item, toAttributes } from './attribute-value';
import { dynamoFailure } from './failures';
import {
  type DeleteInput,
  type GetInput,
  type PutInput,
  type QueryInput,
  type TransactionItem,
  type UpdateInput,
  wireInput,
} from './inputs';
import { once } from './own-write';
import { chunksOf, untilProcessed } from './unprocessed';

export interface QueryPage {
  items: Item[];
  /** Present when there may be more; see `encodeCursor`. */
  lastKey?: Item;
}

const oldItem = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
const keysPerBatchGet = 100;
const itemsPerBatchWrite = 25;
const keysPerPage = 250;

/** Names of the key attributes of a table: `#partitionKey` and `#sortKey` of a condition. */
export interface TableKeys {
  readonly partitionKey: string;
  readonly sortKey: string;
}
type MatchInput = Pick<QueryInput, 'TableName' | 'KeyConditionExpression' | 'ExpressionAttributeValues'>;

/**
 * DynamoDB in JavaScript values. Reads drop items whose `ttl` has passed, for DynamoDB may keep them for days; conditions
 * still see them. A failed condition throws `ConditionFailed` with the item that was there; what the SDK's own retries
 * could not get through throws Problem `dependency-unavailable`.
 */
export class Dynamo {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly clock: Clock = systemClock,
    private readonly calls: Calls = patiently,
  ) {}

  async get(input: GetInput): Promise<Item | undefined> {
    const { Item: found } = await this.attempt((options) =>
      this.client.send(new GetItemCommand(wireInput(input)), options),
    );
    return found && this.unlessExpired([fromAttributes(found)])[0];
  }

  async put({ ownWrite = false, ...input }: PutInput): Promise<void> {
    if (ownWrite) await once(input, (marked) => this.putOnce(marked));
    else await this.putOnce(input);
  }

  /** What `ReturnValues` asks for. */
  update({ ownWrite = false, ...input }: UpdateInput): Promise<Item | undefined> {
    return ownWrite ? once(input, (marked) => this.updateOnce(marked)) : this.updateOnce(input);
  }

  /** What `ReturnValues` asks for. */
  async delete(input: DeleteInput): Promise<Item | undefined> {
    const { Attributes } = await this.attempt((options) =>
      this.client.send(new DeleteItemCommand({ ...oldItem, ...wireInput(input) }), options),
    );
    return Attributes && fromAttributes(Attributes);
  }

  /** One page. It may hold fewer items than `Limit`, even none, and still have a `lastKey`. */
  async query(input: QueryInput): Promise<QueryPage> {
    const { Items = [], LastEvaluatedKey } = await this.attempt((options) =>
      this.client.send(new QueryCommand(wireInput(input)), options),
    );
    const items = this.unlessExpired(Items.map(fromAttributes));
    return LastEvaluatedKey ? { items, lastKey: fromAttributes(LastEvaluatedKey) } : { items };
  }

  /** The items that exist, in no particular order. */
  async batchGet(
    tableName: string,
    keys: readonly Item[],
    options: { consistentRead?: boolean } = {},
  ): Promise<Item[]> {
    const distinct = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
    const found: Item[] = [];
    for (const chunk of chunksOf(distinct, keysPerBatchGet)) {
      const request: KeysAndAttributes = {
        Keys: chunk.map((key) => toAttributes(key)),
        ConsistentRead: options.consistentRead ?? false,
      };
      await untilProcessed(request, async (pending) => {
        const command = new BatchGetItemCommand({ RequestItems: { [tableName]: pending } });
        const { Responses, UnprocessedKeys } = await this.attempt((options) => this.client.send(command, options));
        found.push(...(Responses?.[tableName] ?? []).map(fromAttributes));
        const left = UnprocessedKeys?.[tableName];
        return left?.Keys?.length ? left : undefined;
      });
    }
    return this.unlessExpired(found);
  }

  /** Not atomic: a failure in the middle leaves a part done. A key must not occur twice. */
  async batchWrite(
    tableName: string,
    { put = [], delete: keys = [] }: { put?: readonly Item[]; delete?: readonly Item[] },
  ): Promise<void> {
    const requests: WriteRequest[] = [
      ...put.map((item) => ({ PutRequest: { Item: toAttributes(item) } })),
      ...keys.map((key) => ({ DeleteRequest: { Key: toAttributes(key) } })),
    ];
    for (const chunk of chunksOf(requests, itemsPerBatchWrite)) {
      await untilProcessed(chunk, async (pending) => {
        const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: pending } });
        const { UnprocessedItems } = await this.attempt((options) => this.client.send(command, options));
        const left = UnprocessedItems?.[tableName];
        return left?.length ? left : undefined;
      });
    }
  }

  /**
   * Deletes all that a condition on the table's own key finds, expired items too, page by page. Safe to repeat: what a crash
   * left, the next call deletes.
   */
  async deleteMatching({ partitionKey, sortKey }: TableKeys, input: MatchInput): Promise<void> {
    let from: Item | undefined;
    do {
      const { items, lastKey } = await this.query({
        ...input,
        ConsistentRead: true,
        ProjectionExpression: '#partitionKey, #sortKey',
        ExpressionAttributeNames: { '#partitionKey': partitionKey, '#sortKey': sortKey },
        Limit: keysPerPage,
        ...(from && { ExclusiveStartKey: from }),
      });
      await this.batchWrite(String(input.TableName), { delete: items });
      from = lastKey;
    } while (from);
  }

  /** Every item under one partition key; see `deleteMatching`. */
  deletePartition({ name, ...keys }: TableKeys & { readonly name: string }, value: string): Promise<void> {
    return this.deleteMatching(keys, {
      TableName: name,
      KeyConditionExpression: '#partitionKey = :value',
      ExpressionAttributeValues: { ':value': value },
    });
  }

  /** All or nothing, at twice the price of single writes. Throws `TransactionCanceled` with a reason for each item. */
  async transactWrite(items: readonly TransactionItem[]): Promise<void> {
    const TransactItems = items.map(
      (item) =>
        Object.fromEntries(
          Object.entries(item).map(([verb, input]) => [verb, { ...oldItem, ...wireInput(input as object) }]),
        ) as TransactWriteItem,
    );
    await this.attempt((options) => this.client.send(new TransactWriteItemsCommand({ TransactItems }), options));
  }

  private async putOnce(input: PutInput): Promise<undefined> {
    await this.attempt((options) => this.client.send(new PutItemCommand({ ...oldItem, ...wireInput(input) }), options));
  }

  private async updateOnce(input: UpdateInput): Promise<Item | undefined> {
    const { Attributes } = await this.attempt((options) =>
      this.client.send(new UpdateItemCommand({ ...oldItem, ...wireInput(input) }), options),
    );
    return Attributes && fromAttributes(Attributes);
  }

  private async attempt<Output>(send: (options: CallOptions) => Promise<Output>): Promise<Output> {
    try {
      return await this.calls(send);
    } catch (error) {
      throw dynamoFailure(error);
    }
  }

  private unlessExpired(items: Item[]): Item[] {
    const now = this.clock.epochSeconds();
    return items.filter(({ ttl }) => typeof ttl !== 'number' || ttl > now);
  }
}

/** The same for calls that a person waits for, as a token of its own where an application needs both. */
export class PromptDynamo extends Dynamo {}
