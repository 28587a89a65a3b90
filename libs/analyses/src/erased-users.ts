import { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock } from '@stocktool/contracts';
import { erasedUserKeptDays, erasedUserKey, formerErasedUserKey, topology } from '@stocktool/topology';

const keptSeconds = erasedUserKeptDays * 86_400;

/** Names of tables, for specs that have some of their own. */
export interface ErasureTables {
  readonly analyses: string;
  readonly erasures: string;
}

export const erasureTables: ErasureTables = {
  analyses: topology.tables.analyses.name,
  erasures: topology.tables.erasures.name,
};

/**
 * Users whose analyses were erased, by a hash of their id: a message that names one of them still comes, and is done with. A
 * message about an analysis that never was stays a fault. Two versions at once: both places are written and read.
 */
export class ErasedUsers {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tables: ErasureTables = erasureTables,
  ) {}

  async add(userId: string): Promise<void> {
    const ttl = this.clock.epochSeconds() + keptSeconds;
    for (const { TableName, Key } of this.places(userId)) await this.dynamo.put({ TableName, Item: { ...Key, ttl } });
  }

  async has(userId: string): Promise<boolean> {
    for (const place of this.places(userId))
      if ((await this.dynamo.get({ ...place, ConsistentRead: true })) !== undefined) return true;
    return false;
  }

  private places(userId: string) {
    return [
      { TableName: this.tables.erasures, Key: erasedUserKey(userId) },
      { TableName: this.tables.analyses, Key: formerErasedUserKey(userId) },
    ];
  }
}
