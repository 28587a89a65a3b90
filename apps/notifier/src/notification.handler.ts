import { QueueHandler, type MessageContext } from '@stocktool/aws-sqs';
import { type DeliveryDue, Problem, type QueueBody, type StockToolEvent } from '@stocktool/contracts';
import { DeliveryTable, SubscriptionTable } from '@stocktool/subscriptions';
import { Injectable } from '@nestjs/common';
import { Deliver } from './delivery/deliver';
import { SendAccountMail } from './mail/send-account-mail';

const firstAttempt = 1;

/**
 * Everything that leaves the system. An event becomes one delivery row per subscription that takes it; rows and claims make
 * each message harmless when it comes again.
 */
@Injectable()
export class NotificationHandler extends QueueHandler<'notifications'> {
  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly deliveries: DeliveryTable,
    private readonly deliver: Deliver,
    private readonly sendAccountMail: SendAccountMail,
  ) {
    super();
  }

  override async handle(work: QueueBody<'notifications'>, { signal }: MessageContext): Promise<void> {
    if (!('kind' in work)) return this.notify(work, signal);
    return work.kind === 'delivery-due' ? this.retry(work, signal) : this.sendAccountMail.run(work);
  }

  /** All rows before the first attempt: a crash then leaves nothing that the sweep does not know of. */
  private async notify(event: StockToolEvent, signal: AbortSignal): Promise<void> {
    if (!('userId' in event.data)) return; // for operators: no user's subscription takes it
    const { id, type, time, data } = event;
    const subscriptions = await this.subscriptions.taking(data.userId, type);
    const made = await Promise.all(
      subscriptions.map(async (subscription) => ({
        subscription,
        delivery: await this.deliveries.create(subscription, { id, type, time, data }),
      })),
    );
    const attempts = made
      .filter(({ delivery }) => delivery.status === 'pending' && delivery.attemptCount === 0)
      .map(({ subscription, delivery }) => this.deliver.attempt(subscription, delivery, firstAttempt, signal));
    const outcomes = await Promise.allSettled(attempts);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async retry(due: DeliveryDue, signal: AbortSignal): Promise<void> {
    const { userId, subscriptionId, deliveryId, attempt } = due;
    try {
      const subscription = await this.subscriptions.row(userId, subscriptionId);
      await this.deliver.attempt(subscription, { userId, subscriptionId, id: deliveryId }, attempt, signal);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'subscription-not-found')) throw error;
      await this.deliveries.remove({ userId, subscriptionId, id: deliveryId }); // else the sweep would find it for 30 days
    }
  }
}
