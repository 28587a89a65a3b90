import { Module } from '@nestjs/common';
import { PortfoliosModule as PortfolioTables } from '@stocktool/portfolios';
import { KeepWatchlist } from './keep-watchlist';
import { WatchlistsController } from './watchlists.controller';

@Module({ imports: [PortfolioTables], controllers: [WatchlistsController], providers: [KeepWatchlist] })
export class WatchlistsModule {}
