import { existsSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '@stocktool/contracts';
import { FixedClock, ManualMetrics, RecordedYahoo } from '@stocktool/testing';
import fc from 'fast-check';
import { CompanyFacts } from '../company-facts';
import type { MarketDataSource } from '../market-data-source';
import { CompanyNews } from '../news/company-news';
import { openSource } from '../open-source';
import { marketSettings } from '../settings';
import { answerOf, VendorServer, type Reply } from './vendor-server.fixture';

const vendors = import.meta.dirname;
const clock = new FixedClock('2024-11-22T22:00:00Z');
const around = { clock, metrics: new ManualMetrics(), report: () => undefined };
const recorded = (vendor: string, name: string): Reply | undefined =>
  existsSync(path.join(vendors, vendor, 'answers', `${name}.json`))
    ? answerOf(path.join(vendors, vendor), name)
    : undefined;
const finnhub = ({ pathname }: URL) => {
  const parts = pathname.slice(1).split('/');
  return recorded('finnhub', parts.join('-')) ?? recorded('finnhub', parts.at(-1)!);
};
const alphaVantage = ({ searchParams }: URL) => {
  const name = searchParams.get('function')!.toLowerCase().replaceAll('_', '-').replace('time-series-', '');
  return recorded('alpha-vantage', name);
};
const kinds = ['profile', 'dividends', 'financials', 'earnings', 'recommendations', 'holders'] as const;
type Kind = (typeof kinds)[number];

let yahoo: RecordedYahoo;
let server: VendorServer;
beforeAll(async () => {
  [yahoo, server] = await Promise.all([RecordedYahoo.start(), VendorServer.start()]);
  server.on('*', (url) => (url.pathname === '/query' ? alphaVantage(url) : finnhub(url)));
});
afterAll(async () => {
  yahoo.stop();
  await server.stop();
});

const many = { MARKET_DATA: 'live', MARKET_DATA_CROSS_CHECK_SHARE: '0', MARKET_DATA_BREAKER_FAILURES: '1000' };
const settingsOf: Record<string, () => Record<string, string>> = {
  yahoo: () => yahoo.settings,
  finnhub: () => ({
    ...many,
    MARKET_DATA_VENDORS: 'finnhub',
    FINNHUB_API_KEY: 'key',
    FINNHUB_BASE_URL: server.url,
    FINNHUB_REQUESTS_PER_MINUTE: '10000',
  }),
  'alpha-vantage': () => ({
    ...many,
    MARKET_DATA_VENDORS: 'alpha-vantage',
    ALPHA_VANTAGE_API_KEY: 'key',
    ALPHA_VANTAGE_BASE_URL: server.url,
    ALPHA_VANTAGE_REQUESTS_PER_MINUTE: '10000',
    ALPHA_VANTAGE_REQUESTS_PER_DAY: '10000',
  }),
};

/** Before its first price a symbol is unknown. */
const notYetThere = (error: unknown): object => {
  if (error instanceof Problem && error.code === 'symbol-not-found') return {};
  throw error;
};
/** Every day that an answer names. */
const datesIn = (answer: unknown) => JSON.stringify(answer).match(/\b\d{4}-\d{2}-\d{2}/g) ?? [];
const day = fc
  .integer({ min: Date.parse('2014-01-01') / 86_400_000, max: Date.parse('2024-11-22') / 86_400_000 })
  .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));

describe.each(Object.keys(settingsOf))('what %s tells', (vendor) => {
  let source: MarketDataSource;
  let facts: CompanyFacts;
  let news: CompanyNews;
  beforeAll(async () => {
    const settings = marketSettings(settingsOf[vendor]!());
    source = await openSource(settings, { ...around, notice: () => undefined });
    facts = new CompanyFacts(source, clock);
    news = new CompanyNews(source, settings, around);
  });
  const ask = (kind: Kind | 'news', asOf?: string) =>
    kind === 'news' ? news.about('AAPL', { asOf, limit: 100 }) : facts[kind]('AAPL', asOf);
  const told = () => ([...kinds, 'news'] as const).filter((kind) => source.provides.has(kind));

  it('is read whole, and as of any date names no later one', async () => {
    expect(told().length).toBeGreaterThan(3);
    for (const kind of told()) {
      const now = await ask(kind);
      expect([kind, datesIn(now).length > 0]).toEqual([kind, true]);
      await fc.assert(
        fc.asyncProperty(day, async (asOf) => {
          const then = await ask(kind, asOf).catch(notYetThere);
          expect([kind, asOf, datesIn(then).filter((date) => date > asOf)]).toEqual([kind, asOf, []]);
        }),
        { numRuns: 40 },
      );
    }
  });

  it('says of every statement, story and holding when it became known, or that it does not', async () => {
    if (source.provides.has('financials')) {
      const { annual, quarterly } = await facts.financials('AAPL');
      for (const { periodEnd, reportedAt } of [...annual, ...quarterly])
        expect([periodEnd, reportedAt === null || reportedAt > periodEnd]).toEqual([periodEnd, true]);
    }
    if (source.provides.has('news'))
      for (const { publishedAt } of (await news.about('AAPL', { limit: 100 })).items)
        expect(Date.parse(publishedAt)).toBeLessThanOrEqual(clock.epochMs() + 120_000);
  });
});
