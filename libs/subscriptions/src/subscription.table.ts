import { randomBytes } from 'node:crypto';
import { ConditionFailed, decodeCursor, Dynamo, encodeCursor, type QueryPage } from '@stocktool/aws-dynamodb';
import {
  Clock,
  filterTakes,
  type Page,
  type PageQuery,
  Problem,
  type Subscription,
  type SubscriptionPatch,
  type SubscriptionRequest,
} from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { isOwnKey, keyOf, notFound, type NewSubscription, type SubscriptionContext } from './subscription';
import { badToken, makeConfirmToken, readConfirmToken, sameHash } from './confirm-token';
import { ReadableRows, type RowCounter } from './readable-rows';
import { attributeNames, setting, shownSubscription, subscriptionItemId, SubscriptionRow } from './subscription-rows';
import { acceptedTarget } from './target';
import { newUnsubscribeSecret } from './unsubscribe-token';

const mostPerUser = 50;
const confirmWithinMs = 24 * 3600 * 1000;
const secretBytes = 32;

/** Who wants to hear of what, and where. A user's rows share the partition of that user. */
export class SubscriptionTable {
  private readonly readable: ReadableRows;

  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tableName: string = topology.tables.subscriptions.name,
    metrics?: RowCounter,
  ) {
    this.readable = new ReadableRows(metrics);
  }

  /**
   * Problem `target-refused`, or `limit-reached` with 50 there already. A webhook's secret is in the answer and never again.
   * Made before under the same id (by an attempt that a crash cut off), it is that one, with a new token to confirm it.
   */
  async create(userId: string, request: SubscriptionRequest, context: SubscriptionContext): Promise<NewSubscription> {
    const target = acceptedTarget(request, context.allowPrivateNetworks);
    const id = context.id ?? uuidv7();
    const createdAt = this.clock.now().toISOString();
    const confirmed = request.channel !== 'email' || target === context.verifiedEmail?.toLowerCase();
    const confirm = confirmed ? undefined : this.confirmation(userId, id);
    const made = await this.putOnce({
      userId,
      id,
      channel: request.channel,
      target,
      events: request.events,
      status: confirmed ? 'active' : 'pending',
      createdAt,
      sequence: 0,
      ...(request.channel === 'webhook' && { secret: `whsec_${randomBytes(secretBytes).toString('base64')}` }),
      ...(request.channel === 'email' && { unsubscribeSecret: newUnsubscribeSecret() }),
      ...(confirm ? confirm.stored : { confirmedAt: createdAt }),
    });
    await this.refuseBeyondLimit(userId, id);
    const token = made.confirmHash === confirm?.stored.confirmHash ? confirm?.token : await this.askAgain(made);
    const { secret } = made;
    return {
      subscription: { ...shownSubscription(made), ...(secret !== undefined && { secret }) },
      ...(token !== undefined && { confirmToken: token }),
    };
  }

  /** The row as it is in the table: this one, or the one that was there. */
  private async putOnce(row: SubscriptionRow): Promise<SubscriptionRow> {
    try {
      await this.dynamo.put({
        TableName: this.tableName,
        Item: { itemId: subscriptionItemId(row.id), ...row },
        ConditionExpression: 'attribute_not_exists(itemId)',
      });
      return row;
    } catch (error) {
      if (error instanceof ConditionFailed && error.item) return SubscriptionRow.parse(error.item);
      throw error;
    }
  }

  /** A new token for one that waits: of the earlier one nobody knows whether it was mailed. */
  private async askAgain({ userId, id, confirmedAt }: SubscriptionRow): Promise<string | undefined> {
    if (confirmedAt !== undefined) return undefined;
    const { token, stored } = this.confirmation(userId, id);
    const asked = await this.change(userId, id, stored, 'attribute_not_exists(#confirmedAt)');
    return asked && token;
  }

  private confirmation(userId: string, id: string) {
    const { token, hash } = makeConfirmToken(userId, id);
    return { token, stored: { confirmHash: hash, confirmUntilEpochMs: this.clock.epochMs() + confirmWithinMs } };
  }

  async get(userId: string, id: string): Promise<Subscription> {
    return shownSubscription(await this.row(userId, id));
  }

  /** With the secret: for the one who delivers. */
  async row(userId: string, id: string): Promise<SubscriptionRow> {
    const item = await this.dynamo.get({ TableName: this.tableName, Key: keyOf(userId, id), ConsistentRead: true });
    if (!item) throw notFound(id);
    return SubscriptionRow.parse(item);
  }

  /** Newest first. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<Subscription>> {
    const { items, lastKey } = await this.dynamo.query({
      ...this.ofUser(userId),
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && { ExclusiveStartKey: decodeCursor(cursor, (key) => isOwnKey(key, userId)) }),
    });
    return {
      items: this.readable.of(items).map(shownSubscription),
      nextCursor: encodeCursor(lastKey),
    };
  }

  /** The active subscriptions that take events of this type: all are read, a user has 50 at most. */
  async taking(userId: string, eventType: string): Promise<SubscriptionRow[]> {
    const { items } = await this.dynamo.query({ ...this.ofUser(userId), Limit: mostPerUser * 2 });
    return this.readable
      .of(items)
      .filter(({ status, events }) => status === 'active' && events.some((filter) => filterTakes(filter, eventType)));
  }

  /** Problem `target-refused` when a target that has not agreed is to be made active. */
  async patch(userId: string, id: string, patch: SubscriptionPatch): Promise<Subscription> {
    if (patch.digest !== undefined || patch.quietHours !== undefined)
      throw new Problem('not-built', 'Digests and quiet hours are not available yet.');
    const set: Record<string, unknown> = {
      ...(patch.events && { events: patch.events }),
      ...(patch.status && { status: patch.status }),
    };
    if (Object.keys(set).length === 0) return this.get(userId, id);
    const activates = patch.status === 'active';
    const row = await this.change(userId, id, set, activates ? 'attribute_exists(#confirmedAt)' : undefined);
    if (!row) throw new Problem('target-refused', 'The address has not been confirmed yet.');
    return shownSubscription(row);
  }

  /** What its receiver has declared gone (HTTP 410). A subscription that no longer exists is disabled enough. */
  async disable(userId: string, id: string): Promise<void> {
    try {
      await this.change(userId, id, { status: 'disabled' });
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'subscription-not-found')) throw error;
    }
  }

  /** By the mailed token, within 24 hours. Repeating it is harmless; anything else is Problem `bad-token`. */
  async confirm(token: string): Promise<Subscription> {
    const { userId, subscriptionId, hash } = readConfirmToken(token);
    const item = await this.dynamo.get({
      TableName: this.tableName,
      Key: keyOf(userId, subscriptionId),
      ConsistentRead: true,
    });
    const row = item && SubscriptionRow.parse(item);
    if (!row?.confirmHash || !sameHash(row.confirmHash, hash)) throw badToken();
    if (row.confirmedAt !== undefined) return shownSubscription(row);
    if (this.clock.epochMs() > (row.confirmUntilEpochMs ?? 0)) throw badToken();
    const status = row.status === 'pending' ? 'active' : row.status;
    const confirmed = await this.change(userId, subscriptionId, {
      status,
      confirmedAt: this.clock.now().toISOString(),
    });
    if (!confirmed) throw badToken();
    return shownSubscription(confirmed);
  }

  /**
   * By the token in its mails: nothing more is sent, and its user cannot make it active again. Repeating it is harmless, and
   * so is ending what has been deleted; anything else is Problem `bad-token`.
   */
  async unsubscribe(token: string): Promise<void> {
    const { userId, subscriptionId, secret } = readConfirmToken(token);
    const Key = keyOf(userId, subscriptionId);
    const item = await this.dynamo.get({ TableName: this.tableName, Key, ConsistentRead: true });
    if (!item) return;
    const { unsubscribeSecret } = SubscriptionRow.parse(item);
    if (unsubscribeSecret === undefined || !sameHash(unsubscribeSecret, secret)) throw badToken();
    try {
      await this.dynamo.update({
        TableName: this.tableName,
        Key,
        UpdateExpression: 'SET #status = :disabled REMOVE confirmedAt, confirmHash, confirmUntilEpochMs',
        ConditionExpression: 'attribute_exists(itemId)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':disabled': 'disabled' },
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error; // deleted meanwhile
    }
  }

  /** The next number of this subscription's deliveries, from 1. */
  async nextSequence(userId: string, id: string): Promise<number> {
    const update = 'SET #sequence = #sequence + :one';
    const condition = 'attribute_exists(#itemId)';
    try {
      const item = await this.dynamo.update({
        TableName: this.tableName,
        Key: keyOf(userId, id),
        UpdateExpression: update,
        ConditionExpression: condition,
        ExpressionAttributeNames: attributeNames(update, condition),
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'ALL_NEW',
      });
      return SubscriptionRow.parse(item).sequence;
    } catch (error) {
      throw error instanceof ConditionFailed ? notFound(id) : error;
    }
  }

  /** Problem `subscription-not-found` when there is none. Its deliveries go by `DeliveryTable.deleteOf`. */
  async delete(userId: string, id: string): Promise<void> {
    try {
      await this.dynamo.delete({
        TableName: this.tableName,
        Key: keyOf(userId, id),
        ConditionExpression: 'attribute_exists(itemId)',
      });
    } catch (error) {
      throw error instanceof ConditionFailed ? notFound(id) : error;
    }
  }

  /** The ids of what was deleted: the deliveries of each are still to go. */
  async deleteAll(userId: string): Promise<string[]> {
    const ids: string[] = [];
    let from: QueryPage['lastKey'];
    do {
      const { items, lastKey } = await this.dynamo.query({
        ...this.ofUser(userId),
        Limit: mostPerUser,
        ...(from && { ExclusiveStartKey: from }),
      });
      const found = items.map(({ itemId }) => String(itemId).slice(subscriptionItemId('').length));
      await this.dynamo.batchWrite(this.tableName, { delete: found.map((id) => keyOf(userId, id)) });
      ids.push(...found);
      from = lastKey;
    } while (from);
    return ids;
  }

  /** Counted after the write: of several that arrive together, never more than the limit stay. */
  private async refuseBeyondLimit(userId: string, id: string): Promise<void> {
    const { items } = await this.dynamo.query({ ...this.ofUser(userId), Limit: mostPerUser + 1 });
    if (items.length <= mostPerUser) return;
    await this.delete(userId, id);
    throw new Problem('limit-reached', `A user has at most ${mostPerUser} subscriptions.`);
  }

  /** Undefined when the further condition refused; Problem when there is no such subscription. */
  private async change(
    userId: string,
    id: string,
    set: Readonly<Record<string, unknown>>,
    further?: string,
  ): Promise<SubscriptionRow | undefined> {
    try {
      const item = await this.dynamo.update({
        TableName: this.tableName,
        Key: keyOf(userId, id),
        ...setting(set, further),
        ReturnValues: 'ALL_NEW',
      });
      return SubscriptionRow.parse(item);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      if (!error.item) throw notFound(id);
      return undefined;
    }
  }

  private ofUser(userId: string) {
    return {
      TableName: this.tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
      ExpressionAttributeValues: { ':userId': userId, ':prefix': subscriptionItemId('') },
    };
  }
}
