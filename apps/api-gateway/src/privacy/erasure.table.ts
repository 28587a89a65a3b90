import { Injectable } from '@nestjs/common';
import { ConditionFailed, Dynamo, type DeleteInput, type UpdateInput } from '@stocktool/aws-dynamodb';
import { Clock } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { accountItemId, emailKey } from '../auth/account.table';
import { GatewayConfig } from '../config';

const table = topology.tables.users.name;
const dueKind = 'erasure';
/** A pass that has not said for so long how it ended is taken over. */
const leaseMs = 5 * 60_000;
export const Erasure = z.object({
  userId: z.uuid(),
  email: z.string().optional(),
  erasedOnce: z.boolean().default(false),
  dueAt: z.string(),
});
/** An account that is being erased. `erasedOnce`: the first pass is through, what is left is the second. */
export type Erasure = z.infer<typeof Erasure>;

/**
 * The account item as the erasure's own record: marked, it is nobody's account any more and in the due index until the last
 * of it is gone, so whatever process dies, another finishes.
 */
@Injectable()
export class ErasureTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly config: GatewayConfig,
  ) {}

  /** From now nobody signs in. False when it was marked before. */
  mark(userId: string): Promise<boolean> {
    return this.written(
      this.change(userId, {
        UpdateExpression: 'SET erasingSince = :now, dueKind = :kind, dueAt = :dueAt REMOVE passwordHash',
        ConditionExpression: 'attribute_exists(itemId) AND attribute_not_exists(erasingSince)',
        ExpressionAttributeValues: { ':now': this.later(0), ':kind': dueKind, ':dueAt': this.later(leaseMs) },
      }),
    );
  }

  async get(userId: string): Promise<Erasure | undefined> {
    const item = await this.dynamo.get({ TableName: table, Key: keyOf(userId), ConsistentRead: true });
    return item?.['erasingSince'] === undefined ? undefined : Erasure.parse(item);
  }

  /** Erasures whose time has come; each is given to one sweeper, which has five minutes for it. */
  async claimDue(limit: number): Promise<Erasure[]> {
    const { items } = await this.dynamo.query({
      TableName: table,
      IndexName: 'due-index',
      KeyConditionExpression: 'dueKind = :kind AND dueAt <= :now',
      ExpressionAttributeValues: { ':kind': dueKind, ':now': this.later(0) },
      Limit: limit,
    });
    const claims = items.map(async (item) => {
      const row = Erasure.parse(item);
      const claimed = await this.written(
        this.change(row.userId, {
          UpdateExpression: 'SET dueAt = :next',
          ConditionExpression: 'dueAt = :seen',
          ExpressionAttributeValues: { ':next': this.later(leaseMs), ':seen': row.dueAt },
        }),
      );
      return claimed ? [row] : [];
    });
    return (await Promise.all(claims)).flat();
  }

  /** The first pass is through: the address is free again, and of the account an id and a time remain for the second. */
  async endFirstPass({ userId, email }: Erasure): Promise<void> {
    if (email !== undefined)
      await this.written(
        this.dynamo.delete({
          TableName: table,
          Key: emailKey(email),
          ConditionExpression: 'ownerId = :userId',
          ExpressionAttributeValues: { ':userId': userId },
        }),
      );
    await this.written(
      this.change(userId, {
        UpdateExpression:
          'SET erasedOnce = :yes, dueAt = :dueAt REMOVE email, #name, createdAt, emailVerified, passwordProven',
        ConditionExpression: 'attribute_exists(erasingSince) AND attribute_not_exists(erasedOnce)',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: {
          ':yes': true,
          ':dueAt': this.later(this.config.environment.ERASURE_SETTLE_SECONDS * 1000),
        },
      }),
    );
  }

  /** The second pass is through: nothing remains. */
  async end(userId: string): Promise<void> {
    const gone: DeleteInput = {
      TableName: table,
      Key: keyOf(userId),
      ConditionExpression: 'attribute_exists(erasedOnce)',
    };
    await this.written(this.dynamo.delete(gone));
  }

  private change(userId: string, input: Omit<UpdateInput, 'TableName' | 'Key'>): Promise<unknown> {
    return this.dynamo.update({ TableName: table, Key: keyOf(userId), ...input });
  }

  /** A refused condition means that another process has done it. */
  private async written(write: Promise<unknown>): Promise<boolean> {
    try {
      await write;
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  private later(milliseconds: number): string {
    return new Date(this.clock.epochMs() + milliseconds).toISOString();
  }
}

const keyOf = (userId: string) => ({ userId, itemId: accountItemId });
