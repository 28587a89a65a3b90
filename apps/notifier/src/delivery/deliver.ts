import { Logger } from '@nestjs/common';
import { QueueSender } from '@stocktool/aws-sqs';
import { Clock, type DeliveryAttempt, parseJson, Problem } from '@stocktool/contracts';
import {
  DeliveryTable,
  dueMessage,
  SubscriptionTable,
  type DeliveryKey,
  type DeliveryRow,
  type SubscriptionRow,
} from '@stocktool/subscriptions';
import { z } from 'zod';
import { Channels, type ChannelAnswer } from './channels';
import { RetrySchedule } from './retry-schedule';
import { receiverOf, TargetGate } from './target-gate';

const leaseSeconds = 60;
const longestQueueDelaySeconds = 900;
const busyWaitSeconds = { least: 3, most: 10 };
/** Attempts in a row whose outcome was never recorded. */
const mostCutOff = 5;
const interruptedWaitSeconds = 5;
const unknownOutcome = 'cut off before its outcome was recorded; sent again under the same id';
const ShownEvent = z.object({ type: z.string(), timestamp: z.string(), data: z.record(z.string(), z.unknown()) });

export interface DeliverParts {
  readonly subscriptions: SubscriptionTable;
  readonly deliveries: DeliveryTable;
  readonly channels: Channels;
  readonly queue: QueueSender;
  readonly schedule: RetrySchedule;
  readonly gate: TargetGate;
  readonly clock: Clock;
}

/**
 * One attempt at one delivery, whatever number of messages ask for it: the claim lets one of them through, the settlement
 * records it and sets the next. Between the receiver's answer and the record lies the window that cannot be closed: a crash in
 * it repeats the attempt under the same id, and the row says so.
 */
export class Deliver {
  private readonly logger = new Logger(Deliver.name);

  constructor(private readonly parts: DeliverParts) {}

  async attempt(
    subscription: SubscriptionRow,
    delivery: DeliveryKey,
    attempt: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { gate, deliveries } = this.parts;
    const entered = await gate.enter(receiverOf(subscription.channel, subscription.target), async () => {
      const claimed = await deliveries.claim(delivery, attempt, leaseSeconds);
      if (claimed) await this.carryOut(subscription, claimed, signal);
      return true;
    });
    if (entered) return;
    await this.putOff(delivery, attempt);
  }

  /** A new message rather than a redelivery: waiting for a busy receiver must not use up the receives of this one. */
  private async putOff(delivery: DeliveryKey, attempt: number): Promise<void> {
    const { least, most } = busyWaitSeconds;
    const delaySeconds = Math.round(least + Math.random() * (most - least));
    const message = await this.parts.deliveries.postpone(delivery, attempt, delaySeconds);
    if (message) await this.parts.queue.send('notifications', message, { groupId: delivery.userId, delaySeconds });
  }

  private async carryOut(subscription: SubscriptionRow, claimed: DeliveryRow, signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    const hopeless = claimed.claims > mostCutOff;
    const numbered = hopeless ? claimed : await this.numbered(claimed);
    const at = clock.now().toISOString();
    const startedAt = performance.now();
    const answer = hopeless ? neverEnded : numbered ? await this.send(subscription, numbered, signal) : gone;
    const attempt: DeliveryAttempt = {
      at,
      ok: answer.ok,
      responseCode: answer.responseCode,
      error: answer.error,
      durationMs: Math.round(performance.now() - startedAt),
    };
    await this.settle(subscription, withCutOff(numbered ?? claimed, at), attempt, {
      ...answer,
      interrupted: signal.aborted,
    });
  }

  private send(subscription: SubscriptionRow, row: DeliveryRow, signal: AbortSignal): Promise<ChannelAnswer> {
    if (subscription.status !== 'active') return Promise.resolve(notActive);
    const event = parseJson(ShownEvent, row.event);
    const data = { ...event.data, sequence: row.sequence };
    return this.parts.gate.timed(receiverOf(subscription.channel, subscription.target), () =>
      this.parts.channels.send(subscription, row.id, { ...event, data }, signal),
    );
  }

  private async settle(
    subscription: SubscriptionRow,
    row: DeliveryRow,
    attempt: DeliveryAttempt,
    answer: ChannelAnswer,
  ): Promise<void> {
    const { deliveries, subscriptions, clock, queue } = this.parts;
    const number = row.attemptCount + 1;
    const waitSeconds = answer.ok || answer.permanent ? undefined : this.waitAfter(number, answer);
    const retryAt = waitSeconds === undefined ? undefined : new Date(clock.epochMs() + waitSeconds * 1000);
    if (answer.responseCode === 410) await subscriptions.disable(row.userId, row.subscriptionId);
    const settled = await deliveries.settle(row, { attempt, retryAt });
    const facts = {
      deliveryId: row.id,
      subscriptionId: row.subscriptionId,
      channel: subscription.channel,
      attempt: number,
    };
    if (!settled) {
      this.logger.warn({ ...facts, msg: 'the lease ran out before the attempt was recorded: it may be repeated' });
      return;
    }
    const { ok, responseCode, error, durationMs } = attempt;
    this.logger.log({ ...facts, ok, responseCode, error, durationMs, retryInSeconds: waitSeconds, msg: 'attempted' });
    if (waitSeconds === undefined || waitSeconds > longestQueueDelaySeconds) return;
    await queue.send('notifications', dueMessage({ ...row, attemptCount: number }), {
      groupId: row.userId,
      delaySeconds: waitSeconds,
    });
  }

  /** Whom our own shutdown cut off gets another attempt, even after the last. */
  private waitAfter(number: number, { interrupted, retryAfterSeconds }: ChannelAnswer): number | undefined {
    return (
      this.parts.schedule.waitAfter(number, retryAfterSeconds) ?? (interrupted ? interruptedWaitSeconds : undefined)
    );
  }

  /** Numbers count deliveries, not attempts: taken once and kept. Undefined when the subscription has been deleted. */
  private async numbered(claimed: DeliveryRow): Promise<DeliveryRow | undefined> {
    if (claimed.sequence !== undefined) return claimed;
    const { subscriptions, deliveries } = this.parts;
    try {
      return await deliveries.number(claimed, await subscriptions.nextSequence(claimed.userId, claimed.subscriptionId));
    } catch (error) {
      if (error instanceof Problem && error.code === 'subscription-not-found') return undefined;
      throw error;
    }
  }
}

const refusal = (error: string): ChannelAnswer => ({ ok: false, permanent: true, responseCode: null, error });
const neverEnded = refusal('given up: its attempts were cut off again and again');
const gone = refusal('the subscription has been deleted');
const notActive = refusal('the subscription is not active');

/** A claim that found an unsettled one before it: the earlier attempt is shown too, its outcome is not known. */
function withCutOff(row: DeliveryRow, at: string): DeliveryRow {
  if (row.claims <= 1) return row;
  const cutOff: DeliveryAttempt = { at, ok: false, responseCode: null, error: unknownOutcome, durationMs: 0 };
  return { ...row, attempts: [...row.attempts, cutOff] };
}
