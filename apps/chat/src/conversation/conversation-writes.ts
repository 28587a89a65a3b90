import { setTimeout as delay } from 'node:timers/promises';
import { Dynamo, TransactionCanceled } from '@stocktool/aws-dynamodb';
import { Problem } from '@stocktool/contracts';

const attempts = 6;

export const notFound = (conversationId: string, cause?: unknown) =>
  new Problem('conversation-not-found', `There is no conversation ${conversationId}.`, { cause });
export const beingWritten = (cause: unknown) =>
  new Problem('dependency-unavailable', 'The conversation is being written to.', { cause, retryAfterSeconds: 1 });

/** Two replies of one conversation may write at the same moment: DynamoDB lets one through, the other tries again. */
export async function transact(
  dynamo: Dynamo,
  conversationId: string,
  items: Parameters<Dynamo['transactWrite']>[0],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await dynamo.transactWrite(items);
      return;
    } catch (error) {
      if (!(error instanceof TransactionCanceled)) throw error;
      if (error.reasons.some(({ code }) => code === 'ConditionalCheckFailed')) throw notFound(conversationId, error);
      if (attempt >= attempts) throw beingWritten(error);
      await delay(20 * attempt + Math.random() * 40);
    }
  }
}
