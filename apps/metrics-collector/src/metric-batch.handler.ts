import { Injectable } from '@nestjs/common';
import { CloudWatch } from '@stocktool/aws-cloudwatch';
import { ClaimLedger, QueueHandler } from '@stocktool/aws-sqs';
import type { MetricBatch } from '@stocktool/contracts';

/** Longer than the queue keeps a message, so that no redelivery can come after it. */
const claimSeconds = 5 * 86_400;

/** Writes each batch to CloudWatch as it came: value/count arrays under their own time, never statistic sets. */
@Injectable()
export class MetricBatchHandler extends QueueHandler<'metrics'> {
  constructor(
    private readonly ledger: ClaimLedger,
    private readonly cloudWatch: CloudWatch,
  ) {
    super();
  }

  /**
   * CloudWatch adds up whatever it gets, so a batch must be written once: senders repeat a batch whose sending was in doubt,
   * and SQS may deliver twice. A batch fits one PutMetricData call, which takes all of it or nothing.
   */
  override async handle({ batchId, series }: MetricBatch): Promise<void> {
    await this.ledger.once(`metrics#${batchId}`, claimSeconds, () => this.cloudWatch.putMetrics(series));
  }
}
