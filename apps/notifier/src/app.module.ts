import { Module, type DynamicModule } from '@nestjs/common';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { ClaimLedger, QueueModule, QueueSender } from '@stocktool/aws-sqs';
import { dynamoTable, HealthModule, queue } from '@stocktool/bootstrap';
import { systemClock } from '@stocktool/contracts';
import { DeliveryTable, SubscriptionsModule, SubscriptionTable } from '@stocktool/subscriptions';
import { topology } from '@stocktool/topology';
import type { Config } from './config';
import { Channels } from './delivery/channels';
import { Deliver } from './delivery/deliver';
import { DeliverySweep } from './delivery/delivery-sweep';
import { RetrySchedule } from './delivery/retry-schedule';
import { TargetGate } from './delivery/target-gate';
import { mailConnections, Mailer } from './mail/mailer';
import { SendAccountMail } from './mail/send-account-mail';
import { NotificationHandler } from './notification.handler';
import { WebhookClient } from './webhook/webhook-client';

@Module({})
export class AppModule {
  static register(config: Config): DynamicModule {
    const mailer = new Mailer({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM });
    const gate = new TargetGate({ mostOf: { email: mailConnections } });
    const schedule = new RetrySchedule(config.WEBHOOK_RETRY_SECONDS);
    const { tables, queues } = topology;
    return {
      module: AppModule,
      imports: [
        DynamoModule.register(),
        QueueModule.register({
          consume: { notifications: NotificationHandler },
          concurrency: config.NOTIFIER_CONCURRENCY,
          drainSeconds: config.DRAIN_SECONDS,
        }),
        SubscriptionsModule,
        HealthModule.register({
          checks: [
            dynamoTable(tables.subscriptions.name),
            dynamoTable(tables.idempotency.name),
            queue(queues.notifications.name),
            { name: 'mail server', informational: true, check: () => mailer.check() },
          ],
        }),
      ],
      providers: [
        NotificationHandler,
        { provide: Mailer, useValue: mailer },
        {
          provide: WebhookClient,
          useFactory: () =>
            new WebhookClient(systemClock, { allowPrivateNetworks: config.WEBHOOK_ALLOW_PRIVATE_NETWORKS }),
        },
        {
          provide: SendAccountMail,
          inject: [ClaimLedger],
          useFactory: (ledger: ClaimLedger) => new SendAccountMail(mailer, ledger, config.PUBLIC_URL, gate),
        },
        {
          provide: Deliver,
          inject: [SubscriptionTable, DeliveryTable, QueueSender, WebhookClient],
          useFactory: (
            subscriptions: SubscriptionTable,
            deliveries: DeliveryTable,
            queue: QueueSender,
            webhooks: WebhookClient,
          ) =>
            new Deliver({
              subscriptions,
              deliveries,
              queue,
              schedule,
              clock: systemClock,
              gate,
              channels: new Channels(webhooks, mailer, config.PUBLIC_URL),
            }),
        },
        {
          provide: DeliverySweep,
          inject: [DeliveryTable, QueueSender],
          useFactory: (deliveries: DeliveryTable, queue: QueueSender) =>
            new DeliverySweep(deliveries, queue, config.SWEEP_SECONDS),
        },
      ],
    };
  }
}
