import { Injectable } from '@nestjs/common';
import {
  Clock,
  Portfolio,
  transactedSymbols,
  transactionsShown,
  type AnalysisWarning,
  type PortfolioPatch,
  type PortfolioRequest,
  Problem,
  type Transaction,
  type TransactionImport,
} from '@stocktool/contracts';
import {
  HeldPortfolios,
  linesRefused,
  portfolioSummary,
  PortfolioStore,
  readTransactionCsv,
  refuseTooManySymbols,
} from '@stocktool/portfolios';
import { Idempotency } from '../idempotency/idempotency';
import { KnownSymbols } from '../market/known-symbols';

const millisecondsPerDay = 86_400_000;

/** Portfolios are written with symbols that exist, and shown with what is held. */
@Injectable()
export class KeepPortfolio {
  constructor(
    private readonly store: PortfolioStore,
    private readonly held: HeldPortfolios,
    private readonly symbols: KnownSymbols,
    private readonly once: Idempotency,
    private readonly clock: Clock,
  ) {}

  create(userId: string, request: PortfolioRequest, key: string | undefined): Promise<Portfolio> {
    const operation = { operation: 'create-portfolio', request };
    return this.once.perKey(userId, key, operation, Portfolio, async (id) => {
      await this.check(userId, request);
      await this.store.create(userId, id, request);
      return this.get(userId, id);
    });
  }

  /** Sales of what was never bought leave nothing to show: a warning says so. */
  async get(userId: string, id: string): Promise<Portfolio> {
    try {
      const { row, holdings, transactions, warnings } = await this.held.get(userId, id);
      return shown({ ...portfolioSummary(row), holdings: [...holdings] }, transactions, warnings);
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'inconsistent-transactions')) throw error;
      const { row, transactions } = await this.store.withTransactions(userId, id);
      const warning = { code: error.code, path: 'transactions', message: error.message };
      return shown({ ...portfolioSummary(row), holdings: [] }, transactions, [warning]);
    }
  }

  async replace(
    userId: string,
    id: string,
    request: PortfolioRequest,
    onlyIf?: ReadonlySet<number>,
  ): Promise<Portfolio> {
    await this.store.get(userId, id);
    await this.check(userId, request);
    await this.store.replace(userId, id, request, onlyIf);
    return this.get(userId, id);
  }

  async patch(userId: string, id: string, patch: PortfolioPatch, onlyIf?: ReadonlySet<number>): Promise<Portfolio> {
    await this.store.get(userId, id);
    await this.check(userId, patch);
    await this.store.patch(userId, id, patch, onlyIf);
    return this.get(userId, id);
  }

  /** All lines or none; each that is wrong is named. */
  async import(userId: string, id: string, csv: string, onlyIf?: ReadonlySet<number>): Promise<TransactionImport> {
    await this.store.get(userId, id);
    const read = await readTransactionCsv(csv, this.latestDate());
    const transactions = read.map(({ transaction }) => transaction);
    refuseTooManySymbols(transactions);
    const unknown = await this.symbols.unknownAmong(userId, transactedSymbols(transactions));
    const faults = read.flatMap(({ line, transaction: { symbol = '' } }) =>
      unknown.has(symbol) ? [{ line, message: `there is no symbol ${symbol}` }] : [],
    );
    if (faults.length > 0) throw linesRefused('unknown-symbol', faults);
    return this.store.import(userId, id, transactions, onlyIf);
  }

  private async check(userId: string, { holdings, transactions = [] }: PortfolioPatch): Promise<void> {
    const latest = this.latestDate();
    const late = transactions.findIndex(({ date }) => date > latest);
    if (late >= 0) {
      const fault = { path: `transactions.${late}.date`, message: 'this date is in the future' };
      throw new Problem('validation-failed', `${fault.path}: ${fault.message}`, { errors: [fault] });
    }
    const asked = [
      ...(holdings ?? []).map(({ symbol }, at) => ({ path: `holdings.${at}.symbol`, symbol })),
      ...transactions.flatMap(({ symbol }, at) =>
        symbol === undefined ? [] : { path: `transactions.${at}.symbol`, symbol },
      ),
    ];
    await this.symbols.cover(userId, asked);
  }

  /** It is later elsewhere. */
  private latestDate(): string {
    return new Date(this.clock.epochMs() + millisecondsPerDay).toISOString().slice(0, 10);
  }
}

function shown(
  portfolio: Omit<Portfolio, 'transactions' | 'warnings'>,
  transactions: readonly Transaction[],
  warnings: readonly AnalysisWarning[],
): Portfolio {
  const few = transactions.length <= transactionsShown;
  return { ...portfolio, ...(few && { transactions: [...transactions] }), warnings: [...warnings] };
}
