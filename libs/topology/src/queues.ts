import { queues as catalogue, type QueueName } from '@stocktool/contracts';

export interface QueueSpec {
  readonly name: string;
  readonly deadLetterName: string;
  readonly visibilitySeconds: number;
  /** Backstop for crashes only; the consumer dead-letters after the catalogue's number of counted failures. */
  readonly maxReceiveCount: number;
  readonly receiveWaitSeconds: number;
  readonly retentionSeconds: number;
}

const daySeconds = 86_400;

const queue = (id: QueueName): QueueSpec => ({
  name: `stocktool-${id}-queue`,
  deadLetterName: `stocktool-${id}-queue-dlq`,
  visibilitySeconds: catalogue[id].visibilitySeconds,
  maxReceiveCount: 10,
  receiveWaitSeconds: 20,
  retentionSeconds: 4 * daySeconds,
});

/** One row for each queue of the contracts' catalogue: leaving one out does not compile. */
export const queues: Readonly<Record<QueueName, QueueSpec>> = {
  analysis: queue('analysis'),
  notifications: queue('notifications'),
  metrics: queue('metrics'),
  documents: queue('documents'),
};

/** Dead letters are kept as long as SQS allows. */
export const deadLetterRetentionSeconds = 14 * daySeconds;
