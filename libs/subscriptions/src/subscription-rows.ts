import { Channel, DeliveryAttempt, type Subscription, SubscriptionStatus } from '@stocktool/contracts';
import { z } from 'zod';

/** Rows outlive code: unknown attributes are dropped, not refused. */
export const SubscriptionRow = z.object({
  userId: z.uuid(),
  id: z.uuid(),
  channel: Channel,
  target: z.string(),
  events: z.array(z.string()),
  status: SubscriptionStatus,
  createdAt: z.string(),
  /** Webhooks: the signing key. */
  secret: z.string().optional(),
  /** Set once the owner of the target has agreed; without it the subscription cannot become active. */
  confirmedAt: z.string().optional(),
  /** SHA-256 of the mailed token, and when that stops working. */
  confirmHash: z.string().optional(),
  confirmUntilEpochMs: z.number().optional(),
  /** The secret of the link in its mails that ends it; kept as it is, because every mail carries it. */
  unsubscribeSecret: z.string().optional(),
  sequence: z.number().int().default(0),
});
export type SubscriptionRow = z.infer<typeof SubscriptionRow>;

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

export const subscriptionItemId = (subscriptionId: string): string => `subscription#${subscriptionId}`;
export const deliveryItemId = (subscriptionId: string, deliveryId: string): string =>
  `delivery#${subscriptionId}#${deliveryId}`;

export const shownSubscription = ({
  id,
  channel,
  target,
  events,
  status,
  createdAt,
}: SubscriptionRow): Subscription => ({
  id,
  channel,
  target,
  events,
  status,
  createdAt,
});

/** `#name` placeholders of an expression, as the store wants them listed. */
export const attributeNames = (...expressions: readonly string[]): Record<string, string> =>
  Object.fromEntries([...expressions.join(' ').matchAll(/#(\w+)/g)].map(([alias, name]) => [alias, name ?? '']));
