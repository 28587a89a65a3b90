import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { Clock, systemClock } from '@stocktool/contracts';
import { Metrics } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import { CompanyFacts } from './company-facts';
import { SharedAnswers } from './kept-answers/shared-answers';
import { MarketData } from './market-data';
import { MarketDataSource } from './market-data-source';
import { CompanyNews } from './news/company-news';
import { openSource } from './open-source';
import { PriceSeriesStore } from './price-series/price-series-store';
import { PriceSeriesTable } from './price-series/price-series.table';
import { QuoteCacheTable } from './quote-cache.table';
import type { Surroundings } from './quote-chain';
import type { MarketSettings } from './settings';

const { tables, buckets } = topology;
const clock = { token: Clock, optional: true };

/** The one place where an app gets its market data. Needs the DynamoDB and S3 modules and metrics, which are global. */
@Module({})
export class MarketDataModule {
  static register(settings: MarketSettings): DynamicModule {
    return {
      module: MarketDataModule,
      global: true,
      providers: [
        {
          provide: SharedAnswers,
          inject: [Dynamo, ObjectStore, clock],
          useFactory: (dynamo: Dynamo, objects: ObjectStore, time: Clock = systemClock) =>
            new SharedAnswers(dynamo, objects, time),
        },
        {
          provide: MarketDataSource,
          inject: [Metrics, SharedAnswers, clock],
          useFactory: (metrics: Metrics, shared: SharedAnswers, time?: Clock) => {
            const notice = (line: string) => logger.log(line);
            return openSource(settings, { ...surroundings(metrics, time), notice, shared });
          },
        },
        {
          provide: CompanyFacts,
          inject: [MarketDataSource, clock],
          useFactory: (source: MarketDataSource, time?: Clock) => new CompanyFacts(source, time),
        },
        {
          provide: CompanyNews,
          inject: [MarketDataSource, Metrics, SharedAnswers, clock],
          useFactory: (source: MarketDataSource, metrics: Metrics, shared: SharedAnswers, time?: Clock) =>
            new CompanyNews(source, settings, surroundings(metrics, time), shared),
        },
        {
          provide: PriceSeriesStore,
          inject: [Dynamo, ObjectStore, clock],
          useFactory: (dynamo: Dynamo, objects: ObjectStore, time: Clock = systemClock) => {
            const table = new PriceSeriesTable(dynamo, tables.portfolios.name);
            return new PriceSeriesStore(table, objects, buckets.reports.name, time);
          },
        },
        {
          provide: MarketData,
          inject: [MarketDataSource, Dynamo, PriceSeriesStore, Metrics, clock],
          useFactory: (
            source: MarketDataSource,
            dynamo: Dynamo,
            series: PriceSeriesStore,
            metrics: Metrics,
            time: Clock = systemClock,
          ) => {
            const cache = new QuoteCacheTable(dynamo, tables.stockCache.name, time);
            return new MarketData(source, cache, series, surroundings(metrics, time));
          },
        },
      ],
      exports: [MarketData, CompanyFacts, CompanyNews, MarketDataSource, PriceSeriesStore],
    };
  }
}

const logger = new Logger('MarketData');

const surroundings = (metrics: Metrics, time: Clock = systemClock): Surroundings => ({
  clock: time,
  metrics,
  report: (error, doing) => logger.warn({ err: error, msg: `${doing} failed` }),
});
