import { Global, Logger, Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { Clock } from '@stocktool/contracts';
import {
  BundledSource,
  MarketData,
  PriceSeriesData,
  PriceSeriesStore,
  PriceSeriesTable,
  QuoteCacheTable,
} from '@stocktool/market-data';
import { Metrics } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import { GatewayConfig } from '../config';
import { CsvBodies } from '../price-series/csv-bodies';
import { PriceSeriesController } from '../price-series/price-series.controller';
import { AssessRisk } from './assess-risk';
import { ComputeIndicators } from './compute-indicators';
import { IndicatorsController } from './indicators.controller';
import { MarketController } from './market.controller';

const { portfolios, stockCache } = topology.tables;

@Global()
@Module({
  controllers: [MarketController, IndicatorsController, PriceSeriesController],
  providers: [
    CsvBodies,
    AssessRisk,
    ComputeIndicators,
    {
      provide: PriceSeriesStore,
      inject: [Dynamo, ObjectStore, Clock],
      useFactory: (dynamo: Dynamo, objects: ObjectStore, clock: Clock) =>
        new PriceSeriesStore(
          new PriceSeriesTable(dynamo, portfolios.name),
          objects,
          topology.buckets.reports.name,
          clock,
        ),
    },
    {
      provide: PriceSeriesData,
      inject: [PriceSeriesStore, Dynamo, ObjectStore],
      useFactory: (series: PriceSeriesStore, dynamo: Dynamo, objects: ObjectStore) =>
        new PriceSeriesData(series, dynamo, objects),
    },
    {
      provide: MarketData,
      inject: [GatewayConfig, Dynamo, PriceSeriesStore, Clock, Metrics],
      useFactory: async (
        { environment }: GatewayConfig,
        dynamo: Dynamo,
        series: PriceSeriesStore,
        clock: Clock,
        metrics: Metrics,
      ) => {
        const logger = new Logger(MarketData.name);
        const bundled = environment.MARKET_DATA === 'bundled';
        return new MarketData(
          bundled ? await BundledSource.open(environment.DATA_DIR) : undefined,
          new QuoteCacheTable(dynamo, stockCache.name, clock),
          series,
          { clock, metrics, report: (error, doing) => logger.warn({ err: error }, `${doing} failed`) },
        );
      },
    },
  ],
  exports: [MarketData, PriceSeriesData],
})
export class MarketModule {}
