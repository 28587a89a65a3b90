import { Channel, type Subscription, SubscriptionStatus } from '@stocktool/contracts';
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

export const subscriptionItemId = (subscriptionId: string): string => `subscription#${subscriptionId}`;

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

/** An update that sets these attributes of a row that is there, under a further condition where one is given. */
export function setting(set: Readonly<Record<string, unknown>>, further?: string) {
  const update = `SET ${Object.keys(set)
    .map((name) => `#${name} = :${name}`)
    .join(', ')}`;
  const condition = ['attribute_exists(#itemId)', ...(further === undefined ? [] : [further])].join(' AND ');
  return {
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: attributeNames(update, condition),
    ExpressionAttributeValues: Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
  };
}
