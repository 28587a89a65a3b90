export { AlertTable, shownAlert } from './alert.table';
export { HeldPortfolios, type HeldPortfolio } from './held-portfolio';
export { PortfolioData } from './portfolio-data';
export { PortfolioStore } from './portfolio-store';
export { portfolioSummary } from './portfolio.table';
export { PortfoliosModule } from './portfolios.module';
export { linesRefused, readTransactionCsv } from './transaction-csv';
export { shownWatchlist, WatchlistTable } from './watchlist.table';
