import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';

const entriesPerBatch = 10;
const gatherMs = 5;
const attempts = 4;
const firstDelayMs = 50;

/**
 * Deletes messages that are done, up to ten in a call. Entries are known by their place in the call and hence by receipt
 * handle: a message id may be in a batch twice, and an old handle of it must not be used for a new delivery.
 */
export class Acknowledger {
  private gathered: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly calls = new Set<Promise<void>>();
  private readonly logger = new Logger(Acknowledger.name);

  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: string,
  ) {}

  /** Calls that are under way; the consumer polls no further while there are too many. */
  get backlog(): number {
    return this.calls.size;
  }

  add(receiptHandle: string): void {
    if (this.gathered.push(receiptHandle) >= entriesPerBatch) this.dispatch();
    else this.timer ??= setTimeout(() => this.dispatch(), gatherMs);
  }

  /** Resolves when one call fewer is under way. */
  async relief(): Promise<void> {
    await Promise.race(this.calls);
  }

  /** Everything added so far is deleted or given up; never rejects. */
  async flush(): Promise<void> {
    this.dispatch();
    await Promise.all(this.calls);
  }

  private dispatch(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.gathered.length === 0) return;
    const handles = this.gathered;
    this.gathered = [];
    const call = this.remove(handles).finally(() => this.calls.delete(call));
    this.calls.add(call);
  }

  /** A message that stays although it is done is delivered again, and found done by its handler: logged, not fatal. */
  private async remove(handles: string[]): Promise<void> {
    let pending = handles;
    try {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        if (attempt > 0) await delay(Math.random() * firstDelayMs * 2 ** attempt);
        const Entries = pending.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        const command = new DeleteMessageBatchCommand({ QueueUrl: this.queueUrl, Entries });
        const { Failed = [] } = await this.client.send(command);
        if (Failed.length === 0) return;
        const refused = Failed.filter(({ SenderFault }) => SenderFault);
        if (refused.length > 0) this.logger.warn({ queue: this.queueUrl, refused }, 'finished messages not deleted');
        const again = new Set(Failed.filter(({ SenderFault }) => !SenderFault).map(({ Id }) => Id));
        pending = pending.filter((_, index) => again.has(String(index)));
        if (pending.length === 0) return;
      }
      this.logger.warn({ queue: this.queueUrl, messages: pending.length }, 'finished messages not deleted');
    } catch (error) {
      this.logger.warn({ queue: this.queueUrl, messages: pending.length, err: error }, 'finished messages not deleted');
    }
  }
}
