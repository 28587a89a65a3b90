import { setTimeout as delay } from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  type MessageAttributeValue,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { asProblem } from '@stocktool/aws-client';
import { Problem, type QueueBody, type QueueName, queues } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import type { QueueDirectory } from './queue-directory';

export interface SendOptions {
  /** Whose work it is: queues are fair between groups. */
  groupId?: string;
  delaySeconds?: number;
}

/** A fault of the sender: what is that big belongs into S3, with a pointer in the message. */
export class MessageTooLarge extends Error {
  constructor(readonly bytes: number) {
    super(`A message of ${bytes} bytes is over the limit of ${bodyLimitBytes}`);
    this.name = 'MessageTooLarge';
  }
}

interface Pending {
  readonly entry: Omit<SendMessageBatchRequestEntry, 'Id'>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  readonly entries: Pending[];
  bytes: number;
  readonly timer: NodeJS.Timeout;
}

const bodyLimitBytes = 200_000;
const entriesPerBatch = 10;
/** Of the 256 KiB that one call may carry, attributes included. */
const bytesPerBatch = 240_000;
const gatherMs = 2;
const attempts = 4;
const firstDelayMs = 50;
const waitingLimit = 10_000;

/**
 * Sends to the queues of the catalogue. Messages to one queue that are sent within two milliseconds of each other share a
 * call: a tenth of the price. `send` resolves when SQS has taken the message.
 */
export class QueueSender implements BeforeApplicationShutdown {
  private readonly gathering = new Map<QueueName, Batch>();
  private readonly sending = new Set<Promise<void>>();
  private waiting = 0;

  constructor(
    private readonly client: SQSClient,
    private readonly directory: QueueDirectory,
  ) {}

  /** Throws ZodError for a body that does not fit the catalogue, MessageTooLarge, or Problem `dependency-unavailable`. */
  async send<Name extends QueueName>(queue: Name, body: QueueBody<Name>, options: SendOptions = {}): Promise<void> {
    const text = JSON.stringify(queues[queue].body.parse(body));
    const bytes = Buffer.byteLength(text);
    if (bytes > bodyLimitBytes) throw new MessageTooLarge(bytes);
    if (this.waiting >= waitingLimit) throw notTaken('too many messages are waiting to be sent');
    this.waiting += 1;
    try {
      await this.enqueue(queue, text, bytes, options);
    } finally {
      this.waiting -= 1;
    }
  }

  /** Sends what is gathered and waits until SQS has it all. */
  async flush(): Promise<void> {
    for (const queue of [...this.gathering.keys()]) this.dispatch(queue);
    while (this.sending.size > 0) await Promise.allSettled(this.sending);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private enqueue(queue: QueueName, text: string, bytes: number, options: SendOptions): Promise<void> {
    const entry = {
      MessageBody: text,
      MessageAttributes: contextAttributes(),
      ...(options.groupId !== undefined && { MessageGroupId: options.groupId }),
      ...(options.delaySeconds !== undefined && { DelaySeconds: options.delaySeconds }),
    };
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if ((this.gathering.get(queue)?.bytes ?? 0) + bytes > bytesPerBatch) this.dispatch(queue);
    const batch = this.gathering.get(queue) ?? this.begin(queue);
    batch.bytes += bytes + 500;
    if (batch.entries.push({ entry, resolve, reject }) >= entriesPerBatch) this.dispatch(queue);
    return promise;
  }

  private begin(queue: QueueName): Batch {
    const batch: Batch = { entries: [], bytes: 0, timer: setTimeout(() => this.dispatch(queue), gatherMs) };
    this.gathering.set(queue, batch);
    return batch;
  }

  private dispatch(queue: QueueName): void {
    const batch = this.gathering.get(queue);
    if (!batch) return;
    clearTimeout(batch.timer);
    this.gathering.delete(queue);
    const sending = this.deliver(queue, batch.entries).finally(() => this.sending.delete(sending));
    this.sending.add(sending);
  }

  /** Never rejects: each message's own promise tells how it went. Entries that fail inside a 200 are sent again alone. */
  private async deliver(queue: QueueName, batch: Pending[]): Promise<void> {
    let pending = batch;
    try {
      const QueueUrl = await this.directory.url(queue);
      for (let attempt = 0; attempt < attempts && pending.length > 0; attempt += 1) {
        if (attempt > 0) await delay(Math.random() * firstDelayMs * 2 ** attempt);
        const Entries = pending.map(({ entry }, index) => ({ Id: String(index), ...entry }));
        const command = new SendMessageBatchCommand({ QueueUrl, Entries });
        const { Failed = [] } = await this.directory.calls((options) => this.client.send(command, options));
        pending = settle(pending, Failed);
      }
      for (const { reject } of pending) reject(notTaken('the queue did not take the message'));
    } catch (error) {
      for (const { reject } of pending) reject(asProblem(error, 'The queue'));
    }
  }
}

/** Resolves what was taken, rejects what never will be, returns what is worth another attempt. */
function settle(pending: Pending[], failed: BatchResultErrorEntry[]): Pending[] {
  const failures = new Map(failed.map((failure) => [failure.Id, failure]));
  return pending.filter(({ resolve, reject }, index) => {
    const failure = failures.get(String(index));
    if (!failure) resolve();
    else if (failure.SenderFault) reject(new Error(`SQS refused a message: ${failure.Code ?? 'no code'}`));
    else return true;
    return false;
  });
}

const notTaken = (detail: string): Problem =>
  new Problem('dependency-unavailable', `The queue is not available: ${detail}.`, { retryAfterSeconds: 5 });

function contextAttributes(): Record<string, MessageAttributeValue> {
  const scope = RequestContext.current();
  const attributes: Record<string, MessageAttributeValue> = {};
  if (scope) attributes.requestId = { DataType: 'String', StringValue: scope.requestId };
  if (scope?.traceparent !== undefined) attributes.traceparent = { DataType: 'String', StringValue: scope.traceparent };
  return attributes;
}
