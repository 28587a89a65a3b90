import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { Acknowledger } from './acknowledger';
import type { DeadLetters } from './dead-letters';
import type { FailureLedger, Verdict } from './failure-ledger';
import { type InFlight, ShuttingDown, VisibilityLost } from './in-flight';
import { reasonOf } from './preview';
import { RetryLater } from './queue-handler';
import type { VisibilityKeeper } from './visibility-keeper';

export interface RetryPolicy {
  /** A message is dead at this failure. */
  readonly failuresBeforeDeadLetter: number;
  /** Delay after the first failure; doubles, with jitter. */
  readonly firstDelaySeconds: number;
  readonly longestDelaySeconds: number;
  /** The same for a message that waits for something to be available again. */
  readonly longestOutageDelaySeconds: number;
}

export interface QueueSite {
  /** Its name in AWS, also in the ledger. */
  readonly name: string;
  readonly url: string;
  readonly deadLetterUrl: string;
}

/** SQS counts twelve hours from the receipt. */
const longestVisibilitySeconds = 43_200;

/** A body that the catalogue's row does not describe: another delivery will not change it. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
}

/** Something we depend on is away: no fault of the message, which would only be lost if each try counted against it. */
export const isOutage = (error: unknown): error is Problem =>
  error instanceof Problem && error.retryable && error.status === 503;

/** What becomes of a message when its handler has ended. The heartbeat is stopped first, whatever follows. */
export class MessageFate {
  private readonly logger = new Logger(MessageFate.name);

  constructor(
    private readonly client: SQSClient,
    private readonly queue: QueueSite,
    private readonly policy: RetryPolicy,
    private readonly parts: {
      keeper: VisibilityKeeper;
      acknowledger: Acknowledger;
      ledger: FailureLedger;
      deadLetters: DeadLetters;
    },
  ) {}

  /** Also when the visibility was lost meanwhile: the work is done, and a delivery that follows finds it done. */
  async done(flight: InFlight): Promise<void> {
    await this.parts.keeper.release(flight);
    this.parts.acknowledger.add(flight.receiptHandle);
  }

  /** Never rejects. What cannot be settled here is settled by the end of the visibility and the queue's own backstop. */
  async failed(flight: InFlight, error: unknown): Promise<void> {
    await this.parts.keeper.release(flight);
    const aborted: unknown = flight.controller.signal.reason;
    if (aborted instanceof VisibilityLost) return this.report(flight, error, 'left to the next delivery');
    try {
      if (aborted instanceof ShuttingDown) await this.redeliver(flight, 1);
      else if (error instanceof RetryLater) await this.redeliver(flight, error.seconds);
      else if (isOutage(error)) await this.waitOut(flight, error);
      else await this.judge(flight, error);
    } catch (cause) {
      this.report(flight, cause, 'the failure could not be recorded');
      await this.redeliver(flight, this.backOffSeconds(flight.receiveCount)).catch((again: unknown) =>
        this.report(flight, again, 'left to the next delivery'),
      );
    }
  }

  /** A move that a crash cut short is finished without running the handler again. */
  async finishMove(flight: InFlight): Promise<boolean> {
    if (flight.receiveCount <= this.policy.failuresBeforeDeadLetter) return false;
    const verdict = await this.parts.ledger.verdict(this.queue.name, flight.messageId);
    if (verdict) await this.bury(flight, verdict);
    return verdict !== undefined;
  }

  async redeliver(flight: InFlight, seconds: number): Promise<void> {
    const elapsedSeconds = Math.ceil((performance.now() - flight.receivedAtMs) / 1000);
    const longest = longestVisibilitySeconds - elapsedSeconds - 1;
    await this.client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.queue.url,
        ReceiptHandle: flight.receiptHandle,
        VisibilityTimeout: Math.max(0, Math.min(Math.ceil(seconds), longest)),
      }),
    );
  }

  /** Not counted; the queue's own limit of receptions is the bound. */
  private async waitOut(flight: InFlight, outage: Problem): Promise<void> {
    this.report(flight, outage, `reception ${flight.receiveCount}, delivered again later`);
    const seconds = this.backOffSeconds(flight.receiveCount, this.policy.longestOutageDelaySeconds);
    await this.redeliver(flight, Math.max(outage.retryAfterSeconds ?? 0, seconds));
  }

  private async judge(flight: InFlight, error: unknown): Promise<void> {
    const failures = await this.parts.ledger.count(this.queue.name, flight.messageId);
    const hopeless = error instanceof UnreadableBody || (error instanceof Problem && !error.retryable);
    if (hopeless || failures >= this.policy.failuresBeforeDeadLetter) {
      this.report(flight, error, 'moved to the dead-letter queue');
      return this.bury(flight, await this.parts.ledger.condemn(this.queue.name, flight.messageId, reasonOf(error)));
    }
    this.report(flight, error, `failure ${failures}, delivered again later`);
    const asked = error instanceof Problem ? (error.retryAfterSeconds ?? 0) : 0;
    await this.redeliver(flight, Math.max(asked, this.backOffSeconds(failures)));
  }

  private async bury(flight: InFlight, verdict: Verdict): Promise<void> {
    const { ledger, deadLetters } = this.parts;
    const { name, deadLetterUrl } = this.queue;
    await deadLetters.move(flight, { client: this.client, ledger, queue: name, deadLetterUrl }, verdict);
    await this.done(flight);
  }

  private backOffSeconds(times: number, longestSeconds = this.policy.longestDelaySeconds): number {
    return Math.min(longestSeconds, this.policy.firstDelaySeconds * 2 ** (times - 1)) * (0.5 + Math.random() / 2);
  }

  private report(flight: InFlight, error: unknown, what: string): void {
    this.logger.warn({ queue: this.queue.name, messageId: flight.messageId, err: error }, what);
  }
}
