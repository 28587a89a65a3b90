import { Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { systemClock } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import { AlertTable } from './alert.table';
import { HeldPortfolios } from './held-portfolio';
import { PortfolioData } from './portfolio-data';
import { PortfolioStore } from './portfolio-store';
import { PortfolioTable } from './portfolio.table';
import { TransactionStore } from './transaction-store';
import { WatchlistTable } from './watchlist.table';

/** Needs the DynamoDB, S3 and market data modules, which are global. */
@Module({
  providers: [
    {
      provide: WatchlistTable,
      inject: [Dynamo],
      useFactory: (dynamo: Dynamo) => new WatchlistTable(dynamo, systemClock),
    },
    { provide: AlertTable, inject: [Dynamo], useFactory: (dynamo: Dynamo) => new AlertTable(dynamo, systemClock) },
    {
      provide: TransactionStore,
      inject: [Dynamo, ObjectStore],
      useFactory: (dynamo: Dynamo, objects: ObjectStore) => new TransactionStore(dynamo, objects),
    },
    {
      provide: PortfolioStore,
      inject: [Dynamo, TransactionStore],
      useFactory: (dynamo: Dynamo, packs: TransactionStore) =>
        new PortfolioStore(new PortfolioTable(dynamo, systemClock), packs),
    },
    {
      provide: HeldPortfolios,
      inject: [PortfolioStore, MarketData],
      useFactory: (store: PortfolioStore, market: MarketData) => new HeldPortfolios(store, market),
    },
    {
      provide: PortfolioData,
      inject: [WatchlistTable, PortfolioStore, AlertTable, TransactionStore],
      useFactory: (...parts: ConstructorParameters<typeof PortfolioData>) => new PortfolioData(...parts),
    },
  ],
  exports: [WatchlistTable, AlertTable, PortfolioStore, HeldPortfolios, PortfolioData],
})
export class PortfoliosModule {}
