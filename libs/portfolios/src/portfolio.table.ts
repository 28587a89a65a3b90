import type { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock, PortfolioHolding, type PortfolioSummary, Ticker } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { ownedRow, OwnedRows } from './owned-rows';
import { TransactionPointer } from './transaction-store';
import { watchKeysOf } from './watch-keys';

export const PortfolioRow = z.object({
  ...ownedRow,
  name: z.string(),
  currency: z.string(),
  /** Absent: they follow from the transactions. */
  holdings: z.array(PortfolioHolding).optional(),
  transactions: TransactionPointer.optional(),
  transactionCount: z.number().int().default(0),
  /** Those of the transactions; a holding of any of them may come of it. */
  transactionSymbols: z.array(Ticker).default([]),
  weeklyReport: z.boolean().default(false),
  /** The last week, by its Monday, whose report was asked for, and the analysis that it is. */
  weekly: z.object({ week: z.iso.date(), analysisId: z.uuid() }).optional(),
});
export type PortfolioRow = z.infer<typeof PortfolioRow>;

const portfolioPrefix = 'portfolio#';
/** In the index, portfolios with a weekly report stand together. */
const weeklySort = 'weekly#';

export class PortfolioTable extends OwnedRows<PortfolioRow> {
  constructor(dynamo: Dynamo, clock: Clock, tableName: string = topology.tables.portfolios.name) {
    super(dynamo, clock, tableName, {
      prefix: portfolioPrefix,
      schema: PortfolioRow,
      mostPerUser: 50,
      notFound: 'portfolio-not-found',
      nouns: ['portfolio', 'portfolios'],
      watchKeys: (row) =>
        symbolsOf(row).length > 0 ? watchKeysOf('portfolio', row, row.weeklyReport ? weeklySort : 'other#') : undefined,
    });
  }
}

const symbolsOf = ({ holdings, transactionSymbols }: PortfolioRow): string[] =>
  holdings?.map(({ symbol }) => symbol) ?? transactionSymbols;

export const portfolioSummary = (row: PortfolioRow): PortfolioSummary => ({
  id: row.id,
  name: row.name,
  currency: row.currency,
  ...(row.holdings && { holdings: row.holdings }),
  holdingsFrom: row.holdings ? 'given' : 'transactions',
  transactionCount: row.transactionCount,
  weeklyReport: row.weeklyReport,
  revision: row.revision,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});
