import {
  type DynamicModule,
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { type Clock, type MetricBatch, systemClock } from '@stocktool/contracts';
import { Metrics, MetricSink, MetricsFlusher } from '@stocktool/observability';
import { SqsMetricSink } from './sqs-metric-sink';
import type { Logger } from 'pino';

export interface MetricsOptions {
  service: string;
  flushSeconds?: number;
  logger?: Logger;
  clock?: Clock;
  /** Where batches go; the metrics queue when absent, nowhere when false. */
  sink?: MetricSink | false;
}

class NoSink extends MetricSink {
  override send(_batch: MetricBatch): Promise<void> {
    return Promise.resolve();
  }
}

/** Global: `Metrics` can be injected everywhere, and what it gathers goes to the metrics queue. startService imports it. */
@Module({})
export class MetricsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(MetricsFlusher) private readonly flusher: MetricsFlusher) {}

  static register({ service, flushSeconds, logger, clock, sink }: MetricsOptions): DynamicModule {
    const metrics = new Metrics(clock ?? systemClock);
    const flusher = new MetricsFlusher(metrics, sink === false ? new NoSink() : (sink ?? new SqsMetricSink()), {
      service,
      ...(flushSeconds !== undefined && { intervalSeconds: flushSeconds }),
      onFailure: (error) => logger?.warn({ err: error }, 'metrics are kept until the queue takes them'),
    });
    return {
      module: MetricsModule,
      global: true,
      providers: [
        { provide: Metrics, useValue: metrics },
        { provide: MetricsFlusher, useValue: flusher },
      ],
      exports: [Metrics, MetricsFlusher],
    };
  }

  onApplicationBootstrap(): void {
    this.flusher.start();
  }

  /** After the consumers' own drain (onModuleDestroy), so that their last samples are in it. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flusher.stop();
  }
}
