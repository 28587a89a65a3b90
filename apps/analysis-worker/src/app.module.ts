import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { AnalysesModule, AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo, DynamoModule } from '@stocktool/aws-dynamodb';
import { ObjectStore, ObjectStoreModule } from '@stocktool/aws-s3';
import { EventPublisher, TopicModule } from '@stocktool/aws-sns';
import { QueueModule, QueueSender } from '@stocktool/aws-sqs';
import { bucket, dynamoTable, HealthModule, queue, topic } from '@stocktool/bootstrap';
import { systemClock } from '@stocktool/contracts';
import { BundledSource, MarketData, PriceSeriesStore, PriceSeriesTable, QuoteCacheTable } from '@stocktool/market-data';
import { Metrics } from '@stocktool/observability';
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
        ObjectStoreModule.register(),
        TopicModule.register(),
        QueueModule.register({
          consume: { analysis: AnalysisRequestedHandler },
          concurrency: config.WORKER_CONCURRENCY * config.WORKER_MESSAGES_PER_THREAD,
          visibilitySeconds: config.VISIBILITY_SECONDS,
        }),
        AnalysesModule,
        HealthModule.register({
          checks: [
            dynamoTable(tables.analyses.name),
            bucket(buckets.reports.name),
            queue(queues.analysis.name),
            topic(topics.notifications.name),
          ],
        }),
      ],
      providers: [marketData(config), ...analysis(config)],
    };
  }
}

const marketData = (config: Config) => ({
  provide: MarketData,
  inject: [Dynamo, ObjectStore, Metrics],
  useFactory: async (dynamo: Dynamo, objects: ObjectStore, metrics: Metrics) => {
    const logger = new Logger(MarketData.name);
    const source = config.MARKET_DATA === 'bundled' ? await BundledSource.open(config.DATA_DIR) : undefined;
    const series = new PriceSeriesTable(dynamo, tables.portfolios.name);
    return new MarketData(
      source,
      new QuoteCacheTable(dynamo, tables.stockCache.name, systemClock),
      new PriceSeriesStore(series, objects, buckets.reports.name, systemClock),
      { clock: systemClock, metrics, report: (err, doing) => logger.warn({ err, msg: doing }) },
    );
  },
});

const analysis = (config: Config) => [
  {
    provide: ComputePool,
    useFactory: () =>
      new ComputePool({ threads: config.WORKER_CONCURRENCY, jobTimeoutMs: config.JOB_TIMEOUT_SECONDS * 1000 }),
  },
  { provide: LoadSeries, inject: [MarketData], useFactory: (market: MarketData) => new LoadSeries(market) },
  {
    provide: Outbox,
    inject: [AnalysisTable, EventPublisher],
    useFactory: (table: AnalysisTable, publisher: EventPublisher) => new Outbox(table, publisher),
  },
  {
    provide: RunAnalysis,
    inject: [AnalysisTable, ResultStore, LoadSeries, ComputePool, Outbox],
    useFactory: (table: AnalysisTable, results: ResultStore, load: LoadSeries, pool: ComputePool, outbox: Outbox) =>
      new RunAnalysis({ table, results, load, pool, outbox, clock: systemClock, leaseSeconds: config.LEASE_SECONDS }),
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
