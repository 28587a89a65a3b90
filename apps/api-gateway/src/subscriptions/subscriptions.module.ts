import { Module } from '@nestjs/common';
import { SubscriptionsModule as SubscriptionTables } from '@stocktool/subscriptions';
import { DeliveriesController } from './deliveries.controller';
import { ConfirmationMail, CreateSubscription, DeleteSubscription, Deliveries } from './subscriptions';
import { SubscriptionsController } from './subscriptions.controller';

@Module({
  imports: [SubscriptionTables],
  controllers: [SubscriptionsController, DeliveriesController],
  providers: [CreateSubscription, ConfirmationMail, DeleteSubscription, Deliveries],
})
export class SubscriptionsModule {}
