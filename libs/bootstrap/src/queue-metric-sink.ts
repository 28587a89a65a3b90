import type { QueueSender } from '@stocktool/aws-sqs';
import type { MetricBatch } from '@stocktool/contracts';
import { MetricSink } from '@stocktool/observability';

/** Sends batches to the metrics queue, once the application is up. */
export class QueueMetricSink extends MetricSink {
  private sender: QueueSender | undefined;

  open(sender: QueueSender): void {
    this.sender = sender;
  }

  override async send(batch: MetricBatch): Promise<void> {
    if (!this.sender) throw new Error('the queue is not open yet');
    await this.sender.send('metrics', batch);
  }
}
