import { GetItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { erasedUserKey, formerErasedUserKey, topology } from '@stocktool/topology';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

export type Item = Record<string, AttributeValue>;

const rememberedUsers = 100_000;
/** An account that is erased while a restore runs is found erased well before the second pass of its erasure (two minutes). */
const rememberedForMs = 30_000;
const Id = z.uuid();

/** Whose account was erased: nothing of theirs may come back. */
export class ErasedOwners {
  private readonly known = new LRUCache<string, Promise<boolean>>({ max: rememberedUsers, ttl: rememberedForMs });

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

  /** In both places, while a version that knows only the former one may have erased somebody. */
  private async ask(userId: string): Promise<boolean> {
    const marks = await Promise.all([
      this.item(topology.tables.erasures.name, erasedUserKey(userId)),
      this.item(topology.tables.analyses.name, formerErasedUserKey(userId)),
    ]);
    return marks.some((mark) => mark !== undefined);
  }

  private async item(TableName: string, key: Readonly<Record<string, string>>): Promise<Item | undefined> {
    const Key = Object.fromEntries(Object.entries(key).map(([name, value]) => [name, { S: value }]));
    const { Item } = await this.dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    return Item;
  }
}
