import { z } from 'zod';
import { ProblemDetails } from './problem';
import { provenance } from './provenance';
import { Stale } from './stale';
import { Ticker } from './ticker';

const Price = z.number().nullable();

/** A second vendor's price for the same moment, and how far it is from the first: 100 basis points are one per cent. */
export const Disagreement = z.object({ source: z.string(), price: z.number(), basisPoints: z.number().min(0) });
export type Disagreement = z.infer<typeof Disagreement>;

export const Quote = z
  .object({
    symbol: Ticker,
    price: z.number(),
    currency: z.string(),
    change: Price,
    changePercent: Price.describe('In percent points: 1.5 is 1.5 %.'),
    previousClose: Price,
    asOf: z.iso.datetime(),
    source: z.string(),
    ageSeconds: z.number().min(0),
    stale: z.boolean(),
    cache: z.enum(['memory', 'dynamodb', 'origin']),
    disagreement: Disagreement.optional().describe('Present where another vendor told a price too far away.'),
  })
  .meta({
    id: 'Quote',
    example: {
      symbol: 'AAPL',
      price: 129.93,
      currency: 'USD',
      change: -3.95,
      changePercent: -2.95,
      previousClose: 133.88,
      asOf: '2022-12-28T21:00:00.000Z',
      source: 'bundled',
      ageSeconds: 95000000,
      stale: false,
      cache: 'memory',
    },
  });
export type Quote = z.infer<typeof Quote>;

export const Quotes = z
  .object({ items: z.array(Quote), errors: z.array(z.object({ symbol: z.string(), problem: ProblemDetails })) })
  .meta({ id: 'Quotes' });
export type Quotes = z.infer<typeof Quotes>;

export const AsOfQuery = z.strictObject({ asOf: z.iso.date().optional() });
export type AsOfQuery = z.infer<typeof AsOfQuery>;

const symbolList = z
  .string()
  .transform((text) => text.split(',').map((symbol) => symbol.trim()))
  .pipe(z.array(Ticker).min(1).max(50));

export const QuotesQuery = AsOfQuery.extend({ symbols: symbolList });
export type QuotesQuery = z.infer<typeof QuotesQuery>;

export const QuoteStreamQuery = z.strictObject({ symbols: symbolList });
export type QuoteStreamQuery = z.infer<typeof QuoteStreamQuery>;

export const Interval = z.enum(['1d', '1wk', '1mo']);
export type Interval = z.infer<typeof Interval>;

export const range = { from: z.iso.date().optional(), to: z.iso.date().optional() };
export const inOrder = ({ from, to }: { from?: string | undefined; to?: string | undefined }) =>
  from === undefined || to === undefined || from <= to;
export const orderFault = { error: '`to` must not be before `from`', path: ['to'] };

export const HistoryQuery = AsOfQuery.extend({
  ...range,
  interval: Interval.default('1d'),
  adjusted: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true'),
}).refine(inOrder, orderFault);
export type HistoryQuery = z.infer<typeof HistoryQuery>;

export const PriceRow = z.object({
  date: z.iso.date(),
  open: Price,
  high: Price,
  low: Price,
  close: Price,
  adjClose: Price,
  volume: Price,
});
export type PriceRow = z.infer<typeof PriceRow>;

export const PriceHistory = z
  .object({
    symbol: Ticker,
    currency: z.string(),
    source: z.string(),
    asOf: z.iso.datetime().optional().describe('Of the last row: the close of its session.'),
    ageSeconds: provenance.ageSeconds,
    cache: provenance.cache,
    stale: Stale,
    rows: z.array(PriceRow),
  })
  .meta({ id: 'PriceHistory' });
export type PriceHistory = z.infer<typeof PriceHistory>;

export const RiskQuery = AsOfQuery.extend({
  ...range,
  benchmark: Ticker.default('^GSPC'),
  riskFreeRate: z.coerce.number().min(-0.5).max(1).default(0),
}).refine(inOrder, orderFault);
export type RiskQuery = z.infer<typeof RiskQuery>;

export const SymbolQuery = AsOfQuery.extend({
  q: z.string().trim().min(1).max(80),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type SymbolQuery = z.infer<typeof SymbolQuery>;

export const SymbolMatch = z
  .object({
    symbol: Ticker,
    name: z.string(),
    kind: z.enum(['stock', 'etf', 'index', 'fund', 'currency', 'crypto', 'other', 'private']),
    currency: z.string().nullable(),
    source: z.string(),
    from: z.iso.date().nullable(),
    to: z.iso.date().nullable(),
  })
  .describe('A vendor that finds a symbol does not always tell its currency, and never since when it has prices.')
  .meta({ id: 'SymbolMatch' });
export type SymbolMatch = z.infer<typeof SymbolMatch>;

export const MarketSummary = z
  .object({
    dataMode: z.enum(['bundled', 'live']),
    asOf: z.iso.datetime(),
    session: z.enum(['open', 'closed']).describe("Of the US exchanges, by the source's clock."),
    nextOpen: z.iso.datetime().nullable().describe('When the next session begins; null with `asOf`.'),
    nextClose: z.iso
      .datetime()
      .nullable()
      .describe('When the session under way, or else the next one, ends; null with `asOf`.'),
    indices: z.array(Quote),
    gainers: z.array(Quote),
    losers: z.array(Quote),
  })
  .meta({ id: 'MarketSummary' });
export type MarketSummary = z.infer<typeof MarketSummary>;

/** The part of a private symbol after `~`. */
export const PriceSeriesName = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.string().regex(/^[A-Z0-9][A-Z0-9.=_-]{0,18}$/, 'letters, digits, . = _ -, at most 19 characters'));

export const PriceSeries = z
  .object({
    symbol: Ticker,
    rows: z.number().int().min(1).max(20_000),
    from: z.iso.date(),
    to: z.iso.date(),
  })
  .meta({ id: 'PriceSeries', example: { symbol: '~HOUSE', rows: 2516, from: '2013-01-02', to: '2022-12-28' } });
export type PriceSeries = z.infer<typeof PriceSeries>;
