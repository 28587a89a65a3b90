export { deliveryIdOf } from './delivery-id';
export { DeliveryTable, dueMessage, type AttemptEnd, type DeliverableEvent, type DeliveryKey } from './delivery.table';
export { isPublicAddress } from './public-address';
export type { DeliveryRow, SubscriptionRow } from './subscription-rows';
export { SubscriptionData } from './subscription-data';
export { SubscriptionTable, type NewSubscription, type SubscriptionContext } from './subscription.table';
export { unsubscribeTokenOf } from './unsubscribe-token';
export { SubscriptionsModule } from './subscriptions.module';
