import type { QueueSender } from '@stocktool/aws-sqs';
import type { MetricBatch } from '@stocktool/contracts';
import { MetricSink } from '@stocktool/observability';

/** Sends batches to the metrics queue. */
export class QueueMetricSink extends MetricSink {
  constructor(private readonly sender: () => QueueSender) {
    super();
  }

  override send(batch: MetricBatch): Promise<void> {
    return this.sender().send('metrics', batch);
  }
}
