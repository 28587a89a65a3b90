import { z } from 'zod';
import { AnalysisWarning } from './analysis-result';
import { keptObject, ObjectName } from './kept-object';
import { RequestedNumber } from './requested-number';
import { Ticker } from './ticker';
import { Transaction } from './transaction';

export const mostTransactions = 20_000;
/** Symbols of all of them together: the prices of each are read to know what is held. */
export const mostTransactedSymbols = 500;
/** As many as a portfolio is shown with; a list of their own has them all. */
export const transactionsShown = 1000;

export const transactedSymbols = (transactions: readonly Transaction[]): Set<string> =>
  new Set(transactions.flatMap(({ symbol }) => symbol ?? []));

export const PortfolioHolding = z
  .strictObject({
    symbol: Ticker,
    quantity: RequestedNumber.positive().max(1e12).describe('Shares held now.'),
    cost: RequestedNumber.min(0).max(1e15).optional().describe('What was paid for all of them.'),
  })
  .meta({ id: 'PortfolioHolding', example: { symbol: 'AAPL', quantity: 10, cost: 1200 } });
export type PortfolioHolding = z.infer<typeof PortfolioHolding>;

const Currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'a currency such as USD')
  .describe('ISO 4217. An analysis needs prices in it.');

const Holdings = z
  .array(PortfolioHolding)
  .max(200)
  .superRefine((holdings, context) => {
    const seen = new Set<string>();
    holdings.forEach(({ symbol }, at) => {
      if (seen.has(symbol))
        context.addIssue({ code: 'custom', path: [at, 'symbol'], message: `${symbol} is given twice` });
      seen.add(symbol);
    });
  })
  .describe('What is held. Left out, it follows from the transactions.');

const Transactions = z
  .array(Transaction)
  .max(mostTransactions)
  .refine((transactions) => transactedSymbols(transactions).size <= mostTransactedSymbols, {
    error: `in at most ${mostTransactedSymbols} symbols`,
  });
const example = {
  name: 'Retirement',
  currency: 'USD',
  holdings: [
    { symbol: 'AAPL', quantity: 10, cost: 1200 },
    { symbol: 'JNJ', quantity: 5 },
  ],
  weeklyReport: true,
};

/**
 * `holdings` that are given are what is held. Without them it is what the transactions leave: purchases less sales, split as the shares have been
 * since, where the source of prices shows splits.
 */
export const PortfolioRequest = z
  .strictObject({
    name: ObjectName,
    currency: Currency.default('USD'),
    holdings: Holdings.optional(),
    transactions: Transactions.optional(),
    weeklyReport: z.boolean().default(false).describe('An analysis every weekend, told by event `analysis.completed`.'),
  })
  .meta({ id: 'PortfolioRequest', example });
export type PortfolioRequest = z.infer<typeof PortfolioRequest>;

/** `holdings: null` lets them follow from the transactions again. */
export const PortfolioPatch = z
  .strictObject({
    name: ObjectName,
    currency: Currency,
    holdings: Holdings.nullable(),
    transactions: Transactions,
    weeklyReport: z.boolean(),
  })
  .partial()
  .meta({ id: 'PortfolioPatch', example: { holdings: [{ symbol: 'AAPL', quantity: 12 }] } });
export type PortfolioPatch = z.infer<typeof PortfolioPatch>;

const shown = {
  ...keptObject,
  name: z.string(),
  currency: z.string(),
  holdingsFrom: z.enum(['given', 'transactions']),
  transactionCount: z.number().int().min(0).max(mostTransactions),
  weeklyReport: z.boolean(),
};
const ids = {
  id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
  revision: 1,
  createdAt: '2026-01-05T14:30:00.000Z',
  updatedAt: '2026-01-05T14:30:00.000Z',
};
const shownExample = { ...ids, ...example, holdingsFrom: 'given' as const, transactionCount: 0 };

export const PortfolioSummary = z
  .object({ ...shown, holdings: z.array(PortfolioHolding).optional().describe('Those that were given.') })
  .meta({ id: 'PortfolioSummary', example: shownExample });
export type PortfolioSummary = z.infer<typeof PortfolioSummary>;

export const Portfolio = z
  .object({
    ...shown,
    holdings: z.array(PortfolioHolding),
    transactions: z.array(Transaction).optional().describe(`Left out beyond ${transactionsShown}: see the list.`),
    warnings: z.array(AnalysisWarning),
  })
  .meta({ id: 'Portfolio', example: { ...shownExample, transactions: [], warnings: [] } });
export type Portfolio = z.infer<typeof Portfolio>;

/** What an import did. A transaction that is there already, as often as in the file, is not imported again. */
export const TransactionImport = z
  .object({
    portfolioId: z.uuid(),
    revision: keptObject.revision,
    imported: z.number().int().min(0).max(mostTransactions),
    duplicates: z.number().int().min(0).max(mostTransactions),
    transactionCount: z.number().int().min(0).max(mostTransactions),
  })
  .meta({
    id: 'TransactionImport',
    example: { portfolioId: ids.id, revision: 2, imported: 3, duplicates: 0, transactionCount: 3 },
  });
export type TransactionImport = z.infer<typeof TransactionImport>;
