export { AlertTable, shownAlert } from './alert.table';
export { HeldPortfolios, type AnalysedPortfolio } from './held-portfolio';
export { PortfolioData } from './portfolio-data';
export { PortfolioStore } from './portfolio-store';
export { portfolioSummary, PortfolioTable } from './portfolio.table';
export { PortfoliosModule } from './portfolios.module';
export { linesRefused, readTransactionCsv } from './transaction-csv';
export { TransactionStore } from './transaction-store';
export { shownWatchlist, WatchlistTable } from './watchlist.table';
