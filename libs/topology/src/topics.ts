import type { EventType, QueueName } from '@stocktool/contracts';

export interface SubscriptionSpec {
  readonly topic: TopicId;
  readonly queue: QueueName;
  readonly rawMessageDelivery: boolean;
  /** SNS filter policy over message attributes; empty takes everything. */
  readonly filterPolicy: Readonly<Record<string, readonly string[]>>;
}

export const topics = {
  notifications: { name: 'stocktool-notifications' },
  documents: { name: 'stocktool-documents' },
  alarmsCritical: { name: 'stocktool-alarms-critical' },
  alarmsWarning: { name: 'stocktool-alarms-warning' },
} as const;

export type TopicId = keyof typeof topics;

/** The topic that each event of the catalogue is published to: leaving one out does not compile. */
export const eventTopics: Readonly<Record<EventType, TopicId>> = {
  'analysis.completed': 'notifications',
  'analysis.failed': 'notifications',
  'document.ready': 'notifications',
  'document.failed': 'notifications',
  'price.alert': 'notifications',
  'market.updated': 'notifications',
  'alarm.raised': 'notifications',
  'alarm.cleared': 'notifications',
  'summary.daily': 'notifications',
};

/** Events that belong to one user; the others are for operators and native subscribers. */
const userEvents: readonly EventType[] = [
  'analysis.completed',
  'analysis.failed',
  'document.ready',
  'document.failed',
  'price.alert',
];

export const subscriptions: readonly SubscriptionSpec[] = [
  { topic: 'notifications', queue: 'notifications', rawMessageDelivery: true, filterPolicy: { type: userEvents } },
  { topic: 'documents', queue: 'documents', rawMessageDelivery: true, filterPolicy: {} },
];
