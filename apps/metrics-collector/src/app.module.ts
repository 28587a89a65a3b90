import { type DynamicModule, Module } from '@nestjs/common';
import { CloudWatchModule } from '@stocktool/aws-cloudwatch';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { QueueInspector, QueueModule, type QueueModuleOptions } from '@stocktool/aws-sqs';
import { dynamoTable, HealthModule, queue } from '@stocktool/bootstrap';
import { Metrics } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import type { Config } from './config';
import { MetricBatchHandler } from './metric-batch.handler';
import { QueueDepths } from './queue-depths';

/** Other names and times, for tests. */
export interface CollectorOverrides extends Pick<
  QueueModuleOptions,
  'names' | 'idempotencyTable' | 'claimLeaseSeconds'
> {
  namespace?: string;
}

@Module({})
export class AppModule {
  static register(config: Config, { namespace, ...overrides }: CollectorOverrides = {}): DynamicModule {
    const queueName = overrides.names?.metrics?.name ?? topology.queues.metrics.name;
    return {
      module: AppModule,
      imports: [
        DynamoModule.register(),
        CloudWatchModule.register(namespace === undefined ? {} : { namespace }),
        QueueModule.register({
          consume: { metrics: MetricBatchHandler },
          concurrency: config.COLLECTOR_CONCURRENCY,
          drainSeconds: config.DRAIN_SECONDS,
          ...overrides,
        }),
        HealthModule.register({
          checks: [dynamoTable(overrides.idempotencyTable ?? topology.tables.idempotency.name), queue(queueName)],
        }),
      ],
      providers: [
        MetricBatchHandler,
        {
          provide: QueueDepths,
          inject: [QueueInspector, Metrics],
          useFactory: (inspector: QueueInspector, metrics: Metrics) =>
            new QueueDepths(inspector, metrics, config.QUEUE_POLL_SECONDS),
        },
      ],
    };
  }
}
