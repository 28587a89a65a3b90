import { randomBytes } from 'node:crypto';
import type { SubscriptionRow } from './subscription-rows';

export const newUnsubscribeSecret = (): string => randomBytes(32).toString('base64url');

/** What the mails of a subscription carry so that whoever gets them can end it; undefined where there are no mails. */
export const unsubscribeTokenOf = ({
  userId,
  id,
  unsubscribeSecret,
}: Pick<SubscriptionRow, 'userId' | 'id' | 'unsubscribeSecret'>): string | undefined =>
  unsubscribeSecret === undefined ? undefined : [userId, id, unsubscribeSecret].join('.');
