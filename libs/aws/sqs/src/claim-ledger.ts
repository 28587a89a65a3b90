import { randomUUID } from 'node:crypto';
import { ConditionFailed, type Dynamo } from '@stocktool/aws-dynamodb';
import { type Clock, systemClock } from '@stocktool/contracts';
import type { Metrics } from '@stocktool/observability';
import { z } from 'zod';
import { RetryLater } from './queue-handler';

export const Claim = z.object({ owner: z.string(), state: z.enum(['claimed', 'done']), leaseUntilEpochMs: z.number() });

export interface ClaimLedgerOptions {
  /** Longer than any effect takes: after it, another owner may repeat an effect that was not settled. */
  leaseSeconds?: number;
  clock?: Clock;
  metrics?: Pick<Metrics, 'count'>;
}

/**
 * Once-only for effects that have no condition of their own: an e-mail, a paid call. Claim, effect, settle. One window cannot
 * be closed: an owner that died after the effect and before settling leaves a claim that a later delivery takes over when its
 * lease has run out, and repeats the effect. Each such take-over counts in the metric `ClaimsUnsettled`.
 */
export class ClaimLedger {
  private readonly leaseMs: number;
  private readonly clock: Clock;
  private readonly metrics: Pick<Metrics, 'count'> | undefined;

  constructor(
    private readonly dynamo: Dynamo,
    private readonly tableName: string,
    options: ClaimLedgerOptions = {},
  ) {
    this.leaseMs = (options.leaseSeconds ?? 60) * 1000;
    this.clock = options.clock ?? systemClock;
    this.metrics = options.metrics;
  }

  /**
   * Runs the effect unless it was done within the last `ttlSeconds`. Throws RetryLater while another owner is at it. An effect
   * that throws gives its claim back, so throw only when nothing happened or a repetition is harmless.
   */
  async once(key: string, ttlSeconds: number, effect: () => Promise<void>): Promise<'done' | 'already-done'> {
    const owner = randomUUID();
    if ((await this.claim(key, owner, ttlSeconds)) === 'already-done') return 'already-done';
    try {
      await effect();
    } catch (error) {
      // When even this fails, the lease runs out by itself.
      await this.release(key, owner).catch(() => this.metrics?.count('ClaimsLost'));
      throw error;
    }
    await this.settle(key, owner, ttlSeconds);
    return 'done';
  }

  private async claim(key: string, owner: string, ttlSeconds: number): Promise<'claimed' | 'already-done'> {
    const now = this.clock.epochMs();
    const leaseUntilEpochMs = now + this.leaseMs;
    try {
      const old = await this.dynamo.update({
        TableName: this.tableName,
        Key: keyOf(key),
        UpdateExpression: 'SET #owner = :owner, #state = :claimed, leaseUntilEpochMs = :until, #ttl = :ttl',
        ConditionExpression:
          'attribute_not_exists(#state) OR #ttl <= :nowSeconds OR (#state = :claimed AND leaseUntilEpochMs <= :now)',
        ExpressionAttributeNames: { '#owner': 'owner', '#state': 'state', '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':owner': owner,
          ':claimed': 'claimed',
          ':until': leaseUntilEpochMs,
          ':ttl': Math.ceil(leaseUntilEpochMs / 1000) + ttlSeconds,
          ':now': now,
          ':nowSeconds': Math.floor(now / 1000),
        },
        ReturnValues: 'ALL_OLD',
      });
      if (old?.state === 'claimed') this.metrics?.count('ClaimsUnsettled');
      return 'claimed';
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const { owner: holder, state, leaseUntilEpochMs: until } = Claim.parse(error.item);
      if (holder === owner) return 'claimed'; // the SDK sent the call again: the answer to the first was lost
      if (state === 'done') return 'already-done';
      throw new RetryLater(Math.max(1, Math.ceil((until - now) / 1000)), 'another worker holds the claim');
    }
  }

  /** A stale owner changes nothing: whoever took the claim over settles it. */
  private async settle(key: string, owner: string, ttlSeconds: number): Promise<void> {
    await this.ifOwner(owner, (condition) =>
      this.dynamo.update({
        TableName: this.tableName,
        Key: keyOf(key),
        UpdateExpression: 'SET #state = :done, #ttl = :ttl',
        ConditionExpression: condition.expression,
        ExpressionAttributeNames: { '#state': 'state', '#ttl': 'ttl', '#owner': 'owner' },
        ExpressionAttributeValues: {
          ...condition.values,
          ':done': 'done',
          ':ttl': this.clock.epochSeconds() + ttlSeconds,
        },
      }),
    );
  }

  private async release(key: string, owner: string): Promise<void> {
    await this.ifOwner(owner, (condition) =>
      this.dynamo.delete({
        TableName: this.tableName,
        Key: keyOf(key),
        ConditionExpression: condition.expression,
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: condition.values,
      }),
    );
  }

  private async ifOwner(
    owner: string,
    write: (condition: { expression: string; values: Record<string, unknown> }) => Promise<unknown>,
  ): Promise<void> {
    try {
      await write({ expression: '#owner = :owner', values: { ':owner': owner } });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      this.metrics?.count('ClaimsLost');
    }
  }
}

const keyOf = (key: string) => ({ scope: `claim#${key}`, itemId: 'claim' });
