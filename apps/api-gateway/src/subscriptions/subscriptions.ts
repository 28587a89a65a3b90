import { Injectable } from '@nestjs/common';
import { QueueSender } from '@stocktool/aws-sqs';
import {
  SubscriptionCreated,
  type Delivery,
  type DeliveryDue,
  type Page,
  type PageQuery,
  type SubscriptionRequest,
} from '@stocktool/contracts';
import { DeliveryTable, SubscriptionTable } from '@stocktool/subscriptions';
import { AccountTable } from '../auth/account.table';
import { GatewayConfig } from '../config';
import { Idempotency } from '../idempotency/idempotency';

@Injectable()
export class ConfirmationMail {
  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly queue: QueueSender,
  ) {}

  /** A subscription that nobody could ever confirm is taken back. */
  async send(userId: string, { id, target }: SubscriptionCreated, token: string): Promise<void> {
    const mail = {
      kind: 'account-mail',
      id: `${id}:confirm`,
      template: 'confirm-subscription',
      to: target,
      token,
    } as const;
    try {
      await this.queue.send('notifications', mail, { groupId: userId });
    } catch (error) {
      await this.subscriptions.delete(userId, id);
      throw error;
    }
  }
}

@Injectable()
export class CreateSubscription {
  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly accounts: AccountTable,
    private readonly once: Idempotency,
    private readonly confirmation: ConfirmationMail,
    private readonly config: GatewayConfig,
  ) {}

  /** Mail to another address than the account's waits for its owner to agree. */
  run(userId: string, request: SubscriptionRequest, key: string | undefined): Promise<SubscriptionCreated> {
    const operation = { operation: 'create-subscription', request };
    return this.once.perKey(userId, key, operation, SubscriptionCreated, async () => {
      const account = await this.accounts.byId(userId);
      const { subscription, confirmToken } = await this.subscriptions.create(userId, request, {
        verifiedEmail: account?.email,
        allowPrivateNetworks: this.config.environment.WEBHOOK_ALLOW_PRIVATE_NETWORKS,
      });
      if (confirmToken !== undefined) await this.confirmation.send(userId, subscription, confirmToken);
      return subscription;
    });
  }
}

@Injectable()
export class DeleteSubscription {
  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly deliveries: DeliveryTable,
  ) {}

  async run(userId: string, id: string): Promise<void> {
    await this.subscriptions.delete(userId, id);
    await this.deliveries.deleteOf(userId, id);
  }
}

/** Deliveries of one's own subscriptions: what was tried, and another try. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly deliveries: DeliveryTable,
    private readonly queue: QueueSender,
  ) {}

  async list(userId: string, subscriptionId: string, page: PageQuery): Promise<Page<Delivery>> {
    await this.subscriptions.get(userId, subscriptionId);
    return this.deliveries.list(userId, subscriptionId, page);
  }

  async test(userId: string, subscriptionId: string): Promise<Delivery> {
    return this.attempt(await this.deliveries.createTest(await this.subscriptions.row(userId, subscriptionId)));
  }

  async retry(userId: string, subscriptionId: string, deliveryId: string): Promise<Delivery> {
    await this.subscriptions.get(userId, subscriptionId);
    return this.attempt(await this.deliveries.retry(userId, subscriptionId, deliveryId));
  }

  private async attempt(due: DeliveryDue): Promise<Delivery> {
    await this.queue.send('notifications', due, { groupId: due.userId });
    return this.deliveries.get({ userId: due.userId, subscriptionId: due.subscriptionId, id: due.deliveryId });
  }
}
