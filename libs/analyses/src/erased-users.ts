import { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock } from '@stocktool/contracts';
import { erasedUserKeptDays, erasedUserKey } from '@stocktool/topology';

const keptSeconds = erasedUserKeptDays * 86_400;

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
    const Item = { ...erasedUserKey(userId), ttl: this.clock.epochSeconds() + keptSeconds };
    await this.dynamo.put({ TableName: this.tableName, Item });
  }

  async has(userId: string): Promise<boolean> {
    return (
      (await this.dynamo.get({ TableName: this.tableName, Key: erasedUserKey(userId), ConsistentRead: true })) !==
      undefined
    );
  }
}
