import { z } from 'zod';

/** The parts of Yahoo's answers that are used, as `yahoo-finance2` hands them out. */

const Price = z.number().nullish();
/** A date, or seconds since 1970, as the library has converted it or not. */
const Instant = z.union([z.date(), z.number().transform((seconds) => new Date(seconds * 1000))]);

export const Quote = z.object({
  symbol: z.string(),
  quoteType: z.string(),
  currency: z.string(),
  regularMarketPrice: z.number(),
  regularMarketPreviousClose: Price,
  regularMarketTime: Instant,
});

/** Each is checked by itself. */
export const Quotes = z.array(z.looseObject({ symbol: z.string() }));

/** Prices are adjusted for splits, `adjclose` for dividends as well. Rows of nulls are days without trading. */
export const Chart = z.object({
  meta: z.object({ currency: z.string(), exchangeTimezoneName: z.string() }),
  quotes: z.array(
    z.object({ date: z.date(), open: Price, high: Price, low: Price, close: Price, volume: Price, adjclose: Price }),
  ),
  events: z
    .object({
      dividends: z.array(z.object({ amount: z.number(), date: Instant })).optional(),
      splits: z
        .array(z.object({ date: Instant, numerator: z.number().positive(), denominator: z.number().positive() }))
        .optional(),
    })
    .optional(),
});

export const Search = z.object({
  quotes: z.array(
    z.looseObject({
      symbol: z.string().optional(),
      shortname: z.string().optional(),
      longname: z.string().optional(),
      quoteType: z.string().optional(),
    }),
  ),
  news: z
    .array(
      z.object({
        uuid: z.string(),
        title: z.string(),
        publisher: z.string(),
        link: z.string(),
        providerPublishTime: Instant,
      }),
    )
    .default([]),
});

const text = z.string().nullish();
export const Profile = z.object({
  price: z.object({
    longName: text,
    shortName: text,
    currency: text,
    exchangeName: text,
    marketCap: Price,
    quoteType: z.string(),
  }),
  assetProfile: z
    .object({
      country: text,
      sector: text,
      industry: text,
      website: text,
      fullTimeEmployees: z.number().int().nullish(),
      longBusinessSummary: text,
    })
    .optional(),
  defaultKeyStatistics: z.object({ sharesOutstanding: Price }).optional(),
});

const Count = z.number().int().min(0);
export const Recommendations = z.object({
  recommendationTrend: z
    .object({
      trend: z.array(
        z.object({ period: z.string(), strongBuy: Count, buy: Count, hold: Count, sell: Count, strongSell: Count }),
      ),
    })
    .optional(),
});

export const Holders = z.object({
  institutionOwnership: z
    .object({
      ownershipList: z.array(
        z.object({
          reportDate: Instant,
          organization: z.string(),
          pctHeld: Price,
          position: z.number(),
          value: Price,
        }),
      ),
    })
    .optional(),
});

/** Figures that are asked for, each `annual…` and `quarterly…`. Capital expenditure is negative. */
export const figures = [
  'TotalRevenue',
  'GrossProfit',
  'OperatingIncome',
  'NetIncome',
  'DilutedEPS',
  'TotalAssets',
  'TotalLiabilitiesNetMinorityInterest',
  'StockholdersEquity',
  'OperatingCashFlow',
  'CapitalExpenditure',
  'FreeCashFlow',
] as const;
export type Figure = (typeof figures)[number];

const Reported = z.object({
  asOfDate: z.iso.date(),
  currencyCode: z.string().nullish(),
  reportedValue: z.object({ raw: z.number() }),
});
/** One entry for each figure, under a field of its name; a figure that Yahoo does not have is an entry without it. */
export const Timeseries = z.object({
  timeseries: z.object({
    result: z.array(
      z
        .object({ meta: z.object({ type: z.array(z.string()).min(1) }) })
        .catchall(z.unknown())
        .transform(({ meta, ...rest }, context) => {
          const name = meta.type[0]!;
          const reports = z.array(Reported.nullable()).optional().safeParse(rest[name]);
          if (!reports.success) context.addIssue({ code: 'custom', message: 'not as published', path: [name] });
          return { name, reports: (reports.data ?? []).filter((report) => report !== null) };
        }),
    ),
  }),
});
