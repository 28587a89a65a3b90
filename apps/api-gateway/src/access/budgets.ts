import { Injectable } from '@nestjs/common';
import { ConditionFailed, Dynamo } from '@stocktool/aws-dynamodb';
import { Clock, Problem } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { createHash } from 'node:crypto';

const table = topology.tables.idempotency.name;

export interface Budget {
  readonly name: string;
  readonly most: number;
  readonly windowSeconds: number;
}

/**
 * What may happen only so often to one user, address or subscription, on whatever gateway: counted in a row that nothing
 * the user deletes removes. Fixed windows: around their edge up to twice as much.
 */
@Injectable()
export class Budgets {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
  ) {}

  /** Problem `too-many-requests`, to be asked again when the window ends. */
  async spend({ name, most, windowSeconds }: Budget, subject: string): Promise<void> {
    const now = this.clock.epochSeconds();
    const begun = now - (now % windowSeconds);
    const ends = begun + windowSeconds;
    try {
      await this.dynamo.update({
        TableName: table,
        Key: { scope: `budget#${name}#${hashed(subject)}`, itemId: String(begun) },
        UpdateExpression: 'SET #used = if_not_exists(#used, :none) + :one, #ttl = :ttl',
        ConditionExpression: 'attribute_not_exists(#used) OR #used < :most',
        ExpressionAttributeNames: { '#used': 'used', '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':none': 0, ':one': 1, ':most': most, ':ttl': ends },
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      throw new Problem('too-many-requests', `This can be done ${most} times in ${spoken(windowSeconds)}.`, {
        retryAfterSeconds: ends - now,
      });
    }
  }
}

const spoken = (seconds: number): string => (seconds >= 86_400 ? 'a day' : 'an hour');

/** Addresses are not kept in the clear where they only need to be told apart. */
const hashed = (subject: string): string => createHash('sha256').update(subject).digest('base64url');
