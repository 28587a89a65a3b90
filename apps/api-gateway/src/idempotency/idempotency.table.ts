import { Injectable } from '@nestjs/common';
import { ConditionFailed, Dynamo } from '@stocktool/aws-dynamodb';
import { Clock } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

const table = topology.tables.idempotency.name;
const keptSeconds = 86_400;
const leaseMs = 60_000;

export const StoredClaim = z.object({
  bodyHash: z.string(),
  workId: z.uuid(),
  owner: z.uuid(),
  leaseUntilEpochMs: z.number(),
  answer: z.instanceof(Uint8Array).optional(),
});
type StoredClaim = z.infer<typeof StoredClaim>;

/** The right to do the work of one key. `workId` stays the same for whoever takes the work over after a crash. */
export interface Claim {
  readonly userId: string;
  readonly key: string;
  readonly owner: string;
  readonly workId: string;
}

export type ClaimOutcome =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'answered'; readonly answer: Uint8Array }
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'other-body' };

/** One row per user and key. A row past its 24 hours counts as absent, purged or not. */
@Injectable()
export class IdempotencyTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
  ) {}

  async claim(userId: string, key: string, bodyHash: string): Promise<ClaimOutcome> {
    const fresh = { owner: uuidv7(), workId: uuidv7() };
    try {
      await this.dynamo.put({
        TableName: table,
        Item: {
          ...keyOf(userId, key),
          ...fresh,
          bodyHash,
          ...this.lease(),
          ttl: this.clock.epochSeconds() + keptSeconds,
        },
        ConditionExpression: 'attribute_not_exists(itemId) OR #ttl <= :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':now': this.clock.epochSeconds() },
      });
      return { kind: 'claimed', claim: { userId, key, ...fresh } };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      if (!error.item) return { kind: 'in-progress' }; // deleted in between: the client's retry finds it free
      const row = StoredClaim.parse(error.item);
      if (row.owner === fresh.owner) return { kind: 'claimed', claim: { userId, key, ...fresh } }; // sent again by the SDK
      return this.judge(row, userId, key, bodyHash);
    }
  }

  private async judge(row: StoredClaim, userId: string, key: string, bodyHash: string): Promise<ClaimOutcome> {
    if (row.bodyHash !== bodyHash) return { kind: 'other-body' };
    if (row.answer) return { kind: 'answered', answer: row.answer };
    if (row.leaseUntilEpochMs > this.clock.epochMs()) return { kind: 'in-progress' };
    const claim = { userId, key, owner: uuidv7(), workId: row.workId };
    const taken = await this.asOwner({ ...claim, owner: row.owner }, 'SET #owner = :next, leaseUntilEpochMs = :until', {
      ':next': claim.owner,
      ':until': this.lease().leaseUntilEpochMs,
    });
    return taken ? { kind: 'claimed', claim } : { kind: 'in-progress' };
  }

  /** Keeps the answer. A claim that was taken over meanwhile is left to its new owner: both did the same work. */
  async settle(claim: Claim, answer: Uint8Array): Promise<void> {
    await this.asOwner(claim, 'SET answer = :answer', { ':answer': answer });
  }

  /** The work failed half-way and may be continued at once, under the same `workId`. */
  async yieldUp(claim: Claim): Promise<void> {
    await this.asOwner(claim, 'SET leaseUntilEpochMs = :zero', { ':zero': 0 });
  }

  /** Nothing came of it: the key is free again. */
  async release(claim: Claim): Promise<void> {
    try {
      await this.dynamo.delete({
        TableName: table,
        Key: keyOf(claim.userId, claim.key),
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': claim.owner },
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }

  private async asOwner(claim: Claim, UpdateExpression: string, values: Record<string, unknown>): Promise<boolean> {
    try {
      await this.dynamo.update({
        TableName: table,
        Key: keyOf(claim.userId, claim.key),
        UpdateExpression,
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': claim.owner, ...values },
        ownWrite: true,
      });
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  private lease() {
    return { leaseUntilEpochMs: this.clock.epochMs() + leaseMs };
  }
}

export const idempotencyScopeOf = (userId: string): string => `http#${userId}`;
const keyOf = (userId: string, key: string) => ({ scope: idempotencyScopeOf(userId), itemId: key });
