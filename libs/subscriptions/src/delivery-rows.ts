import type { CursorKey } from '@stocktool/aws-dynamodb';
import { type Clock, DeliveryAttempt, type Delivery, type DeliveryDue } from '@stocktool/contracts';
import { z } from 'zod';
import { deliveryIdOf } from './delivery-id';
import type { SubscriptionRow } from './subscription-rows';

const keptSeconds = 30 * 86_400;

export const DeliveryRow = z.object({
  userId: z.uuid(),
  id: z.string(),
  subscriptionId: z.uuid(),
  eventId: z.string(),
  eventType: z.string(),
  /** JSON text of what the channel shows: `{type, timestamp, data}`. */
  event: z.string(),
  status: z.enum(['pending', 'delivered', 'failed']),
  createdAt: z.string(),
  nextAttemptAt: z.string().nullable(),
  /** Finished attempts, of which the last ones are in `attempts`. */
  attemptCount: z.number().int(),
  attempts: z.array(DeliveryAttempt),
  sequence: z.number().int().optional(),
  leaseUntilEpochMs: z.number().optional(),
  /** Its receiver had enough to do: a message that comes back then is on its way. */
  busyUntilEpochMs: z.number().optional(),
  /** Claims since the last finished attempt: more than one means that an attempt was cut off, outcome unknown. */
  claims: z.number().int().default(0),
  ttl: z.number(),
});
export type DeliveryRow = z.infer<typeof DeliveryRow>;

export const deliveryItemId = (subscriptionId: string, deliveryId: string): string =>
  `delivery#${subscriptionId}#${deliveryId}`;

/** What a channel shows of an event. */
export interface DeliverableEvent {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface DeliveryKey {
  readonly userId: string;
  readonly subscriptionId: string;
  readonly id: string;
}

/** How an attempt ended: `retryAt` undefined with a failed attempt means that it was the last. */
export interface AttemptEnd {
  readonly attempt: DeliveryAttempt;
  readonly retryAt?: Date | undefined;
}

export const itemKeyOf = ({ userId, subscriptionId, id }: DeliveryKey) => ({
  userId,
  itemId: deliveryItemId(subscriptionId, id),
});

/** Whether it is the key of a delivery of this subscription. */
export const isKeyOf = (key: CursorKey, userId: string, subscriptionId: string): boolean =>
  Object.keys(key).length === 2 &&
  key['userId'] === userId &&
  key['itemId']?.startsWith(deliveryItemId(subscriptionId, '')) === true;

/** A delivery whose first attempt is due. */
export function newDelivery(
  { userId, id: subscriptionId }: Pick<SubscriptionRow, 'userId' | 'id'>,
  { id: eventId, type: eventType, time, data }: DeliverableEvent,
  clock: Clock,
): DeliveryRow {
  const now = clock.now().toISOString();
  return {
    userId,
    id: deliveryIdOf(eventId, subscriptionId),
    subscriptionId,
    eventId,
    eventType,
    event: JSON.stringify({ type: eventType, timestamp: time, data }),
    status: 'pending',
    createdAt: now,
    nextAttemptAt: now,
    attemptCount: 0,
    attempts: [],
    claims: 0,
    ttl: clock.epochSeconds() + keptSeconds,
  };
}

/** The message that makes the notifier attempt this delivery; of several copies one has an effect. */
export const dueMessage = (row: DeliveryRow): DeliveryDue => ({
  kind: 'delivery-due',
  userId: row.userId,
  subscriptionId: row.subscriptionId,
  deliveryId: row.id,
  attempt: row.attemptCount + 1,
});

export const shownDelivery = ({
  id,
  eventId,
  eventType,
  status,
  createdAt,
  nextAttemptAt,
  attempts,
}: DeliveryRow): Delivery => ({
  id,
  eventId,
  eventType,
  status,
  createdAt,
  nextAttemptAt: status === 'pending' ? nextAttemptAt : null,
  attempts,
});
