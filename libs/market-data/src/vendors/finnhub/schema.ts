import { z } from 'zod';

/** The parts of Finnhub's answers that are used (https://finnhub.io/docs/api). */

/** Zeros, and nulls for the change, for a symbol that it does not know. */
export const Quote = z.object({ c: z.number(), pc: z.number(), t: z.number().int() });

export const SymbolLookup = z.object({
  result: z.array(z.object({ description: z.string(), symbol: z.string(), type: z.string() })),
});

/** `{}` for an unknown symbol. Market capitalisation and shares in millions. */
export const Profile = z.object({
  name: z.string().optional(),
  country: z.string().optional(),
  currency: z.string().optional(),
  exchange: z.string().optional(),
  finnhubIndustry: z.string().optional(),
  marketCapitalization: z.number().optional(),
  shareOutstanding: z.number().optional(),
  weburl: z.string().optional(),
});

export const CompanyNews = z.array(
  z.object({
    id: z.number(),
    datetime: z.number().int(),
    headline: z.string(),
    source: z.string(),
    summary: z.string(),
    url: z.string(),
  }),
);

const Count = z.number().int().min(0);
export const RecommendationTrends = z.array(
  z.object({ period: z.iso.date(), strongBuy: Count, buy: Count, hold: Count, sell: Count, strongSell: Count }),
);

export const EarningsCalendar = z.object({
  earningsCalendar: z.array(
    z.object({
      date: z.iso.date(),
      symbol: z.string(),
      epsActual: z.number().nullable(),
      epsEstimate: z.number().nullable(),
    }),
  ),
});

export const DividendList = z.array(
  z.object({ date: z.iso.date(), amount: z.number().positive(), currency: z.string().optional() }),
);

export const SplitList = z.array(
  z.object({ date: z.iso.date(), fromFactor: z.number().positive(), toFactor: z.number().positive() }),
);

export const Ownership = z.object({
  ownership: z.array(z.object({ name: z.string(), share: z.number().min(0), filingDate: z.iso.date() })),
});

const ReportItem = z.object({ concept: z.string(), unit: z.string(), value: z.unknown() });
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}/);
export const FinancialsReported = z.object({
  data: z.array(
    z.object({
      form: z.string(),
      endDate: instant,
      filedDate: instant,
      report: z.object({ bs: z.array(ReportItem), ic: z.array(ReportItem), cf: z.array(ReportItem) }),
    }),
  ),
});
