import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { asProblem } from '@stocktool/aws-client';
import { fromAttributes, type Item } from './attribute-value';

/** The condition of a write did not hold. `item` is the item as it was then; undefined when there was none. */
export class ConditionFailed extends Error {
  constructor(
    readonly item: Item | undefined,
    options?: ErrorOptions,
  ) {
    super('The condition of the write does not hold', options);
    this.name = 'ConditionFailed';
  }
}

/** One per item of the transaction, in its order; `code` is `None` where that item had no objection. */
export interface CancellationReason {
  readonly code: string;
  readonly item: Item | undefined;
}

export class TransactionCanceled extends Error {
  constructor(
    readonly reasons: readonly CancellationReason[],
    options?: ErrorOptions,
  ) {
    super(`The transaction was cancelled: ${reasons.map(({ code }) => code).join(', ')}`, options);
    this.name = 'TransactionCanceled';
  }
}

/** The error that a caller of `Dynamo` gets for what the SDK threw. */
export function dynamoFailure(error: unknown): unknown {
  if (error instanceof ConditionalCheckFailedException) {
    return new ConditionFailed(error.Item && fromAttributes(error.Item), { cause: error });
  }
  if (error instanceof TransactionCanceledException) {
    const reasons = (error.CancellationReasons ?? []).map(({ Code, Item }) => ({
      code: Code ?? 'None',
      item: Item && fromAttributes(Item),
    }));
    return new TransactionCanceled(reasons, { cause: error });
  }
  return asProblem(error, 'The database');
}
