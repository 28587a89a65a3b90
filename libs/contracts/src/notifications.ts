import { z } from 'zod';
import { eventTypes } from './events';

export const Channel = z.enum(['email', 'webhook', 'sqs', 'slack', 'pagerduty']);
export type Channel = z.infer<typeof Channel>;

const families = [...new Set(eventTypes.map((type) => `${type.split('.')[0] ?? ''}.*`))];

/** An event type, or a family such as `analysis.*`. */
export const EventFilter = z.string().refine((filter) => [...eventTypes, ...families].includes(filter), {
  error: `not an event: one of ${[...eventTypes, ...families].join(', ')}`,
});

/** Whether a filter such as `analysis.*` or `analysis.completed` takes an event of this type. */
export const filterTakes = (filter: string, type: string): boolean =>
  filter.endsWith('.*') ? type.startsWith(filter.slice(0, -1)) : filter === type;

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:00');

const Terms = {
  events: z.array(EventFilter).min(1).max(20),
  quietHours: z.strictObject({ start: TimeOfDay, end: TimeOfDay, timeZone: z.string().min(1).max(64) }).optional(),
  digest: z.enum(['hourly', 'daily']).optional(),
};

export const SubscriptionRequest = z
  .strictObject({ channel: Channel, target: z.string().trim().min(3).max(2048), ...Terms })
  .meta({
    id: 'SubscriptionRequest',
    example: { channel: 'webhook', target: 'https://example.com/hooks/stocktool', events: ['analysis.*'] },
  });
export type SubscriptionRequest = z.infer<typeof SubscriptionRequest>;

export const SubscriptionPatch = z
  .strictObject({ ...Terms, events: Terms.events.optional(), status: z.enum(['active', 'disabled']).optional() })
  .meta({ id: 'SubscriptionPatch' });
export type SubscriptionPatch = z.infer<typeof SubscriptionPatch>;

export const SubscriptionStatus = z.enum(['pending', 'active', 'disabled']);

export const Subscription = z
  .object({
    id: z.uuid(),
    channel: Channel,
    target: z.string(),
    ...Terms,
    status: SubscriptionStatus,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Subscription' });
export type Subscription = z.infer<typeof Subscription>;

export const SubscriptionCreated = Subscription.extend({
  secret: z.string().optional().describe('Webhooks: the signing key, shown once.'),
}).meta({ id: 'SubscriptionCreated' });
export type SubscriptionCreated = z.infer<typeof SubscriptionCreated>;

export const DeliveryAttempt = z.object({
  at: z.iso.datetime(),
  ok: z.boolean(),
  responseCode: z.number().int().min(0).max(999).nullable(),
  error: z.string().nullable(),
  durationMs: z.number(),
});
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;

export const Delivery = z
  .object({
    id: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    createdAt: z.iso.datetime(),
    nextAttemptAt: z.iso.datetime().nullable(),
    attempts: z.array(DeliveryAttempt),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;
