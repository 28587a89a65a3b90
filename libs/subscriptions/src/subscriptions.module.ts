import { Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { systemClock } from '@stocktool/contracts';
import { DeliveryTable } from './delivery.table';
import { SubscriptionData } from './subscription-data';
import { SubscriptionTable } from './subscription.table';

/** Needs the DynamoDB module, which is global. */
@Module({
  providers: [
    {
      provide: SubscriptionTable,
      inject: [Dynamo],
      useFactory: (dynamo: Dynamo) => new SubscriptionTable(dynamo, systemClock),
    },
    {
      provide: DeliveryTable,
      inject: [Dynamo],
      useFactory: (dynamo: Dynamo) => new DeliveryTable(dynamo, systemClock),
    },
    {
      provide: SubscriptionData,
      inject: [SubscriptionTable, DeliveryTable, Dynamo],
      useFactory: (...parts: ConstructorParameters<typeof SubscriptionData>) => new SubscriptionData(...parts),
    },
  ],
  exports: [SubscriptionTable, DeliveryTable, SubscriptionData],
})
export class SubscriptionsModule {}
