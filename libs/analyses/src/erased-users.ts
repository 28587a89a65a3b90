import { createHash } from 'node:crypto';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock } from '@stocktool/contracts';

/** A day longer than a message lives in a queue. */
const keptSeconds = 5 * 86_400;

/**
 * Users whose analyses were erased, by a hash of their id: a message that names one of them still comes, and is done with. A
 * message about an analysis that never was stays a fault.
 */
export class ErasedUsers {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tableName: string,
  ) {}

  async add(userId: string): Promise<void> {
    const Item = { ...keyOf(userId), ttl: this.clock.epochSeconds() + keptSeconds };
    await this.dynamo.put({ TableName: this.tableName, Item });
  }

  async has(userId: string): Promise<boolean> {
    return (
      (await this.dynamo.get({ TableName: this.tableName, Key: keyOf(userId), ConsistentRead: true })) !== undefined
    );
  }
}

const keyOf = (userId: string) => ({
  userId: `erased#${createHash('sha256').update(userId).digest('hex')}`,
  itemId: 'erased',
});
