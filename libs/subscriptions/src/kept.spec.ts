import { describeKept } from '@stocktool/testing';
import { DeliveryRow, SubscriptionRow } from './subscription-rows';

describeKept('rows/subscriptions/subscription', SubscriptionRow);
describeKept('rows/subscriptions/delivery', DeliveryRow);
