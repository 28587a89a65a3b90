import { describeKept } from '@stocktool/testing';
import { DeliveryRow } from './delivery-rows';
import { SubscriptionRow } from './subscription-rows';

describeKept('rows/subscriptions/subscription', SubscriptionRow);
describeKept('rows/subscriptions/delivery', DeliveryRow);
