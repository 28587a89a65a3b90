import { Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { systemClock } from '@stocktool/contracts';
import { Metrics } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import { DeliveryTable } from './delivery.table';
import { SubscriptionData } from './subscription-data';
import { SubscriptionTable } from './subscription.table';

/** Needs the DynamoDB module and the metrics, which are global. */
@Module({
  providers: [
    {
      provide: SubscriptionTable,
      inject: [Dynamo, Metrics],
      useFactory: (dynamo: Dynamo, metrics: Metrics) =>
        new SubscriptionTable(dynamo, systemClock, topology.tables.subscriptions.name, metrics),
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
