import { Injectable } from '@nestjs/common';
import { ConditionFailed, decodeCursor, Dynamo, encodeCursor } from '@stocktool/aws-dynamodb';
import {
  Clock,
  Problem,
  Scope,
  type ApiKeyRequest,
  type ApiKeyRow,
  type Page,
  type PageQuery,
} from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const table = topology.tables.users.name;
const prefix = 'apiKey#';
const mostPerUser = 50;

export const StoredKey = z.object({
  itemId: z.string(),
  name: z.string(),
  scopes: z.array(Scope),
  secretHash: z.string(),
  createdAt: z.iso.datetime(),
});
type StoredKey = z.infer<typeof StoredKey>;

/** API keys of a user: name, scopes and the hash of the secret. */
@Injectable()
export class ApiKeyTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
  ) {}

  /** Problem `limit-reached` with 50 there already. Writing the same id again replaces the key by itself: a repeated creation ends with the secret it answers. */
  async create(userId: string, id: string, secretHash: string, { name, scopes }: ApiKeyRequest): Promise<ApiKeyRow> {
    const row: StoredKey = {
      itemId: prefix + id,
      name,
      scopes: [...new Set(scopes)],
      secretHash,
      createdAt: this.clock.now().toISOString(),
    };
    await this.dynamo.put({ TableName: table, Item: { userId, ...row } });
    await this.refuseBeyondLimit(userId, id);
    return shown(row);
  }

  /** Counted after the write: of several that arrive together, never more than the limit stay. */
  private async refuseBeyondLimit(userId: string, id: string): Promise<void> {
    const { items } = await this.dynamo.query({ ...ownKeys(userId), ConsistentRead: true, Limit: mostPerUser + 1 });
    if (items.length <= mostPerUser) return;
    await this.revoke(userId, id);
    throw new Problem('limit-reached', `A user has at most ${mostPerUser} API keys.`);
  }

  async find(userId: string, id: string): Promise<StoredKey | undefined> {
    const item = await this.dynamo.get({
      TableName: table,
      Key: { userId, itemId: prefix + id },
      ConsistentRead: true,
    });
    return item && StoredKey.parse(item);
  }

  /** Own keys, newest first. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<ApiKeyRow>> {
    const { items, lastKey } = await this.dynamo.query({
      ...ownKeys(userId),
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && { ExclusiveStartKey: decodeCursor(cursor, (key) => isOwn(key, userId)) }),
    });
    return {
      items: items.map((item) => shown(StoredKey.parse(item))),
      nextCursor: lastKey ? encodeCursor(lastKey) : null,
    };
  }

  async revokeAll(userId: string): Promise<void> {
    let from: Record<string, unknown> | undefined;
    do {
      const { items, lastKey } = await this.dynamo.query({
        ...ownKeys(userId),
        ConsistentRead: true,
        ...(from && { ExclusiveStartKey: from }),
      });
      const keys = items.map((item) => ({ userId, itemId: StoredKey.parse(item).itemId }));
      await Promise.all(keys.map((Key) => this.dynamo.delete({ TableName: table, Key })));
      from = lastKey;
    } while (from);
  }

  async revoke(userId: string, id: string): Promise<void> {
    try {
      await this.dynamo.delete({
        TableName: table,
        Key: { userId, itemId: prefix + id },
        ConditionExpression: 'attribute_exists(itemId)',
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      throw new Problem('api-key-not-found', `There is no API key ${id}.`);
    }
  }
}

const ownKeys = (userId: string) => ({
  TableName: table,
  KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
  ExpressionAttributeValues: { ':userId': userId, ':prefix': prefix },
});

const isOwn = (key: Readonly<Record<string, unknown>>, userId: string): boolean =>
  key['userId'] === userId && String(key['itemId']).startsWith(prefix);

const shown = ({ itemId, name, scopes, createdAt }: StoredKey): ApiKeyRow => ({
  id: itemId.slice(prefix.length),
  name,
  scopes,
  createdAt,
});
