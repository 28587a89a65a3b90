import { z } from 'zod';
import { provenance } from './provenance';
import { Stale } from './stale';
import { Ticker } from './ticker';

const Text = z.string().nullable();
const Amount = z.number().nullable();
const Count = z.number().int().min(0).nullable();

/** Who a symbol is. What the source does not tell is null. */
export const CompanyProfile = z
  .object({
    symbol: Ticker,
    name: z.string(),
    kind: z.enum(['stock', 'etf', 'index', 'fund', 'currency', 'crypto', 'other']),
    exchange: Text,
    currency: Text,
    country: Text,
    sector: Text,
    industry: Text,
    website: Text,
    employees: Count,
    marketCap: Amount.describe('In `currency`.'),
    sharesOutstanding: Amount,
    description: Text,
    asOf: z.iso.datetime(),
    source: z.string(),
    stale: Stale,
    ageSeconds: provenance.ageSeconds,
    cache: provenance.cache,
  })
  .meta({
    id: 'CompanyProfile',
    example: {
      symbol: 'AAPL',
      name: 'Apple Inc.',
      kind: 'stock',
      exchange: 'NASDAQ',
      currency: 'USD',
      country: 'United States',
      sector: 'Technology',
      industry: 'Consumer Electronics',
      website: 'https://www.apple.com',
      employees: 164000,
      marketCap: 3475000000000,
      sharesOutstanding: 15115800000,
      description: 'Apple designs, makes and sells smartphones, personal computers and tablets.',
      asOf: '2024-11-22T21:00:00.000Z',
      source: 'yahoo',
    },
  });
export type CompanyProfile = z.infer<typeof CompanyProfile>;

/** Oldest first. `amount` is for one share, as paid at the time; a split of 4 for 1 has numerator 4 and denominator 1. */
export const Dividends = z
  .object({
    symbol: Ticker,
    currency: Text,
    source: z.string(),
    ...provenance,
    stale: Stale,
    dividends: z.array(z.object({ exDate: z.iso.date(), amount: z.number().positive() })),
    splits: z.array(
      z.object({ date: z.iso.date(), numerator: z.number().positive(), denominator: z.number().positive() }),
    ),
  })
  .meta({
    id: 'Dividends',
    example: {
      symbol: 'AAPL',
      currency: 'USD',
      source: 'yahoo',
      dividends: [{ exDate: '2020-08-07', amount: 0.82 }],
      splits: [{ date: '2020-08-31', numerator: 4, denominator: 1 }],
    },
  });
export type Dividends = z.infer<typeof Dividends>;

/** One reported period. Money in the currency of the report, `eps` for one diluted share. */
export const Statement = z.object({
  periodEnd: z.iso.date(),
  /** When it became known; as-of reads go by it, and by the period's end plus the longest filing time where it is null. */
  reportedAt: z.iso.date().nullable(),
  revenue: Amount,
  grossProfit: Amount,
  operatingIncome: Amount,
  netIncome: Amount,
  eps: Amount,
  totalAssets: Amount,
  totalLiabilities: Amount,
  totalEquity: Amount,
  operatingCashFlow: Amount,
  capitalExpenditure: Amount,
  freeCashFlow: Amount,
});
export type Statement = z.infer<typeof Statement>;

/** Newest first. */
export const Financials = z
  .object({
    symbol: Ticker,
    currency: Text,
    source: z.string(),
    ...provenance,
    stale: Stale,
    annual: z.array(Statement),
    quarterly: z.array(Statement),
  })
  .meta({
    id: 'Financials',
    example: {
      symbol: 'AAPL',
      currency: 'USD',
      source: 'yahoo',
      annual: [
        {
          periodEnd: '2024-09-28',
          reportedAt: '2024-11-01',
          revenue: 391035000000,
          grossProfit: 180683000000,
          operatingIncome: 123216000000,
          netIncome: 93736000000,
          eps: 6.08,
          totalAssets: 364980000000,
          totalLiabilities: 308030000000,
          totalEquity: 56950000000,
          operatingCashFlow: 118254000000,
          capitalExpenditure: -9447000000,
          freeCashFlow: 108807000000,
        },
      ],
      quarterly: [],
    },
  });
export type Financials = z.infer<typeof Financials>;

/** Newest first; an announcement that is still to come has no `epsActual`. `surprisePercent` is in percent points. */
export const Earnings = z
  .object({
    symbol: Ticker,
    source: z.string(),
    ...provenance,
    stale: Stale,
    items: z.array(z.object({ date: z.iso.date(), epsEstimate: Amount, epsActual: Amount, surprisePercent: Amount })),
  })
  .meta({ id: 'Earnings' });
export type Earnings = z.infer<typeof Earnings>;

/** How many analysts say what, newest month first. */
export const Recommendations = z
  .object({
    symbol: Ticker,
    source: z.string(),
    ...provenance,
    stale: Stale,
    items: z.array(
      z.object({
        month: z.iso.date(),
        strongBuy: z.number().int().min(0),
        buy: z.number().int().min(0),
        hold: z.number().int().min(0),
        sell: z.number().int().min(0),
        strongSell: z.number().int().min(0),
      }),
    ),
  })
  .meta({ id: 'Recommendations' });
export type Recommendations = z.infer<typeof Recommendations>;

/** The largest first. `fraction` is of the shares outstanding. */
export const Holders = z
  .object({
    symbol: Ticker,
    source: z.string(),
    ...provenance,
    stale: Stale,
    items: z.array(
      z.object({ name: z.string(), reportedAt: z.iso.date(), shares: z.number(), value: Amount, fraction: Amount }),
    ),
  })
  .meta({ id: 'Holders' });
export type Holders = z.infer<typeof Holders>;
