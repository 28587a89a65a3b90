import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MetricBatch } from '@stocktool/contracts';
import { MetricSink } from '@stocktool/observability';
import { topology } from '@stocktool/topology';

/** Sends batches to the metrics queue. */
export class SqsMetricSink extends MetricSink {
  private client: SQSClient | undefined;
  private queueUrl: string | undefined;

  override async send(batch: MetricBatch, abortSignal: AbortSignal): Promise<void> {
    const { GetQueueUrlCommand, SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    this.client ??= new SQSClient({ maxAttempts: 2 });
    const QueueName = topology.queues.metrics.name;
    this.queueUrl ??= (await this.client.send(new GetQueueUrlCommand({ QueueName }), { abortSignal })).QueueUrl;
    await this.client.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(batch) }), {
      abortSignal,
    });
  }
}
