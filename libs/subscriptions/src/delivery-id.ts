import { createHash } from 'node:crypto';

const timedUuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/;
const timeDigits = 12;
const hashDigits = 24;

/**
 * The same for every copy of an event to a subscription: it is the key of the delivery and the `webhook-id`. Events are
 * about things with UUIDv7 ids; the time in there leads, so that deliveries sort by time. One without sorts first.
 */
export function deliveryIdOf(eventId: string, subscriptionId: string): string {
  const time = timedUuid.exec(eventId)?.[0].replaceAll('-', '').slice(0, timeDigits) ?? '0'.repeat(timeDigits);
  const hash = createHash('sha256').update(`${subscriptionId}\n${eventId}`).digest('hex').slice(0, hashDigits);
  return `msg_${time}${hash}`;
}
