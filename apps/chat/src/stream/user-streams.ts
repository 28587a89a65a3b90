import { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { streamLifeSeconds, streamScopeOf } from './stream-rows';

/** Which streams are whose: a row per reply beside its events, so that a user's can be found without a scan. */
export class UserStreams {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly table: string = topology.tables.idempotency.name,
  ) {}

  async add(userId: string, messageId: string): Promise<void> {
    const ttl = this.clock.epochSeconds() + 2 * streamLifeSeconds; // outlives the events, whose life begins anew with each
    await this.dynamo.put({ TableName: this.table, Item: { scope: scopeOf(userId), itemId: messageId, ttl } });
  }

  async list(userId: string, limit: number): Promise<string[]> {
    const { items } = await this.dynamo.query({
      TableName: this.table,
      KeyConditionExpression: '#scope = :scope',
      ExpressionAttributeNames: { '#scope': 'scope', '#itemId': 'itemId' },
      ExpressionAttributeValues: { ':scope': scopeOf(userId) },
      ProjectionExpression: '#scope, #itemId', // without the ttl: those past it are found too
      ConsistentRead: true,
      Limit: limit,
    });
    return items.map(({ itemId }) => String(itemId));
  }

  /** The events, then the row that leads to them. */
  async erase(userId: string, messageId: string): Promise<void> {
    await this.dynamo.deletePartition({ ...topology.tables.idempotency, name: this.table }, streamScopeOf(messageId));
    await this.dynamo.delete({ TableName: this.table, Key: { scope: scopeOf(userId), itemId: messageId } });
  }
}

const scopeOf = (userId: string): string => `streams#${userId}`;
