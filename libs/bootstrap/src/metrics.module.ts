import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { QueueSender } from '@stocktool/aws-sqs';
import { type Clock, systemClock } from '@stocktool/contracts';
import { Metrics, MetricSink, MetricsFlusher } from '@stocktool/observability';
import type { Logger } from 'pino';
import { QueueMetricSink } from './queue-metric-sink';

export interface MetricsOptions {
  service: string;
  flushSeconds?: number;
  logger?: Logger;
  clock?: Clock;
  /** Where batches go; the metrics queue (the app imports QueueModule) when absent, nowhere when false. */
  sink?: MetricSink | false;
}

class NoSink extends MetricSink {
  override send(): Promise<void> {
    return Promise.resolve();
  }
}

/** Global: `Metrics` can be injected everywhere, and what it gathers goes to the metrics queue. startService imports it. */
@Module({})
export class MetricsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    @Inject(MetricsFlusher) private readonly flusher: MetricsFlusher,
    @Inject(MetricSink) private readonly sink: MetricSink,
    private readonly modules: ModuleRef,
  ) {}

  static register(options: MetricsOptions): DynamicModule {
    const metrics = new Metrics(options.clock ?? systemClock);
    return {
      module: MetricsModule,
      global: true,
      providers: [
        { provide: Metrics, useValue: metrics },
        {
          provide: MetricSink,
          useValue: options.sink === false ? new NoSink() : (options.sink ?? new QueueMetricSink()),
        },
        {
          provide: MetricsFlusher,
          useFactory: (sink: MetricSink) => flusherOf(options, metrics, sink),
          inject: [MetricSink],
        },
      ],
      exports: [Metrics, MetricsFlusher],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.sink instanceof QueueMetricSink) this.sink.open(await findSender(this.modules));
    this.flusher.start();
  }

  /** After the consumers' own drain (onModuleDestroy), so that their last samples are in it. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.flusher.stop();
  }
}

/** Loaded here, because a service whose metrics go elsewhere needs no queue library; an app without QueueModule does not start. */
async function findSender(modules: ModuleRef): Promise<QueueSender> {
  const { QueueSender } = await import('@stocktool/aws-sqs');
  return modules.get(QueueSender, { strict: false });
}

function flusherOf(
  { service, flushSeconds, logger }: MetricsOptions,
  metrics: Metrics,
  sink: MetricSink,
): MetricsFlusher {
  return new MetricsFlusher(metrics, sink, {
    service,
    ...(flushSeconds !== undefined && { intervalSeconds: flushSeconds }),
    onFailure: (error) => logger?.warn({ err: error }, 'metrics are kept until the queue takes them'),
  });
}
