import { Module } from '@nestjs/common';
import { SubscriptionsModule as SubscriptionTables } from '@stocktool/subscriptions';
import { DeliveriesController } from './deliveries.controller';
import { FormBodies } from './form-bodies';
import { ConfirmationMail, CreateSubscription, DeleteSubscription, Deliveries } from './subscriptions';
import { SubscriptionsController } from './subscriptions.controller';
import { UnsubscribeController } from './unsubscribe.controller';

@Module({
  imports: [SubscriptionTables],
  controllers: [UnsubscribeController, SubscriptionsController, DeliveriesController],
  providers: [CreateSubscription, ConfirmationMail, DeleteSubscription, Deliveries, FormBodies],
})
export class SubscriptionsModule {}
