import { alarms } from './alarms';
import { buckets } from './buckets';
import { dashboardBody, dashboardName } from './dashboard';
import { metricNamespace, metrics } from './metrics';
import { deadLetterRetentionSeconds, queues } from './queues';
import { functions, logGroupOf, logRetentionDays, schedules, secrets, services } from './services';
import { stopping } from './stopping';
import { tables } from './tables';
import { eventTopics, subscriptions, topics } from './topics';

export { accessPatterns, isDeclared, type AccessPattern } from './access-patterns';
export type { AlarmSpec } from './alarms';
export { bucketName, type BucketId, type BucketSpec, type LifecycleRule } from './buckets';
export { erasedUserKeptDays, erasedUserKey, formerErasedUserKey } from './erased-users';
export type { MetricName } from './metrics';
export { may, outside, type Grant, type PrincipalId } from './privileges';
export type { QueueSpec } from './queues';
export { secretKeptSeconds, type SecretId, type SecretSpec, type ServiceId, type ServiceSpec } from './services';
export { stopTimeoutSeconds } from './stopping';
export type { TableId, TableIndex, TableSpec } from './tables';
export type { SubscriptionSpec, TopicId } from './topics';

/** Every AWS resource of the system, declared once: provisioner, stack, services and documents read it from here. */
export const topology = {
  region: 'us-east-1',
  tables,
  buckets,
  queues,
  deadLetterRetentionSeconds,
  topics,
  subscriptions,
  eventTopics,
  secrets,
  services,
  functions,
  schedules,
  stopping,
  metricNamespace,
  metrics,
  alarms,
  dashboard: { name: dashboardName, body: dashboardBody },
  logRetentionDays,
  logGroupOf,
} as const;
