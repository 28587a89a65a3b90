import {
  ConditionFailed,
  type CursorKey,
  decodeCursor,
  type Dynamo,
  encodeCursor,
  type Item,
} from '@stocktool/aws-dynamodb';
import { type Clock, type Page, type PageQuery, Problem, type ProblemCode } from '@stocktool/contracts';
import { z } from 'zod';

/** What each row has besides its content. `version` counts every write, `revision` those of the user. */
export const ownedRow = {
  userId: z.uuid(),
  id: z.uuid(),
  revision: z.number().int(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
};
export type OwnedRow = z.infer<z.ZodObject<typeof ownedRow>>;
export type Content<Row extends OwnedRow> = Omit<Row, keyof OwnedRow>;

/** Where the stock updater finds a row; see `Watched`. */
export interface WatchKeys {
  readonly watchKind: string;
  readonly watchKey: string;
}

export interface OwnedRowKind<Row extends OwnedRow> {
  /** Of the sort key: `alert#`. */
  readonly prefix: string;
  readonly schema: z.ZodType<Row>;
  readonly mostPerUser: number;
  readonly notFound: ProblemCode;
  /** One and several, for people. */
  readonly nouns: readonly [string, string];
  /** undefined: the updater has no business with it. */
  readonly watchKeys: (row: Row) => WatchKeys | undefined;
}

export interface Change<Row extends OwnedRow> {
  /** Revisions of which the change is made; any when absent. */
  readonly onlyIf?: ReadonlySet<number> | undefined;
  /** The content that is to follow. Asked again when somebody else was faster. */
  readonly make: (before: Row) => Content<Row> | Promise<Content<Row>>;
  /** Takes back what `make` has written beside the row, when the row was not written. */
  readonly undo?: (unwritten: Content<Row>) => Promise<void>;
}

const mostTries = 6;

/**
 * Objects of one kind that users keep, one row each under (userId, `<prefix><id>`), changed whole under the condition that nobody else has
 * changed them meanwhile.
 */
export class OwnedRows<Row extends OwnedRow> {
  constructor(
    protected readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tableName: string,
    private readonly kind: OwnedRowKind<Row>,
  ) {}

  /** Repeated with the same id it is the one that was made first. Problem `limit-reached` when there are too many. */
  async create(userId: string, id: string, content: Content<Row>): Promise<Row> {
    const now = this.clock.now().toISOString();
    const row = this.rowOf(content, { userId, id, revision: 1, version: 1, createdAt: now, updatedAt: now });
    try {
      await this.dynamo.put({ ...this.put(row), ConditionExpression: 'attribute_not_exists(itemId)' });
    } catch (error) {
      if (error instanceof ConditionFailed && error.item) return this.kind.schema.parse(error.item);
      throw error;
    }
    await this.refuseBeyondLimit(userId, id);
    return row;
  }

  async get(userId: string, id: string): Promise<Row> {
    const item = await this.dynamo.get({ ...this.at(userId, id), ConsistentRead: true });
    if (!item) throw this.notFound(id);
    return this.kind.schema.parse(item);
  }

  /** Newest first: ids are UUIDv7. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<Row>> {
    const { items, lastKey } = await this.dynamo.query({
      ...this.ofUser(userId),
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && { ExclusiveStartKey: decodeCursor(cursor, (key) => this.isOwn(key, userId)) }),
    });
    return { items: items.map((item) => this.kind.schema.parse(item)), nextCursor: encodeCursor(lastKey) };
  }

  /** All of a user, one page in memory at a time. */
  async *all(userId: string): AsyncGenerator<Row> {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await this.list(userId, { limit: 50, cursor });
      yield* items;
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Problem `precondition-failed` when it has another revision. */
  async change(userId: string, id: string, { onlyIf, make, undo }: Change<Row>): Promise<{ before: Row; after: Row }> {
    for (let tries = 1; tries <= mostTries; tries++) {
      const before = await this.get(userId, id);
      this.refuseOther(before, onlyIf);
      const content = await make(before);
      const after = this.rowOf(content, {
        userId,
        id,
        revision: before.revision + 1,
        version: before.version + 1,
        createdAt: before.createdAt,
        updatedAt: this.clock.now().toISOString(),
      });
      if (await this.replace(after, before.version)) return { before, after };
      await undo?.(content);
    }
    throw this.busy();
  }

  /** The row as it was. */
  async remove(userId: string, id: string, onlyIf?: ReadonlySet<number>): Promise<Row> {
    for (let tries = 1; tries <= mostTries; tries++) {
      const row = await this.get(userId, id);
      this.refuseOther(row, onlyIf);
      try {
        await this.dynamo.delete({ ...this.at(userId, id), ...unchangedSince(row.version) });
        return row;
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
      }
    }
    throw this.busy();
  }

  private async replace(row: Row, version: number): Promise<boolean> {
    try {
      await this.dynamo.put({ ...this.put(row), ...unchangedSince(version), ownWrite: true });
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  /** Counted after the write: of several that arrive together, never more than the limit stay. */
  private async refuseBeyondLimit(userId: string, id: string): Promise<void> {
    const { mostPerUser, nouns } = this.kind;
    let count = 0;
    let from: Item | undefined;
    do {
      const page = await this.dynamo.query({
        ...this.ofUser(userId),
        ProjectionExpression: 'itemId',
        Limit: mostPerUser + 1,
        ...(from && { ExclusiveStartKey: from }),
      });
      count += page.items.length;
      from = page.lastKey;
    } while (from && count <= mostPerUser);
    if (count <= mostPerUser) return;
    await this.dynamo.delete(this.at(userId, id));
    throw new Problem('limit-reached', `A user has at most ${mostPerUser} ${nouns[1]}.`);
  }

  private refuseOther({ revision }: Row, onlyIf: ReadonlySet<number> | undefined): void {
    if (onlyIf === undefined || onlyIf.has(revision)) return;
    throw new Problem(
      'precondition-failed',
      `The ${this.kind.nouns[0]} has been changed: its revision is ${revision}.`,
    );
  }

  private rowOf(content: Content<Row>, owned: OwnedRow): Row {
    return this.kind.schema.parse({ ...content, ...owned });
  }

  private put(row: Row) {
    const Item = { itemId: `${this.kind.prefix}${row.id}`, ...row, ...this.kind.watchKeys(row) };
    return { TableName: this.tableName, Item };
  }

  protected at(userId: string, id: string) {
    return { TableName: this.tableName, Key: { userId, itemId: `${this.kind.prefix}${id}` } };
  }

  private ofUser(userId: string) {
    return {
      TableName: this.tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
      ExpressionAttributeValues: { ':userId': userId, ':prefix': this.kind.prefix },
    };
  }

  private isOwn(key: CursorKey, userId: string): boolean {
    return key['userId'] === userId && key['itemId']?.startsWith(this.kind.prefix) === true;
  }

  private notFound(id: string): Problem {
    return new Problem(this.kind.notFound, `There is no ${this.kind.nouns[0]} ${id}.`);
  }

  private busy(): Problem {
    return new Problem('dependency-unavailable', `The ${this.kind.nouns[0]} is being changed by others; try again.`, {
      retryAfterSeconds: 1,
    });
  }
}

const unchangedSince = (version: number) => ({
  ConditionExpression: 'version = :seen',
  ExpressionAttributeValues: { ':seen': version },
});
