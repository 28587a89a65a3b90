import { z } from 'zod';

export const vendorNames = ['yahoo', 'finnhub', 'alpha-vantage'] as const;
export type VendorName = (typeof vendorNames)[number];

/** A list in order of preference, no vendor twice. */
const vendorList = z
  .string()
  .default(vendorNames.join(','))
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(vendorNames)).refine((names) => new Set(names).size === names.length, 'a vendor twice'));

/** An empty one is none: what a secret that nobody has filled gives. */
const optionalKey = z
  .string()
  .trim()
  .transform((key) => (key === '' ? undefined : key))
  .optional();

/** By the names that they have in an environment and in the secret. */
export const vendorKeys = { FINNHUB_API_KEY: optionalKey, ALPHA_VANTAGE_API_KEY: optionalKey };

/** Addresses separated by blanks: a comma may stand in one. */
const feedList = z
  .string()
  .default('')
  .transform((text) => text.split(/\s+/).filter((address) => address !== ''))
  .pipe(
    z
      .array(z.url({ protocol: /^https?$/ }).refine((address) => address.includes('{symbol}'), 'no {symbol} in it'))
      .max(10),
  );

/**
 * Where market data comes from, as every app that reads it takes it from its environment. Limits are what a plan
 * allows; with several processes each takes its share.
 */
export const marketEnvironment = {
  MARKET_DATA: z.enum(['bundled', 'live']).default('bundled'),
  MARKET_DATA_VENDORS: vendorList,
  MARKET_DATA_TIMEOUT_MS: z.coerce.number().int().min(10).max(30_000).default(3000),
  /** The share of fetched quotes that a second vendor is asked for, and how far apart the two may be. */
  MARKET_DATA_CROSS_CHECK_SHARE: z.coerce.number().min(0).max(1).default(0.05),
  MARKET_DATA_DISAGREEMENT_BASIS_POINTS: z.coerce.number().min(0).max(10_000).default(50),
  /** Failures in a row that open a vendor's circuit breaker, and how long it then stays open. */
  MARKET_DATA_BREAKER_FAILURES: z.coerce.number().int().min(1).max(1000).default(5),
  MARKET_DATA_BREAKER_SECONDS: z.coerce.number().min(0.05).max(3600).default(30),
  /** RSS or Atom feeds of a company's news, `{symbol}` where the symbol goes; beside the vendors' news. */
  NEWS_FEEDS: feedList,
  /** How many processes share the limits below: each keeps to its part. */
  MARKET_DATA_PROCESSES: z.coerce.number().int().min(1).max(10_000).default(1),
  YAHOO_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(60),
  YAHOO_BASE_URL: z.url().optional(),
  ...vendorKeys,
  FINNHUB_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(60),
  FINNHUB_BASE_URL: z.url().default('https://finnhub.io/api/v1'),
  ALPHA_VANTAGE_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(5),
  ALPHA_VANTAGE_REQUESTS_PER_DAY: z.coerce.number().int().min(1).max(10_000_000).default(25),
  ALPHA_VANTAGE_BASE_URL: z.url().default('https://www.alphavantage.co'),
};

const MarketSettings = z.object({ ...marketEnvironment, DATA_DIR: z.string().min(1).default('data') });
export type MarketSettings = z.output<typeof MarketSettings>;

/** For whoever has no environment of a service. */
export const marketSettings = (env: Readonly<Record<string, string | undefined>>): MarketSettings =>
  MarketSettings.parse(env);
