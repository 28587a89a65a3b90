import type { Message } from '@aws-sdk/client-sqs';

/** Why a handler's signal was aborted. */
export class VisibilityLost extends Error {
  override readonly name = 'VisibilityLost';
}
export class ShuttingDown extends Error {
  override readonly name = 'ShuttingDown';
}

/** A message between its reception and its end. Times are of `performance.now()`. */
export interface InFlight {
  readonly message: Message;
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly receiveCount: number;
  readonly receivedAtMs: number;
  readonly controller: AbortController;
  /** Counted from the receipt, then from the sending of each extension. */
  visibleUntilMs: number;
  /** The extension that is under way, which never rejects. */
  extension: Promise<void> | undefined;
}

export function takeOff(message: Message, visibilitySeconds: number): InFlight {
  const receivedAtMs = performance.now();
  return {
    message,
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    receivedAtMs,
    controller: new AbortController(),
    visibleUntilMs: receivedAtMs + visibilitySeconds * 1000,
    extension: undefined,
  };
}
