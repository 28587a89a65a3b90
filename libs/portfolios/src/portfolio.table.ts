import { ConditionFailed, type Dynamo } from '@stocktool/aws-dynamodb';
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
  holdings: z.array(z.object(PortfolioHolding.shape)).optional(),
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
export const weeklySort = 'weekly#';

export interface WeekClaim {
  readonly analysisId: string;
  /** Not of an earlier call. */
  readonly fresh: boolean;
}

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

  /** Whether the transactions of that portfolio lie in that object. */
  async pointsAt(userId: string, id: string, bucketKey: string): Promise<boolean> {
    const item = await this.dynamo.get({ ...this.at(userId, id), ConsistentRead: true });
    const { transactions } = item ? PortfolioRow.parse(item) : {};
    return transactions !== undefined && 'bucketKey' in transactions && transactions.bucketKey === bucketKey;
  }

  /** The analysis of this portfolio in a week: this one, or the one that was claimed before. undefined where no report is wanted (any more). */
  async claimWeek(
    userId: string,
    id: string,
    weekly: NonNullable<PortfolioRow['weekly']>,
  ): Promise<WeekClaim | undefined> {
    try {
      await this.dynamo.update({
        ...this.at(userId, id),
        UpdateExpression: 'SET weekly = :weekly, version = version + :one',
        ConditionExpression: 'weeklyReport = :wanted AND (attribute_not_exists(weekly) OR weekly.week <> :week)',
        ExpressionAttributeValues: { ':weekly': { ...weekly }, ':week': weekly.week, ':wanted': true, ':one': 1 },
      });
      return { analysisId: weekly.analysisId, fresh: true };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      const row = error.item && PortfolioRow.parse(error.item);
      if (!row?.weeklyReport || row.weekly?.week !== weekly.week) return undefined;
      return { analysisId: row.weekly.analysisId, fresh: false };
    }
  }
}

export const symbolsOf = ({ holdings, transactionSymbols }: PortfolioRow): string[] =>
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
