import type {
  Page,
  PageQuery,
  PortfolioPatch,
  PortfolioRequest,
  Transaction,
  TransactionImport,
} from '@stocktool/contracts';
import { mostTransactedSymbols, mostTransactions, Problem, transactedSymbols } from '@stocktool/contracts';
import type { Content } from './owned-rows';
import { PortfolioTable, type PortfolioRow } from './portfolio.table';
import { TransactionStore } from './transaction-store';

type PortfolioContent = Content<PortfolioRow>;
type TransactionPart = Pick<PortfolioContent, 'transactions' | 'transactionCount' | 'transactionSymbols'>;

const mostReads = 5;

/** Portfolios with their transactions: the row and the pack that it points to. */
export class PortfolioStore {
  constructor(
    private readonly table: PortfolioTable,
    private readonly packs: TransactionStore,
  ) {}

  async create(userId: string, id: string, request: PortfolioRequest): Promise<PortfolioRow> {
    const content = await this.contentOf(userId, id, request, undefined);
    const row = await this.table
      .create(userId, id, content)
      .catch((error: unknown) => this.undo(userId, content, error));
    if (!samePack(row.transactions, content.transactions)) await this.discard(userId, content); // made by an earlier attempt
    return row;
  }

  get(userId: string, id: string): Promise<PortfolioRow> {
    return this.table.get(userId, id);
  }

  list(userId: string, page: PageQuery): Promise<Page<PortfolioRow>> {
    return this.table.list(userId, page);
  }

  all(userId: string): AsyncGenerator<PortfolioRow> {
    return this.table.all(userId);
  }

  /** By date. A row that was changed meanwhile is read again: `row` is the one that the transactions belong to. */
  async withTransactions(
    userId: string,
    id: string,
  ): Promise<{ row: PortfolioRow; transactions: readonly Transaction[] }> {
    for (let reads = 1; reads <= mostReads; reads++) {
      const row = await this.table.get(userId, id);
      const transactions = row.transactions ? await this.packs.read(userId, row.transactions) : [];
      if (transactions) return { row, transactions };
    }
    throw new Error('the transactions of a portfolio are missing');
  }

  /** All of it anew: what the request leaves out is gone, or its default. */
  replace(userId: string, id: string, request: PortfolioRequest, onlyIf?: ReadonlySet<number>): Promise<PortfolioRow> {
    return this.change(userId, id, onlyIf, (before) => this.contentOf(userId, id, request, before.weekly));
  }

  /** What the patch names; the rest stays. */
  patch(userId: string, id: string, patch: PortfolioPatch, onlyIf?: ReadonlySet<number>): Promise<PortfolioRow> {
    return this.change(userId, id, onlyIf, async (before) => {
      const { holdings, transactions, name, currency, weeklyReport } = patch;
      const kept = holdings === undefined ? before.holdings : (holdings ?? undefined);
      return {
        ...contentOnly(before),
        ...(name !== undefined && { name }),
        ...(currency !== undefined && { currency }),
        ...(weeklyReport !== undefined && { weeklyReport }),
        holdings: kept,
        ...(transactions && (await this.written(userId, id, transactions))),
      };
    });
  }

  /**
   * Adds what is not there yet: of equal transactions as many as the larger side has, so that the same file twice changes nothing and
   * two equal purchases of one day stay two. Problem `limit-reached` beyond 20 000, and nothing is imported.
   */
  async import(
    userId: string,
    id: string,
    added: readonly Transaction[],
    onlyIf?: ReadonlySet<number>,
  ): Promise<TransactionImport> {
    const { row, transactions } = await this.withTransactions(userId, id);
    if (missingIn(transactions, added).length === 0 && (onlyIf?.has(row.revision) ?? true))
      return importResult(row, 0, added.length);
    let imported = 0;
    const after = await this.change(userId, id, onlyIf, async (before) => {
      const present = before.transactions ? await this.packs.read(userId, before.transactions) : [];
      if (!present) throw changedMeanwhile();
      const missing = missingIn(present, added);
      imported = missing.length;
      const all = [...present, ...missing];
      if (all.length > mostTransactions)
        throw new Problem('limit-reached', `A portfolio has at most ${mostTransactions} transactions.`);
      refuseTooManySymbols(all);
      return { ...contentOnly(before), ...(await this.written(userId, id, all)) };
    });
    return importResult(after, imported, added.length - imported);
  }

