import { z } from 'zod';

/** The parts of Alpha Vantage's answers that are used (https://www.alphavantage.co/documentation). Every number is text. */

const Decimal = z
  .string()
  .regex(/^-?\d+(?:\.\d+)?$/)
  .transform(Number);
const nothing = z.enum(['None', '-', '', '0000-00-00']).transform(() => null);
const Amount = z.union([nothing, Decimal]);
const Words = z.union([nothing, z.string()]);
/** Present where an answer was refused; the texts hold the key. */
export const Refusal = z.looseObject({
  Note: z.string().optional(),
  Information: z.string().optional(),
  'Error Message': z.string().optional(),
});

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** `{}` for an unknown symbol: null here. */
export const GlobalQuote = z.object({
  'Global Quote': z.preprocess(
    (value) => (isEmpty(value) ? null : value),
    z
      .object({
        '01. symbol': z.string(),
        '05. price': Decimal,
        '07. latest trading day': z.iso.date(),
        '08. previous close': Decimal,
      })
      .nullable(),
  ),
});

export const DailyAdjusted = z.object({
  'Time Series (Daily)': z.record(
    z.iso.date(),
    z.object({
      '1. open': Decimal,
      '2. high': Decimal,
      '3. low': Decimal,
      '4. close': Decimal,
      '5. adjusted close': Decimal,
      '6. volume': Decimal,
    }),
  ),
});

export const SymbolSearch = z.object({
  bestMatches: z.array(
    z.object({ '1. symbol': z.string(), '2. name': z.string(), '3. type': z.string(), '8. currency': z.string() }),
  ),
});

/** `{}` for an unknown symbol. */
export const Overview = z.object({
  Name: Words.optional(),
  AssetType: Words.optional(),
  Description: Words.optional(),
  Exchange: Words.optional(),
  Currency: Words.optional(),
  Country: Words.optional(),
  Sector: Words.optional(),
  Industry: Words.optional(),
  OfficialSite: Words.optional(),
  MarketCapitalization: Amount.optional(),
  SharesOutstanding: Amount.optional(),
});

export const DividendList = z.object({
  data: z.array(z.object({ ex_dividend_date: z.iso.date(), amount: Decimal })),
});
export const SplitList = z.object({ data: z.array(z.object({ effective_date: z.iso.date(), split_factor: Decimal })) });

const reports = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const list = z.array(z.object({ fiscalDateEnding: z.iso.date(), reportedCurrency: Words, ...shape }));
  return z.object({ annualReports: list.default([]), quarterlyReports: list.default([]) });
};
export const IncomeStatement = reports({
  totalRevenue: Amount,
  grossProfit: Amount,
  operatingIncome: Amount,
  netIncome: Amount,
});
export const BalanceSheet = reports({ totalAssets: Amount, totalLiabilities: Amount, totalShareholderEquity: Amount });
export const CashFlow = reports({ operatingCashflow: Amount, capitalExpenditures: Amount });

export const EarningsList = z.object({
  quarterlyEarnings: z
    .array(
      z.object({
        reportedDate: z.union([nothing, z.iso.date()]),
        reportedEPS: Amount,
        estimatedEPS: Amount,
        surprisePercentage: Amount,
      }),
    )
    .default([]),
});

export const NewsFeed = z.object({
  feed: z
    .array(
      z.object({
        title: z.string(),
        url: z.string(),
        time_published: z.string().regex(/^\d{8}T\d{4}(?:\d{2})?$/),
        summary: z.string(),
        source: z.string(),
      }),
    )
    .default([]),
});
