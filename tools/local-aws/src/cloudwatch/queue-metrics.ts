import type { Queues } from '../sqs/queues';
import type { MetricStore } from './metric-store';

const minuteMs = 60_000;

/** What SQS itself reports to CloudWatch: one sample of each queue a minute. */
export function sampleQueues(queues: Queues, store: MetricStore, now = Date.now()): void {
  const at = Math.floor(now / minuteMs) * minuteMs;
  for (const queue of queues.list()) {
    const { visible, inFlight, delayed } = queue.counts;
    const { oldestSentAt } = queue;
    const age = oldestSentAt === undefined ? 0 : Math.max(0, Math.floor((now - oldestSentAt) / 1000));
    const gauge = (MetricName: string, unit: string, value: number): void =>
      store.setGauge(
        { Namespace: 'AWS/SQS', MetricName, Dimensions: [{ Name: 'QueueName', Value: queue.name }] },
        at,
        unit,
        value,
      );
    gauge('ApproximateNumberOfMessagesVisible', 'Count', visible);
    gauge('ApproximateNumberOfMessagesNotVisible', 'Count', inFlight);
    gauge('ApproximateNumberOfMessagesDelayed', 'Count', delayed);
    gauge('ApproximateAgeOfOldestMessage', 'Seconds', age);
  }
}
