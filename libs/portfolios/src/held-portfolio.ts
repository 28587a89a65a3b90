import { positionsAfter } from '@stocktool/analytics';
import {
  type AnalysisWarning,
  type Holding,
  type PortfolioHolding,
  Problem,
  type Transaction,
} from '@stocktool/contracts';
import type { MarketData, SeriesColumns } from '@stocktool/market-data';
import { PortfolioStore } from './portfolio-store';
import type { PortfolioRow } from './portfolio.table';

const mostHoldings = 200;

/** What an analysis of a portfolio is made from. */
export interface AnalysedPortfolio {
  readonly holdings: Holding[];
  readonly currency: string;
  readonly transactions: readonly Transaction[];
  readonly warnings: readonly AnalysisWarning[];
}

export interface HeldPortfolio {
  readonly row: PortfolioRow;
  readonly holdings: readonly PortfolioHolding[];
  readonly transactions: readonly Transaction[];
  readonly warnings: readonly AnalysisWarning[];
}

/** Portfolios with what is held: given, or what the transactions leave. */
export class HeldPortfolios {
  constructor(
    private readonly store: PortfolioStore,
    private readonly market: Pick<MarketData, 'series'>,
  ) {}

  /**
   * As of the end of `until` where holdings follow from transactions; given holdings are what they are. Problem `portfolio-not-found`, or
   * `inconsistent-transactions` when more was sold than bought.
   */
  async get(userId: string, portfolioId: string, until?: string): Promise<HeldPortfolio> {
    const { row, transactions } = await this.store.withTransactions(userId, portfolioId);
    if (row.holdings) return { row, holdings: row.holdings, transactions, warnings: [] };
    const series = await Promise.all(row.transactionSymbols.map((symbol) => this.seriesIfKnown(userId, symbol)));
    const known = series.filter((one) => one !== undefined);
    const { shares, withoutSplits } = positionsAfter(transactions, known, until);
    const holdings = [...shares].map(([symbol, quantity]) => ({ symbol, quantity }));
    return { row, holdings, transactions, warnings: splitWarning(withoutSplits) };
  }

  /** For a request that names a portfolio: Problem `unknown-portfolio`, `portfolio-empty` or `inconsistent-transactions` when it cannot be met. */
  async forAnalysis(userId: string, portfolioId: string, until?: string): Promise<AnalysedPortfolio> {
    const { row, holdings, transactions, warnings } = await this.get(userId, portfolioId, until).catch(asUnknown);
    if (holdings.length === 0)
      throw unfit('portfolio-empty', `The portfolio ${row.name} holds nothing${until ? ` on ${until}` : ''}.`);
    if (holdings.length > mostHoldings)
      throw unfit(
        'limit-reached',
        `The portfolio ${row.name} holds ${holdings.length} symbols; an analysis takes ${mostHoldings}.`,
      );
    return {
      holdings: holdings.map(({ symbol, quantity }) => ({ symbol, quantity })),
      currency: row.currency,
      transactions,
      warnings,
    };
  }

  private async seriesIfKnown(userId: string, symbol: string): Promise<SeriesColumns | undefined> {
    try {
      return await this.market.series(symbol, { userId });
    } catch (error) {
      if (error instanceof Problem && error.code === 'symbol-not-found') return undefined;
      throw error;
    }
  }
}

const unfit = (code: 'portfolio-empty' | 'limit-reached' | 'unknown-portfolio', detail: string): Problem =>
  new Problem(code, detail, { errors: [{ path: 'portfolioId', message: detail }] });

function asUnknown(error: unknown): never {
  if (error instanceof Problem && error.code === 'portfolio-not-found') throw unfit('unknown-portfolio', error.message);
  throw error;
}

function splitWarning(symbols: readonly string[]): AnalysisWarning[] {
  if (symbols.length === 0) return [];
  const message = `The prices of ${symbols.join(', ')} do not show splits: the shares are counted as they were traded`;
  return [{ code: 'splits-unknown', path: 'holdings', message }];
}
