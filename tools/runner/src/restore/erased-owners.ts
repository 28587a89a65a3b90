import { GetItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { erasedUserKey, topology } from '@stocktool/topology';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

export type Item = Record<string, AttributeValue>;

const rememberedUsers = 100_000;
const Id = z.uuid();

/** Whose account was erased: nothing of theirs may come back. */
export class ErasedOwners {
  private readonly known = new LRUCache<string, Promise<boolean>>({ max: rememberedUsers });

  constructor(private readonly dynamodb: DynamoDBClient) {}

  async own(item: Item): Promise<boolean> {
    const owner = Id.safeParse(item['ownerId']?.S ?? item['userId']?.S);
    return owner.success && this.isErased(owner.data);
  }

  private isErased(userId: string): Promise<boolean> {
    const known = this.known.get(userId);
    if (known) return known;
    const asked = this.ask(userId);
    this.known.set(userId, asked);
    return asked;
  }

  private async ask(userId: string): Promise<boolean> {
    const key = Object.entries(erasedUserKey(userId)).map(([name, value]) => [name, { S: value }] as const);
    const TableName = topology.tables.analyses.name;
    const { Item } = await this.dynamodb.send(
      new GetItemCommand({ TableName, Key: Object.fromEntries(key), ConsistentRead: true }),
    );
    return Item !== undefined;
  }
}
