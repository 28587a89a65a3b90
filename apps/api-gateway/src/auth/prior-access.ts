import { Injectable } from '@nestjs/common';
import { DeliveryTable, SubscriptionTable } from '@stocktool/subscriptions';
import { ApiKeyCheck } from '../api-keys/api-key-check';
import { ApiKeyTable } from '../api-keys/api-key.table';
import { EndSession } from '../sessions/refresh-session';

/**
 * What whoever used an account before may have left in it. The owner of an address can come after somebody who registered
 * it: nothing of the earlier one may gain from the owner's proof.
 */
@Injectable()
export class PriorAccess {
  constructor(
    private readonly keys: ApiKeyTable,
    private readonly keyCheck: ApiKeyCheck,
    private readonly sessions: EndSession,
    private readonly subscriptions: SubscriptionTable,
    private readonly deliveries: DeliveryTable,
  ) {}

  async revokeKeys(userId: string): Promise<void> {
    await this.keys.revokeAll(userId);
    this.keyCheck.forgetAll(userId);
  }

  async endSessionsAndKeys(userId: string): Promise<void> {
    await Promise.all([this.sessions.revokeAll(userId), this.revokeKeys(userId)]);
  }

  /** Row by row: a user has 50 at most. */
  async removeSubscriptions(userId: string): Promise<void> {
    for (const id of await this.subscriptions.deleteAll(userId)) await this.deliveries.deleteOf(userId, id);
  }
}
