import { z } from 'zod';
import { CompanyProfile, Dividends, Earnings, Holders, Recommendations, Statement } from './company';
import { MarketSummary, Quote } from './market';
import { NewsItem } from './news';
import { Ticker } from './ticker';

const asOf = z.iso.date().optional().describe('A date: nothing later is used. Leave out for the latest data.');
/** In words, without digits, so that a unit is never taken for a figure. */
const units = z.string();
const bySymbol = z.strictObject({ symbol: Ticker, asOf });

const Move = Quote.pick({ symbol: true, price: true, currency: true, changePercent: true, asOf: true, source: true });
const { dataMode, session } = MarketSummary.shape;
const { exDate, amount } = Dividends.shape.dividends.element.shape;

/** The rows of `chatTools` about companies and the market as a whole. Only those whose source is configured are offered. */
export const chatCompanyTools = {
  get_company_profile: {
    description: 'Who a company is: sector, industry, country, employees, market value, what it does.',
    parameters: bySymbol,
    result: CompanyProfile.omit({ website: true, ageSeconds: true, cache: true }).extend({ units }),
  },
  get_dividends_splits: {
    description: 'Dividends and splits of one symbol, the latest first.',
    parameters: bySymbol,
    result: z.object({
      symbol: Ticker,
      currency: z.string().nullable(),
      source: z.string(),
      total: z.number().describe('Dividends on record; the latest are listed.'),
      dividends: z.array(z.object({ exDate, amount })),
      splits: Dividends.shape.splits,
      units,
    }),
  },
  get_financials: {
    description: 'Revenue, earnings, balance sheet and cash flow of one company, of its latest years and quarters.',
    parameters: bySymbol,
    result: z.object({
      symbol: Ticker,
      currency: z.string().nullable(),
      source: z.string(),
      annual: z.array(Statement),
      quarterly: z.array(Statement),
      units,
    }),
  },
  get_earnings: {
    description: 'Announcements of earnings of one company: what was expected and what came, the latest first.',
    parameters: bySymbol,
    result: Earnings.pick({ symbol: true, source: true, items: true }).extend({ units }),
  },
  get_analyst_recommendations: {
    description: 'How many analysts say buy, hold or sell of one company, by month, the latest first.',
    parameters: bySymbol,
    result: Recommendations.pick({ symbol: true, source: true, items: true }).extend({ units }),
  },
  get_institutional_holders: {
    description: 'The institutions that hold most of one company.',
    parameters: bySymbol,
    result: Holders.pick({ symbol: true, source: true, items: true }).extend({ units }),
  },
  get_market_cap_details: {
    description: 'Market value of one company, how many shares it has, what that makes for one, and its size class.',
    parameters: bySymbol,
    result: z.object({
      symbol: Ticker,
      currency: z.string().nullable(),
      source: z.string(),
      asOf: z.iso.datetime(),
      marketCap: z.number().nullable(),
      sharesOutstanding: z.number().nullable(),
      valuePerShare: z.number().nullable(),
      sizeClass: z.enum(['mega', 'large', 'mid', 'small', 'micro']).nullable(),
      units,
    }),
  },
  get_news: {
    description: 'The latest news about one company, with the tone of each story.',
    parameters: bySymbol,
    result: z.object({
      symbol: Ticker,
      items: z.array(NewsItem.omit({ id: true })),
      unavailable: z.array(z.string()),
      units,
    }),
  },
  get_market_indices: {
    description: 'Where the market indices stand.',
    parameters: z.strictObject({ asOf }),
    result: z.object({ dataMode, asOf: z.iso.datetime(), indices: z.array(Move), units }),
  },
  get_market_summary: {
    description: 'The market as a whole: indices, the largest gains and losses, whether the exchanges are open.',
    parameters: z.strictObject({ asOf }),
    result: z.object({
      dataMode,
      session,
      asOf: z.iso.datetime(),
      indices: z.array(Move),
      gainers: z.array(Move),
      losers: z.array(Move),
      units,
    }),
  },
} as const;
