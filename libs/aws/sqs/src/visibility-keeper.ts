import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { type InFlight, VisibilityLost } from './in-flight';

const entriesPerBatch = 10;

/**
 * Keeps the messages that are being worked on invisible: one timer for all, batched calls, each message from a third of its
 * visibility on and again at every tick until it succeeds. A message that could not be extended has its signal aborted well
 * before SQS gives it to somebody else.
 */
export class VisibilityKeeper {
  private readonly watched = new Set<InFlight>();
  private readonly visibilityMs: number;
  private readonly marginMs: number;
  private readonly tickMs: number;
  private readonly logger = new Logger(VisibilityKeeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: string,
    private readonly visibilitySeconds: number,
  ) {
    this.visibilityMs = visibilitySeconds * 1000;
    this.marginMs = Math.min(10_000, this.visibilityMs / 6);
    this.tickMs = Math.min(2500, this.visibilityMs / 12);
  }

  watch(flight: InFlight): void {
    this.watched.add(flight);
    this.timer ??= setInterval(() => this.tick(), this.tickMs).unref();
  }

  /**
   * Ends the watch; to be awaited before a delete or a back-off, because an extension that is still under way would fail
   * beside the delete, and would undo the back-off.
   */
  async release(flight: InFlight): Promise<void> {
    this.watched.delete(flight);
    if (flight.extension) await flight.extension;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.watched.clear();
  }

  private tick(): void {
    const now = performance.now();
    const due: InFlight[] = [];
    for (const flight of this.watched) {
      const leftMs = flight.visibleUntilMs - now;
      if (leftMs <= this.marginMs) this.abort(flight);
      else if (leftMs <= (this.visibilityMs * 2) / 3 && !flight.extension) due.push(flight);
    }
    for (let start = 0; start < due.length; start += entriesPerBatch) {
      const batch = due.slice(start, start + entriesPerBatch);
      const extension = this.extend(batch, now).finally(() => {
        for (const flight of batch) flight.extension = undefined;
      });
      for (const flight of batch) flight.extension = extension;
    }
  }

  private abort(flight: InFlight): void {
    this.watched.delete(flight);
    this.logger.warn({ queue: this.queueUrl, messageId: flight.messageId }, 'visibility could not be extended');
    flight.controller.abort(new VisibilityLost('the message may be given to another consumer'));
  }

  /**
   * Never rejects: what fails stays due for the next tick. The answer is 200 even when entries inside it failed; one that
   * failed by our fault is no longer ours, or never was, and no further tick will change that.
   */
  private async extend(batch: InFlight[], sentAtMs: number): Promise<void> {
    const Entries = batch.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: this.visibilitySeconds,
    }));
    try {
      const { Failed = [] } = await this.client.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.queueUrl, Entries }),
        { abortSignal: AbortSignal.timeout(Math.max(1000, this.marginMs)) },
      );
      const failed = new Map(Failed.map((failure) => [failure.Id, failure]));
      batch.forEach((flight, index) => {
        const failure = failed.get(String(index));
        if (!failure) flight.visibleUntilMs = sentAtMs + this.visibilityMs;
        else if (failure.SenderFault && this.watched.has(flight)) this.abort(flight);
      });
    } catch (error) {
      this.logger.warn({ queue: this.queueUrl, err: error }, 'messages not extended');
    }
  }
}
