import { Problem, type PersonalData, type Portfolio } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { AlertTable, shownAlert } from './alert.table';
import { PortfolioStore } from './portfolio-store';
import { portfolioSummary } from './portfolio.table';
import { TransactionStore } from './transaction-store';
import { shownWatchlist, WatchlistTable } from './watchlist.table';

/** A user's watchlists, portfolios with all their transactions, and alerts. Their rows go with the partition, which `PriceSeriesData` erases. */
export class PortfolioData implements PersonalData {
  readonly tables = [topology.tables.portfolios.name];

  constructor(
    private readonly watchlists: WatchlistTable,
    private readonly portfolios: PortfolioStore,
    private readonly alerts: AlertTable,
    private readonly packs: TransactionStore,
  ) {}

  export(userId: string) {
    return {
      watchlists: shownEach(this.watchlists.all(userId), shownWatchlist),
      portfolios: this.allPortfolios(userId),
      alerts: shownEach(this.alerts.all(userId), shownAlert),
    };
  }

  erase(userId: string): Promise<void> {
    return this.packs.eraseObjects(userId);
  }

  /** As they are kept: `holdings` are those that were given. */
  private async *allPortfolios(userId: string): AsyncGenerator<Portfolio> {
    for await (const { id } of this.portfolios.all(userId)) {
      const found = await this.portfolios.withTransactions(userId, id).catch(unlessGone);
      if (!found) continue;
      const { row, transactions } = found;
      yield { ...portfolioSummary(row), holdings: row.holdings ?? [], transactions: [...transactions], warnings: [] };
    }
  }
}

/** Deleted meanwhile. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof Problem && error.code === 'portfolio-not-found')) throw error;
}

async function* shownEach<Row, Shown>(rows: AsyncIterable<Row>, shown: (row: Row) => Shown): AsyncGenerator<Shown> {
  for await (const row of rows) yield shown(row);
}
