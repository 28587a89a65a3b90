import { ConditionFailed, decodeCursor, encodeCursor, TransactionCanceled, type Dynamo } from '@stocktool/aws-dynamodb';
import { Problem, type Page } from '@stocktool/contracts';
import { z } from 'zod';

export const maxSeriesPerUser = 100;
const itemPrefix = 'series#';
const counterItem = 'series-count';
const maxAttempts = 10;

export const SeriesRow = z.object({
  name: z.string(),
  rows: z.number().int(),
  from: z.iso.date(),
  to: z.iso.date(),
  currency: z.string(),
  objectKey: z.string(),
  contentHash: z.string(),
});
/** What is known of a series without reading it; `objectKey` says where it lies. */
export type SeriesRow = z.infer<typeof SeriesRow>;

/**
 * One row per series in stocktool-portfolios, key (userId, `series#<NAME>`). A counter beside them, changed in the same
 * transaction, keeps the limit also when many series are put at once.
 */
export class PriceSeriesTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly tableName: string,
  ) {}

  async get(userId: string, name: string): Promise<SeriesRow | undefined> {
    const item = await this.dynamo.get({ ...this.at(userId, name), ConsistentRead: true });
    return item && SeriesRow.parse(item);
  }

  /** Whether a series of that name lies in that object. */
  async pointsAt(userId: string, name: string, objectKey: string): Promise<boolean> {
    return (await this.get(userId, name))?.objectKey === objectKey;
  }

  async list(userId: string, limit: number, cursor?: string): Promise<Page<SeriesRow>> {
    const start =
      cursor && decodeCursor(cursor, (key) => key.userId === userId && key.itemId?.startsWith(itemPrefix) === true);
    const { items, lastKey } = await this.dynamo.query({
      TableName: this.tableName,
      KeyConditionExpression: 'userId = :user AND begins_with(itemId, :prefix)',
      ExpressionAttributeValues: { ':user': userId, ':prefix': itemPrefix },
      Limit: limit,
      ...(start && { ExclusiveStartKey: start }),
    });
    return { items: items.map((item) => SeriesRow.parse(item)), nextCursor: encodeCursor(lastKey) };
  }

  /** Creates or replaces in one write and gives back the row that was replaced: its object is nobody's any more. */
  async put(userId: string, row: SeriesRow): Promise<SeriesRow | undefined> {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const replaced = await this.replace(userId, row);
      if (replaced || (await this.create(userId, row))) return replaced;
    }
    throw busy(row.name);
  }

  /** The row that was removed, undefined when there was none. */
  async remove(userId: string, name: string): Promise<SeriesRow | undefined> {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const row = await this.get(userId, name);
      if (!row) return undefined;
      const { Key } = this.at(userId, name);
      const unchanged = {
        ConditionExpression: 'objectKey = :key',
        ExpressionAttributeValues: { ':key': row.objectKey },
      };
      const removed = await this.together([
        { Delete: { TableName: this.tableName, Key, ...unchanged } },
        this.counted(userId, -1, 'attribute_exists(seriesCount)'),
      ]);
      if (removed === 'done') return row;
    }
    throw busy(name);
  }

  private async replace(userId: string, row: SeriesRow): Promise<SeriesRow | undefined> {
    const fields = Object.entries(row);
    try {
      const old = await this.dynamo.update({
        ...this.at(userId, row.name),
        UpdateExpression: `SET ${fields.map((_, i) => `#f${i} = :f${i}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(itemId)',
        ExpressionAttributeNames: Object.fromEntries(fields.map(([field], i) => [`#f${i}`, field])),
        ExpressionAttributeValues: Object.fromEntries(fields.map(([, value], i) => [`:f${i}`, value])),
        ReturnValues: 'ALL_OLD',
      });
      return SeriesRow.parse(old);
    } catch (error) {
      if (error instanceof ConditionFailed) return undefined;
      throw error;
    }
  }

  /** false when another call has created it meanwhile. */
  private async create(userId: string, row: SeriesRow): Promise<boolean> {
    const { Key } = this.at(userId, row.name);
    const Item = { ...Key, ...row };
    const absent = { ConditionExpression: 'attribute_not_exists(itemId)' };
    const outcome = await this.together([
      { Put: { TableName: this.tableName, Item, ...absent } },
      this.counted(userId, 1, 'attribute_not_exists(seriesCount) OR seriesCount < :limit', {
        ':limit': maxSeriesPerUser,
      }),
    ]);
    if (outcome === 'count-refused') {
      throw new Problem('limit-reached', `There are ${maxSeriesPerUser} price series already; remove one first.`);
    }
    return outcome === 'done';
  }

  private async together(
    items: Parameters<Dynamo['transactWrite']>[0],
  ): Promise<'done' | 'row-changed' | 'count-refused'> {
    try {
      await this.dynamo.transactWrite(items);
      return 'done';
    } catch (error) {
      if (!(error instanceof TransactionCanceled)) throw error;
      const [row, count] = error.reasons;
      if (row?.code === 'ConditionalCheckFailed') return 'row-changed';
      if (count?.code === 'ConditionalCheckFailed') return 'count-refused';
      if (error.reasons.some(({ code }) => code === 'TransactionConflict')) return 'row-changed'; // another one is under way
      throw error;
    }
  }

  private counted(userId: string, step: number, condition: string, values: Record<string, number> = {}) {
    return {
      Update: {
        TableName: this.tableName,
        Key: { userId, itemId: counterItem },
        UpdateExpression: 'ADD seriesCount :step',
        ConditionExpression: condition,
        ExpressionAttributeValues: { ':step': step, ...values },
      },
    };
  }

  private at(userId: string, name: string) {
    return { TableName: this.tableName, Key: { userId, itemId: `${itemPrefix}${name}` } };
  }
}

const busy = (name: string): Problem =>
  new Problem('dependency-unavailable', `The series ${name} is being changed by others; try again.`, {
    retryAfterSeconds: 1,
  });
