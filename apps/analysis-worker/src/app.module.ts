import { type DynamicModule, Module } from '@nestjs/common';
import { AnalysesModule, AnalysisTable, ResultStore } from '@stocktool/analyses';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { ObjectStoreModule } from '@stocktool/aws-s3';
import { EventPublisher, TopicModule } from '@stocktool/aws-sns';
import { QueueModule, QueueSender } from '@stocktool/aws-sqs';
import { bucket, dynamoTable, HealthModule, queue, topic } from '@stocktool/bootstrap';
import { systemClock } from '@stocktool/contracts';
import { MarketData, MarketDataModule } from '@stocktool/market-data';
import { Metrics } from '@stocktool/observability';
import { HeldPortfolios, PortfoliosModule } from '@stocktool/portfolios';
import { topology } from '@stocktool/topology';
import { AnalysisRequestedHandler } from './analysis-requested.handler';
import { AnalysisSweep } from './analysis-sweep';
import { ComputePool } from './compute/compute-pool';
import type { Config } from './config';
import { LoadSeries } from './load-series';
import { Outbox } from './outbox';
import { RunAnalysis } from './run-analysis';

const { tables, buckets, queues, topics } = topology;

@Module({})
export class AppModule {
  static register(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        DynamoModule.register(),
        ObjectStoreModule.register(config),
        TopicModule.register(),
        QueueModule.register({
          consume: { analysis: AnalysisRequestedHandler },
          concurrency: config.WORKER_CONCURRENCY * config.WORKER_MESSAGES_PER_THREAD,
          drainSeconds: config.DRAIN_SECONDS,
          visibilitySeconds: config.VISIBILITY_SECONDS,
        }),
        MarketDataModule.register(config),
        AnalysesModule,
        PortfoliosModule,
        HealthModule.register({
          checks: [
            dynamoTable(tables.analyses.name),
            bucket(buckets.reports.name, config.S3_BUCKET_SUFFIX),
            queue(queues.analysis.name),
            topic(topics.notifications.name),
          ],
        }),
      ],
      providers: analysis(config),
    };
  }
}

const analysis = (config: Config) => [
  {
    provide: ComputePool,
    useFactory: () =>
      new ComputePool({ threads: config.WORKER_CONCURRENCY, jobTimeoutMs: config.JOB_TIMEOUT_SECONDS * 1000 }),
  },
  {
    provide: LoadSeries,
    inject: [MarketData, HeldPortfolios],
    useFactory: (market: MarketData, portfolios: HeldPortfolios) => new LoadSeries(market, portfolios),
  },
  {
    provide: Outbox,
    inject: [AnalysisTable, EventPublisher],
    useFactory: (table: AnalysisTable, publisher: EventPublisher) => new Outbox(table, publisher),
  },
  {
    provide: RunAnalysis,
    inject: [AnalysisTable, ResultStore, LoadSeries, ComputePool, Outbox, Metrics],
    useFactory: (
      table: AnalysisTable,
      results: ResultStore,
      load: LoadSeries,
      pool: ComputePool,
      outbox: Outbox,
      metrics: Metrics,
    ) =>
      new RunAnalysis({
        table,
        results,
        load,
        pool,
        outbox,
        metrics,
        clock: systemClock,
        leaseSeconds: config.LEASE_SECONDS,
      }),
  },
  {
    provide: AnalysisRequestedHandler,
    inject: [AnalysisTable, RunAnalysis, Outbox],
    useFactory: (table: AnalysisTable, runAnalysis: RunAnalysis, outbox: Outbox) =>
      new AnalysisRequestedHandler(table, runAnalysis, outbox, systemClock, config.LEASE_SECONDS),
  },
  {
    provide: AnalysisSweep,
    inject: [AnalysisTable, EventPublisher, QueueSender],
    useFactory: (table: AnalysisTable, publisher: EventPublisher, queue: QueueSender) =>
      new AnalysisSweep(table, publisher, queue, config.SWEEP_SECONDS),
  },
];
