import { ConditionFailed, Dynamo, type Item } from '@stocktool/aws-dynamodb';
import { Clock, Problem } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

/** What providers of models are paid for: tokens of prompt and answer, and millionths of a US dollar. */
export interface Amount {
  readonly tokens: number;
  readonly microUsd: number;
}

/** Set aside on the day (UTC) on which it was; what it becomes is counted there too. */
export interface Held extends Amount {
  readonly id: string;
  readonly day: string;
  readonly expiresAtEpochSeconds: number;
}

const HeldRow = z.object({ tokens: z.number(), microUsd: z.number(), expiresAtEpochSeconds: z.number() });
/** Longer than any answer may take. */
const heldSeconds = 15 * 60;
const rowLifeSeconds = 3 * 24 * 3600;
const heldPrefix = 'held#';

/**
 * One item for each user and day: the sums of what is spent and set aside, and what is set aside by id. Setting aside is one
 * conditional write, so that calls side by side cannot pass the cap; an id that a crash left is given back once it has expired.
 */
export class BudgetTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly cap: Amount,
    private readonly table: string = topology.tables.idempotency.name,
  ) {}

  /** Problem `too-many-requests`, until midnight UTC, where the rest of the day's budget does not suffice. */
  async hold(userId: string, id: string, amount: Amount): Promise<Held> {
    const expiresAtEpochSeconds = this.clock.epochSeconds() + heldSeconds;
    const held = { ...amount, id, day: this.clock.now().toISOString().slice(0, 10), expiresAtEpochSeconds };
    const there = await this.tryHold(userId, held);
    if (there === 'held') return held;
    const expired = Object.entries(there).flatMap(([name, value]) => {
      const row = name.startsWith(heldPrefix) ? HeldRow.parse(value) : undefined;
      const isOver = row !== undefined && row.expiresAtEpochSeconds <= this.clock.epochSeconds();
      return isOver ? [{ ...row, id: name.slice(heldPrefix.length), day: held.day }] : [];
    });
    for (const one of expired) await this.giveBack(userId, one);
    if (expired.length > 0 && (await this.tryHold(userId, held)) === 'held') return held;
    throw this.spent();
  }

  /**
   * What was set aside becomes what was used, once. Before its time is over only this takes it away, so one that is gone was settled
   * by a write whose answer got lost; after that it may have been given back, and is counted all the same.
   */
  async settle(userId: string, held: Held, used: Amount): Promise<void> {
    const change = { tokens: used.tokens - held.tokens, microUsd: used.microUsd - held.microUsd };
    if ((await this.change(userId, held, change)) || this.clock.epochSeconds() < held.expiresAtEpochSeconds) return;
    await this.dynamo.update({
      ...this.item(userId, held.day),
      UpdateExpression: 'ADD tokens :tokens, microUsd :microUsd',
      ExpressionAttributeValues: { ':tokens': used.tokens, ':microUsd': used.microUsd },
    });
  }

  async erase(userId: string): Promise<void> {
    await this.dynamo.deletePartition({ ...topology.tables.idempotency, name: this.table }, scopeOf(userId));
  }

  /** `held`, or the item that stands against it. */
  private async tryHold(
    userId: string,
    { id, day, tokens, microUsd, expiresAtEpochSeconds }: Held,
  ): Promise<'held' | Item> {
    if (tokens > this.cap.tokens || microUsd > this.cap.microUsd) return {};
    try {
      await this.dynamo.update({
        ...this.item(userId, day),
        UpdateExpression: 'ADD tokens :tokens, microUsd :microUsd SET #held = :held, #ttl = :ttl',
        ConditionExpression:
          'attribute_not_exists(#held) AND (attribute_not_exists(tokens) OR tokens <= :tokensLeft) AND (attribute_not_exists(microUsd) OR microUsd <= :microUsdLeft)',
        ExpressionAttributeNames: { '#held': heldPrefix + id, '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':tokens': tokens,
          ':microUsd': microUsd,
          ':tokensLeft': this.cap.tokens - tokens,
          ':microUsdLeft': this.cap.microUsd - microUsd,
          ':held': { tokens, microUsd, expiresAtEpochSeconds },
          ':ttl': this.clock.epochSeconds() + rowLifeSeconds,
        },
      });
      return 'held';
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const isOwn = error.item !== undefined && heldPrefix + id in error.item; // the answer to the write got lost
      return isOwn ? 'held' : (error.item ?? {});
    }
  }

  private async giveBack(userId: string, held: Held): Promise<void> {
    await this.change(userId, held, { tokens: -held.tokens, microUsd: -held.microUsd });
  }

  /** Once: false when it is no longer set aside. */
  private async change(userId: string, { id, day }: Held, { tokens, microUsd }: Amount): Promise<boolean> {
    try {
      await this.dynamo.update({
        ...this.item(userId, day),
        UpdateExpression: 'ADD tokens :tokens, microUsd :microUsd REMOVE #held',
        ConditionExpression: 'attribute_exists(#held)',
        ExpressionAttributeNames: { '#held': heldPrefix + id },
        ExpressionAttributeValues: { ':tokens': tokens, ':microUsd': microUsd },
      });
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  private item(userId: string, day: string) {
    return { TableName: this.table, Key: { scope: scopeOf(userId), itemId: day } };
  }

  private spent(): Problem {
    const nowSeconds = this.clock.epochSeconds();
    const untilMidnight = 24 * 3600 - (nowSeconds % (24 * 3600));
    const text =
      'Your budget for language models is spent for today. It is renewed at midnight UTC; the model "offline" answers meanwhile.';
    return new Problem('too-many-requests', text, { retryAfterSeconds: untilMidnight });
  }
}

const scopeOf = (userId: string): string => `budget#${userId}`;
