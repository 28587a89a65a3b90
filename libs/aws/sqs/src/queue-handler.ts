import type { QueueBody, QueueName } from '@stocktool/contracts';

export interface MessageContext {
  /** Aborted before another consumer may get the message, and when a shutdown's deadline has come. */
  readonly signal: AbortSignal;
  readonly messageId: string;
  /** 1 at the first delivery. */
  readonly receiveCount: number;
  readonly requestId: string | undefined;
}

/**
 * Handles the messages of one queue, each at least once. Resolve: the message is deleted. Throw: it is delivered again after
 * a back-off; the third failure, or a Problem that is not retryable, moves it to the dead-letter queue. A retryable Problem of status
 * 503 is an outage and no failure of the message: longer and longer waits, until the queue's own limit of receptions.
 */
export abstract class QueueHandler<Name extends QueueName> {
  abstract handle(body: QueueBody<Name>, context: MessageContext): Promise<void>;
}

/** Thrown by a handler that must wait, for a lease of another for example: delivered again later, not counted as a failure. */
export class RetryLater extends Error {
  constructor(
    readonly seconds: number,
    readonly reason: string,
  ) {
    super(`again in ${seconds} s: ${reason}`);
    this.name = 'RetryLater';
  }
}
