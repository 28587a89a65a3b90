import { describeKept } from '@stocktool/testing';
import { AlertRow } from './alert.table';
import { PortfolioRow } from './portfolio.table';
import { Pack, Stored } from './transaction-store';
import { WatchlistRow } from './watchlist.table';

describeKept('rows/portfolios/watchlist', WatchlistRow);
describeKept('rows/portfolios/portfolio', PortfolioRow);
describeKept('rows/portfolios/alert', AlertRow);
describeKept('rows/portfolios/transactions', Pack);
describeKept('objects/transactions', Stored);
