import { type DynamicModule, Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { MarketDataModule, PriceSeriesData, PriceSeriesStore } from '@stocktool/market-data';
import type { Environment } from '../config';
import { CsvBodies } from '../price-series/csv-bodies';
import { PriceSeriesController } from '../price-series/price-series.controller';
import { AssessRisk } from './assess-risk';
import { CompanyController } from './company.controller';
import { ComputeIndicators } from './compute-indicators';
import { IndicatorsController } from './indicators.controller';
import { KnownSymbols } from './known-symbols';
import { MakeForecast } from './make-forecast';
import { MarketController } from './market.controller';
import { QuoteWatch } from './quote-watch';
import { StreamQuotes } from './stream-quotes';

@Module({})
export class MarketModule {
  static register(environment: Environment): DynamicModule {
    return {
      module: MarketModule,
      global: true,
      imports: [MarketDataModule.register(environment)],
      controllers: [MarketController, CompanyController, IndicatorsController, PriceSeriesController],
      providers: [
        CsvBodies,
        AssessRisk,
        ComputeIndicators,
        KnownSymbols,
        MakeForecast,
        QuoteWatch,
        StreamQuotes,
        {
          provide: PriceSeriesData,
          inject: [PriceSeriesStore, Dynamo, ObjectStore],
          useFactory: (series: PriceSeriesStore, dynamo: Dynamo, objects: ObjectStore) =>
            new PriceSeriesData(series, dynamo, objects),
        },
      ],
      exports: [PriceSeriesData, KnownSymbols],
    };
  }
}
