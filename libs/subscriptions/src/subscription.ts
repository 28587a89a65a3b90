import type { CursorKey } from '@stocktool/aws-dynamodb';
import { Problem, type SubscriptionCreated } from '@stocktool/contracts';
import { subscriptionItemId } from './subscription-rows';

export interface NewSubscription {
  readonly subscription: SubscriptionCreated;
  /** Present when the target has to agree first: to be mailed to it, and nowhere else. */
  readonly confirmToken?: string;
}

export interface SubscriptionContext {
  /** Fixed beforehand where the work may be repeated; else a new one. */
  readonly id?: string;
  /** The account's own address, if verified: mail to it needs no confirmation. */
  readonly verifiedEmail?: string | undefined;
  readonly allowPrivateNetworks: boolean;
}

export const keyOf = (userId: string, id: string) => ({ userId, itemId: subscriptionItemId(id) });

export const notFound = (id: string) => new Problem('subscription-not-found', `There is no subscription ${id}.`);

export const isOwnKey = (key: CursorKey, userId: string): boolean =>
  Object.keys(key).length === 2 &&
  key['userId'] === userId &&
  key['itemId']?.startsWith(subscriptionItemId('')) === true;
