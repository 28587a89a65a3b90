import { Logger } from '@nestjs/common';
import {
  ConditionFailed,
  type CursorKey,
  decodeCursor,
  Dynamo,
  encodeCursor,
  type Item,
  type QueryPage,
} from '@stocktool/aws-dynamodb';
import { Clock, type Delivery, type DeliveryDue, type Page, type PageQuery, Problem } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import {
  deliveryItemId,
  DeliveryRow,
  dueMessage,
  isKeyOf,
  itemKeyOf,
  newDelivery,
  shownDelivery,
  type AttemptEnd,
  type DeliverableEvent,
  type DeliveryKey,
} from './delivery-rows';
import { attributeNames, type SubscriptionRow } from './subscription-rows';

const keptAttempts = 20;
const sweepAfterMs = 60_000;
/** A message is on its way for short waits: the sweep comes behind it. */
const sweepGraceMs = 30_000;
const deletedPerPage = 100;
const unreadableAgainAfterMs = 6 * 3_600_000;

/**
 * One row per event and subscription, whatever number of copies arrive: made by a conditional put, attempted under a lease,
 * settled by its holder. While it is pending it is in the due index, so that what a crash or a lost message left is swept.
 */
export class DeliveryTable {
  private readonly logger = new Logger(DeliveryTable.name);

  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tableName: string = topology.tables.subscriptions.name,
  ) {}

  /** The delivery of this event to this subscription: made now, or the one that was made before. */
  async create(subscription: Pick<SubscriptionRow, 'userId' | 'id'>, event: DeliverableEvent): Promise<DeliveryRow> {
    const row = newDelivery(subscription, event, this.clock);
    try {
      await this.dynamo.put({
        TableName: this.tableName,
        Item: { itemId: deliveryItemId(row.subscriptionId, row.id), ...row, ...this.dueAt(sweepAfterMs) },
        ConditionExpression: 'attribute_not_exists(itemId)',
      });
      return row;
    } catch (error) {
      if (error instanceof ConditionFailed && error.item) return DeliveryRow.parse(error.item);
      throw error;
    }
  }

  /** A delivery that shows the receiver what one looks like; the caller sends the returned message. */
  async createTest(subscription: Pick<SubscriptionRow, 'userId' | 'id'>): Promise<DeliveryDue> {
    const row = await this.create(subscription, {
      id: `${uuidv7({ msecs: this.clock.epochMs() })}:test`,
      type: 'subscription.test',
      time: this.later(0),
      data: { userId: subscription.userId, subscriptionId: subscription.id },
    });
    return dueMessage(row);
  }

  /**
   * The right to make the next attempt, or undefined: it is settled, another attempt than the expected one is next, or somebody
   * else is at it.
   */
  claim(key: DeliveryKey, attempt: number, leaseSeconds: number): Promise<DeliveryRow | undefined> {
    const nowEpochMs = this.clock.epochMs();
    const leaseMs = leaseSeconds * 1000;
    return this.update(
      key,
      'SET #leaseUntilEpochMs = :lease, #claims = #claims + :one, #dueKind = :retry, #dueAt = :dueAt',
      '#status = :pending AND #attemptCount = :made AND (attribute_not_exists(#leaseUntilEpochMs) OR #leaseUntilEpochMs <= :now)',
      {
        ':lease': nowEpochMs + leaseMs,
        ':one': 1,
        ':retry': 'retry',
        ':dueAt': this.later(leaseMs),
        ':pending': 'pending',
        ':made': attempt - 1,
        ':now': nowEpochMs,
      },
    );
  }

  /**
   * Its receiver is busy: the attempt is put off. Given to one caller at a time, who sends the returned message to arrive then;
   * so there is one message on its way for each delivery, however many arrive. Undefined when the attempt is not next any more.
   */
  async postpone(key: DeliveryKey, attempt: number, delaySeconds: number): Promise<DeliveryDue | undefined> {
    const nowEpochMs = this.clock.epochMs();
    const delayMs = delaySeconds * 1000;
    const row = await this.update(
      key,
      'SET #busyUntilEpochMs = :until, #dueKind = :retry, #dueAt = :dueAt',
      '#status = :pending AND #attemptCount = :made AND (attribute_not_exists(#leaseUntilEpochMs) OR #leaseUntilEpochMs <= :now) ' +
        'AND (attribute_not_exists(#busyUntilEpochMs) OR #busyUntilEpochMs <= :now)',
      {
        ':until': nowEpochMs + delayMs,
        ':retry': 'retry',
        ':dueAt': this.later(delayMs + sweepGraceMs),
        ':pending': 'pending',
        ':made': attempt - 1,
        ':now': nowEpochMs,
      },
    );
    return row && dueMessage(row);
  }

  /** Keeps the number that this delivery has in its subscription; the first one given stays. */
  async number(claimed: DeliveryRow, sequence: number): Promise<DeliveryRow> {
    const row = await this.update(
      claimed,
      'SET #sequence = if_not_exists(#sequence, :sequence)',
      'attribute_exists(#itemId)',
      { ':sequence': sequence },
    );
    return row ?? claimed;
  }

  /** Records the attempt and what comes next. False when the lease ran out meanwhile and somebody else holds the delivery. */
  async settle(claimed: DeliveryRow, { attempt, retryAt }: AttemptEnd): Promise<boolean> {
    const attempts = [...claimed.attempts, attempt].slice(-keptAttempts);
    const status = attempt.ok ? 'delivered' : retryAt ? 'pending' : 'failed';
    const row = await this.update(
      claimed,
      `SET #status = :status, #attempts = :attempts, #attemptCount = #attemptCount + :one, #claims = :zero, ` +
        `#nextAttemptAt = :next${retryAt ? ', #dueKind = :retry, #dueAt = :dueAt' : ''} ` +
        `REMOVE #leaseUntilEpochMs, #busyUntilEpochMs${retryAt ? '' : ', #dueKind, #dueAt'}`,
      '#leaseUntilEpochMs = :lease',
      {
        ':status': status,
        ':attempts': attempts,
        ':one': 1,
        ':zero': 0,
        ':next': retryAt ? retryAt.toISOString() : null,
        ':lease': claimed.leaseUntilEpochMs,
        ...(retryAt && { ':retry': 'retry', ':dueAt': new Date(retryAt.getTime() + sweepGraceMs).toISOString() }),
      },
    );
    return row !== undefined;
  }

  /** One page of pending deliveries whose time has come; each is given to one sweeper only, which sends the message. */
  async due(limit: number): Promise<DeliveryDue[]> {
    const { items } = await this.dynamo.query({
      TableName: this.tableName,
      IndexName: 'due-index',
      KeyConditionExpression: 'dueKind = :retry AND dueAt <= :now',
      ExpressionAttributeValues: { ':retry': 'retry', ':now': this.later(0) },
      Limit: limit,
    });
    const claims = items.map(async (item) => {
      const row = DeliveryRow.safeParse(item);
      if (!row.success) return this.putAside(item, row.error);
      const moved = await this.update(row.data, 'SET #dueAt = :next', '#dueAt = :seen AND #status = :pending', {
        ':next': this.later(sweepAfterMs),
        ':seen': item['dueAt'],
        ':pending': 'pending',
      });
      return moved ? [dueMessage(moved)] : [];
    });
    return (await Promise.all(claims)).flat();
  }

  /** Another attempt now, whatever has been; the caller sends the returned message. */
  async retry(userId: string, subscriptionId: string, id: string): Promise<DeliveryDue> {
    const row = await this.update(
      { userId, subscriptionId, id },
      'SET #status = :pending, #nextAttemptAt = :now, #dueKind = :retry, #dueAt = :dueAt',
      'attribute_exists(#itemId) AND #ttl > :nowSeconds',
      {
        ':pending': 'pending',
        ':now': this.later(0),
        ':retry': 'retry',
        ':dueAt': this.later(sweepAfterMs),
        ':nowSeconds': this.clock.epochSeconds(),
      },
    );
    if (!row) throw new Problem('delivery-not-found', `There is no delivery ${id}.`);
    return dueMessage(row);
  }

  async get(key: DeliveryKey): Promise<Delivery> {
    const Key = itemKeyOf(key);
    const item = await this.dynamo.get({ TableName: this.tableName, Key, ConsistentRead: true });
    const row = item && DeliveryRow.parse(item);
    if (!row || this.isExpired(row)) throw new Problem('delivery-not-found', `There is no delivery ${key.id}.`);
    return shownDelivery(row);
  }

  /** Newest first. */
  async list(userId: string, subscriptionId: string, { limit, cursor }: PageQuery): Promise<Page<Delivery>> {
    const isOwnKey = (key: CursorKey) => isKeyOf(key, userId, subscriptionId);
    const { items, lastKey } = await this.dynamo.query({
      ...this.ofSubscription(userId, subscriptionId),
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && { ExclusiveStartKey: decodeCursor(cursor, isOwnKey) }),
    });
    const rows = items.map((item) => DeliveryRow.parse(item)).filter((row) => !this.isExpired(row));
    return { items: rows.map(shownDelivery), nextCursor: encodeCursor(lastKey) };
  }

  /** Its subscription is gone: nothing is owed any more. */
  async remove(key: DeliveryKey): Promise<void> {
    await this.dynamo.delete({ TableName: this.tableName, Key: itemKeyOf(key) });
  }

  /** All deliveries of a subscription that is being deleted. */
  async deleteOf(userId: string, subscriptionId: string): Promise<void> {
    let from: QueryPage['lastKey'];
    do {
      const { items, lastKey } = await this.dynamo.query({
        ...this.ofSubscription(userId, subscriptionId),
        ProjectionExpression: 'userId, itemId',
        Limit: deletedPerPage,
        ...(from && { ExclusiveStartKey: from }),
      });
      if (items.length > 0)
        await this.dynamo.batchWrite(this.tableName, { delete: items.map(({ itemId }) => ({ userId, itemId })) });
      from = lastKey;
    } while (from);
  }

  /** A row that this version cannot read stops nobody else: it comes again, when a later version may be able to. */
  private async putAside({ userId, itemId, dueAt }: Item, error: Error): Promise<never[]> {
    this.logger.error({ err: error, itemId, msg: 'a delivery cannot be read' });
    try {
      await this.dynamo.update({
        TableName: this.tableName,
        Key: { userId, itemId },
        UpdateExpression: 'SET dueAt = :next',
        ConditionExpression: 'dueAt = :seen',
        ExpressionAttributeValues: { ':next': this.later(unreadableAgainAfterMs), ':seen': dueAt },
      });
    } catch (failure) {
      if (!(failure instanceof ConditionFailed)) throw failure; // another sweeper has put it aside
    }
    return [];
  }

  /** Undefined when the condition refused. */
  private async update(
    key: DeliveryKey,
    update: string,
    condition: string,
    values: Readonly<Record<string, unknown>>,
  ): Promise<DeliveryRow | undefined> {
    try {
      const item = await this.dynamo.update({
        TableName: this.tableName,
        Key: itemKeyOf(key),
        UpdateExpression: update,
        ConditionExpression: condition,
        ExpressionAttributeNames: attributeNames(update, condition),
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
        ownWrite: true, // an attempt that was recorded must not look like one that was not
      });
      return DeliveryRow.parse(item);
    } catch (error) {
      if (error instanceof ConditionFailed) return undefined;
      throw error;
    }
  }

  private ofSubscription(userId: string, subscriptionId: string) {
    return {
      TableName: this.tableName,
      KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
      ExpressionAttributeValues: { ':userId': userId, ':prefix': deliveryItemId(subscriptionId, '') },
    };
  }

  private dueAt(inMs: number) {
    return { dueKind: 'retry', dueAt: this.later(inMs) };
  }

  private isExpired(row: DeliveryRow): boolean {
    return row.ttl <= this.clock.epochSeconds();
  }

  private later(milliseconds: number): string {
    return new Date(this.clock.epochMs() + milliseconds).toISOString();
  }
}
