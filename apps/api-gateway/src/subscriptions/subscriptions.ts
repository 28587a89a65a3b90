import { createHash } from 'node:crypto';
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
import { Budgets, type Budget } from '../access/budgets';
import { AccountTable } from '../auth/account.table';
import { GatewayConfig } from '../config';
import { Idempotency } from '../idempotency/idempotency';

const confirmationsOfUser: Budget = { name: 'confirmation-of-user', most: 5, windowSeconds: 86_400 };
const confirmationsToAddress: Budget = { name: 'confirmation-to-address', most: 5, windowSeconds: 86_400 };
const testsOfSubscription: Budget = { name: 'test-of-subscription', most: 10, windowSeconds: 3_600 };
const retriesOfSubscription: Budget = { name: 'retry-of-subscription', most: 30, windowSeconds: 3_600 };

@Injectable()
export class ConfirmationMail {
  constructor(
    private readonly subscriptions: SubscriptionTable,
    private readonly queue: QueueSender,
    private readonly budgets: Budgets,
  ) {}

  /**
   * Strangers get these mails: five a day of one user and to one address, deleted subscriptions included. A subscription
   * that nobody could ever confirm is taken back. Each token is a mail of its own, also where a crashed attempt is repeated.
   */
  async send(userId: string, { id, target }: SubscriptionCreated, token: string): Promise<void> {
    const mail = {
      kind: 'account-mail',
      id: `${id}:confirm:${createHash('sha256').update(token).digest('hex').slice(0, 16)}`,
      template: 'confirm-subscription',
      to: target,
      token,
    } as const;
    try {
      await this.budgets.spend(confirmationsOfUser, userId);
      await this.budgets.spend(confirmationsToAddress, target);
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

  /** Mail to another address than the account's own, proved one waits for its owner to agree. */
  run(userId: string, request: SubscriptionRequest, key: string | undefined): Promise<SubscriptionCreated> {
    const operation = { operation: 'create-subscription', request };
    return this.once.perKey(userId, key, operation, SubscriptionCreated, async (id) => {
      const account = await this.accounts.byId(userId);
      const { subscription, confirmToken } = await this.subscriptions.create(userId, request, {
        id,
        verifiedEmail: account?.emailVerified === true ? account.email : undefined,
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
    private readonly budgets: Budgets,
  ) {}

  async list(userId: string, subscriptionId: string, page: PageQuery): Promise<Page<Delivery>> {
    await this.subscriptions.get(userId, subscriptionId);
    return this.deliveries.list(userId, subscriptionId, page);
  }

  async test(userId: string, subscriptionId: string): Promise<Delivery> {
    const row = await this.subscriptions.row(userId, subscriptionId);
    await this.budgets.spend(testsOfSubscription, subscriptionId);
    return this.attempt(await this.deliveries.createTest(row));
  }

  async retry(userId: string, subscriptionId: string, deliveryId: string): Promise<Delivery> {
    await this.subscriptions.get(userId, subscriptionId);
    await this.budgets.spend(retriesOfSubscription, subscriptionId);
    return this.attempt(await this.deliveries.retry(userId, subscriptionId, deliveryId));
  }

  private async attempt(due: DeliveryDue): Promise<Delivery> {
    await this.queue.send('notifications', due, { groupId: due.userId });
    return this.deliveries.get({ userId: due.userId, subscriptionId: due.subscriptionId, id: due.deliveryId });
  }
}
