import type { Dynamo } from '@stocktool/aws-dynamodb';
import { type Clock, systemClock } from '@stocktool/contracts';
import { z } from 'zod';

export const FailureRow = z.object({
  failures: z.number().default(0),
  deadAt: z.string().optional(),
  reason: z.string().optional(),
  moved: z.boolean().default(false),
});

export interface Verdict {
  readonly failures: number;
  /** Fixed at the first sentence, so that the dead-letter record has one key however often it is written. */
  readonly deadAt: string;
  readonly reason: string;
  /** The copy in the dead-letter queue exists. */
  readonly moved: boolean;
}

/** How long a message can be in a queue, and a day. */
const keptSeconds = 5 * 86_400;

/** What went wrong with a message so far. Read and written only for messages that fail. */
export class FailureLedger {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly tableName: string,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Counts a failure and returns how many there are. */
  async count(queue: string, messageId: string): Promise<number> {
    const row = await this.dynamo.update({
      ...this.at(queue, messageId),
      UpdateExpression: 'ADD failures :one SET #ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':one': 1, ':ttl': this.clock.epochSeconds() + keptSeconds },
      ReturnValues: 'ALL_NEW',
      ownWrite: true,
    });
    return FailureRow.parse(row).failures;
  }

  /** Sentences a message to the dead-letter queue, once: later calls return the first sentence. */
  async condemn(queue: string, messageId: string, reason: string): Promise<Verdict> {
    const row = await this.dynamo.update({
      ...this.at(queue, messageId),
      UpdateExpression:
        'SET deadAt = if_not_exists(deadAt, :now), reason = if_not_exists(reason, :reason), #ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':now': this.clock.now().toISOString(),
        ':reason': reason,
        ':ttl': this.clock.epochSeconds() + keptSeconds,
      },
      ReturnValues: 'ALL_NEW',
    });
    return FailureRow.required({ deadAt: true, reason: true }).parse(row);
  }

  /** The sentence of a message whose move a crash cut short. */
  async verdict(queue: string, messageId: string): Promise<Verdict | undefined> {
    const row = await this.dynamo.get({ ...this.at(queue, messageId), ConsistentRead: true });
    if (row?.deadAt === undefined) return undefined;
    return FailureRow.required({ deadAt: true, reason: true }).parse(row);
  }

  async markMoved(queue: string, messageId: string): Promise<void> {
    await this.dynamo.update({
      ...this.at(queue, messageId),
      UpdateExpression: 'SET moved = :true',
      ExpressionAttributeValues: { ':true': true },
    });
  }

  private at(queue: string, messageId: string) {
    return { TableName: this.tableName, Key: { scope: `failures#${queue}#${messageId}`, itemId: 'count' } };
  }
}
