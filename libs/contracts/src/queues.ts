import { z } from 'zod';
import { StockToolEvent } from './events';

/* Bodies are not strict: a later version may send more, and what this one does not know it leaves out (docs/decisions/0029). */

const AnalysisRequested = z.object({ userId: z.uuid(), analysisId: z.uuid() });

/** Mail that the account itself asked for: no subscription decides about it. The token is the secret of the link in it. */
const AccountMail = z.object({
  kind: z.literal('account-mail'),
  id: z.string().min(1).max(200),
  template: z.enum(['verify-email', 'reset-password', 'confirm-subscription']),
  to: z.string(),
  token: z.string(),
});

/** Says that an account has been deleted; there is nothing to click. */
const GoodbyeMail = z.object({ kind: z.literal('goodbye-mail'), id: z.string().min(1).max(200), to: z.string() });

/** Another attempt at a delivery whose last one failed: the row in the subscriptions table holds everything else. */
const DeliveryDue = z.object({
  kind: z.literal('delivery-due'),
  userId: z.uuid(),
  subscriptionId: z.uuid(),
  deliveryId: z.string(),
  attempt: z.number().int().min(1).max(100),
});

/** Events arrive raw from the notifications topic, the others from our own services. */
const NotificationWork = z.union([StockToolEvent, AccountMail, GoodbyeMail, DeliveryDue]);
export type NotificationWork = z.infer<typeof NotificationWork>;
export type AccountMail = z.infer<typeof AccountMail>;
export type GoodbyeMail = z.infer<typeof GoodbyeMail>;
export type DeliveryDue = z.infer<typeof DeliveryDue>;

const MetricName = z.string().regex(/^[A-Za-z0-9./_-]{1,100}$/);

export const MetricSeries = z.object({
  name: MetricName,
  unit: z.enum(['Milliseconds', 'Count', 'Percent', 'Bytes', 'None']),
  dimensions: z.record(z.string(), z.string()),
  timestamp: z.iso.datetime(),
  values: z.array(z.number()).min(1).max(150),
  counts: z.array(z.number().positive()).min(1).max(150),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

/** One flush of one process. `batchId` lets the collector count it once. */
export const MetricBatch = z.object({
  batchId: z.uuid(),
  service: z.string(),
  series: z.array(MetricSeries).min(1).max(1000),
});
export type MetricBatch = z.infer<typeof MetricBatch>;

const DocumentUploaded = z.object({
  Records: z
    .array(
      z.object({
        eventName: z.string(),
        s3: z.object({
          bucket: z.object({ name: z.string() }),
          object: z.object({ key: z.string(), size: z.number().optional(), versionId: z.string().optional() }),
        }),
      }),
    )
    .min(1),
});

/** What S3 sends once when the notifications of a bucket are set up; it names no document. */
const BucketTested = z.object({ Service: z.string(), Event: z.literal('s3:TestEvent'), Bucket: z.string() });

/** One row per queue: the sender, the consumer and the infrastructure all read it from here. */
export const queues = {
  analysis: { body: AnalysisRequested, visibilitySeconds: 120, failuresBeforeDeadLetter: 3 },
  notifications: { body: NotificationWork, visibilitySeconds: 60, failuresBeforeDeadLetter: 3 },
  metrics: { body: MetricBatch, visibilitySeconds: 60, failuresBeforeDeadLetter: 3 },
  documents: { body: z.union([DocumentUploaded, BucketTested]), visibilitySeconds: 120, failuresBeforeDeadLetter: 3 },
} as const;

export type QueueName = keyof typeof queues;
export type QueueBody<Name extends QueueName> = z.infer<(typeof queues)[Name]['body']>;