  /** Where the row is gone its packs may be left of a deletion that was cut short: they go all the same. */
  async remove(userId: string, id: string, onlyIf?: ReadonlySet<number>): Promise<void> {
    try {
      await this.table.remove(userId, id, onlyIf);
    } catch (error) {
      if (error instanceof Problem && error.code === 'portfolio-not-found') await this.packs.discardAll(userId, id);
      throw error;
    }
    await this.packs.discardAll(userId, id);
  }

  private async change(
    userId: string,
    id: string,
    onlyIf: ReadonlySet<number> | undefined,
    make: (before: PortfolioRow) => Promise<PortfolioContent>,
  ): Promise<PortfolioRow> {
    const unwritten = async (content: PortfolioContent, before: PortfolioRow | undefined) => {
      if (!samePack(content.transactions, before?.transactions)) await this.discard(userId, content);
    };
    let seen: PortfolioRow | undefined;
    const { before, after } = await this.table.change(userId, id, {
      onlyIf,
      make: (row) => make((seen = row)),
      undo: (content) => unwritten(content, seen),
    });
    if (!samePack(before.transactions, after.transactions)) await this.discard(userId, before);
    return after;
  }

  private async contentOf(
    userId: string,
    id: string,
    { transactions = [], holdings, name, currency, weeklyReport }: PortfolioRequest,
    weekly: PortfolioContent['weekly'],
  ): Promise<PortfolioContent> {
    return { name, currency, weeklyReport, holdings, weekly, ...(await this.written(userId, id, transactions)) };
  }

  private async written(userId: string, id: string, unsorted: readonly Transaction[]): Promise<TransactionPart> {
    if (unsorted.length === 0) return { transactions: undefined, transactionCount: 0, transactionSymbols: [] };
    const sorted = [...unsorted].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
    return {
      transactions: await this.packs.write(userId, id, sorted),
      transactionCount: sorted.length,
      transactionSymbols: [...transactedSymbols(sorted)].sort(),
    };
  }

  private async discard(userId: string, { transactions }: Pick<PortfolioContent, 'transactions'>): Promise<void> {
    if (transactions) await this.packs.discard(userId, transactions);
  }

  private async undo(userId: string, content: PortfolioContent, error: unknown): Promise<never> {
    // Only a refusal is certain; after a time-out the row may have been written, and its pack must stay.
    if (error instanceof Problem && error.code === 'limit-reached') await this.discard(userId, content);
    throw error;
  }
}

/** Problem `limit-reached`. */
export function refuseTooManySymbols(transactions: readonly Transaction[]): void {
  if (transactedSymbols(transactions).size > mostTransactedSymbols)
    throw new Problem(
      'limit-reached',
      `The transactions of a portfolio are in at most ${mostTransactedSymbols} symbols.`,
    );
}

function contentOnly({
  userId: _1,
  id: _2,
  revision: _3,
  version: _4,
  createdAt: _5,
  updatedAt: _6,
  ...content
}: PortfolioRow) {
  return content;
}

const samePack = (one: PortfolioRow['transactions'], other: PortfolioRow['transactions']): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const changedMeanwhile = () =>
  new Problem('dependency-unavailable', 'The portfolio is being changed by others; try again.', {
    retryAfterSeconds: 1,
  });

/** Of `added`, what `present` does not have as often. */
function missingIn(present: readonly Transaction[], added: readonly Transaction[]): Transaction[] {
  const counts = new Map<string, number>();
  for (const one of present) counts.set(contentKey(one), (counts.get(contentKey(one)) ?? 0) + 1);
  return added.filter((one) => {
    const left = counts.get(contentKey(one)) ?? 0;
    if (left > 0) counts.set(contentKey(one), left - 1);
    return left === 0;
  });
}

const contentKey = ({ date, type, symbol, quantity, price, amount }: Transaction): string =>
  JSON.stringify([date, type, symbol, quantity, price, amount]);

const importResult = (row: PortfolioRow, imported: number, duplicates: number): TransactionImport => ({
  portfolioId: row.id,
  revision: row.revision,
  imported,
  duplicates,
  transactionCount: row.transactionCount,
});
