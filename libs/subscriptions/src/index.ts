export { deliveryIdOf } from './delivery-id';
export {
  dueMessage,
  type AttemptEnd,
  type DeliverableEvent,
  type DeliveryKey,
  type DeliveryRow,
} from './delivery-rows';
export { DeliveryTable } from './delivery.table';
export { isPublicAddress } from './public-address';
export type { NewSubscription, SubscriptionContext } from './subscription';
export type { SubscriptionRow } from './subscription-rows';
export { SubscriptionData } from './subscription-data';
export { SubscriptionTable } from './subscription.table';
export { unsubscribeTokenOf } from './unsubscribe-token';
export { SubscriptionsModule } from './subscriptions.module';
