import { Module } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { systemClock } from '@stocktool/contracts';
import { AlertTable } from './alert.table';
import { PortfolioData } from './portfolio-data';
import { PortfolioStore } from './portfolio-store';
import { PortfolioTable } from './portfolio.table';
import { TransactionStore } from './transaction-store';
import { WatchlistTable } from './watchlist.table';

/** Needs the DynamoDB and S3 modules, which are global. */
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
      provide: PortfolioData,
      inject: [WatchlistTable, PortfolioStore, AlertTable, TransactionStore],
      useFactory: (...parts: ConstructorParameters<typeof PortfolioData>) => new PortfolioData(...parts),
    },
  ],
  exports: [WatchlistTable, AlertTable, PortfolioStore, PortfolioData],
})
export class PortfoliosModule {}
