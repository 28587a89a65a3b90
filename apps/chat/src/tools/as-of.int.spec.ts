import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { chatTools, Problem, Statement, systemClock, type ChatToolName } from '@stocktool/contracts';
import { BuiltInPages, DocumentTable, Knowledge } from '@stocktool/knowledge';
import {
  BundledSource,
  CompanyFacts,
  CompanyNews,
  MarketData,
  marketSettings,
  PriceSeriesStore,
  PriceSeriesTable,
  QuoteCacheTable,
} from '@stocktool/market-data';
import {
  AlertTable,
  HeldPortfolios,
  PortfolioStore,
  PortfolioTable,
  TransactionStore,
  WatchlistTable,
} from '@stocktool/portfolios';
import { createBucket, createTable, localDynamo, localS3, ManualMetrics } from '@stocktool/testing';
import { ComputeLine } from '../compute/compute-line';
import { WebSearchSource } from '../web-search/web-search-source';
import { CompanyTools } from './company-tools';
import { openToolbox } from './open-toolbox';

const dataDir = path.resolve(import.meta.dirname, '../../../../data');
const asOf = '2018-06-29';

/** How each tool is asked about a symbol: a new tool has no line here, which does not compile. */
const questions: { [Name in ChatToolName]: (symbol: string) => object } = {
  get_stock_quote: (symbol) => ({ symbol }),
  get_historical_prices: (symbol) => ({ symbol, to: '2022-12-28' }),
  get_risk_assessment: (symbol) => ({ symbol, to: '2022-12-28' }),
  calculate_correlation: (symbol) => ({ symbols: [symbol, '^GSPC'] }),
  analyze_portfolio: (symbol) => ({ holdings: [{ symbol, weight: 1 }], to: '2022-12-28' }),
  what_if: (symbol) => ({
    holdings: [{ symbol, quantity: 10 }],
    trades: [
      { action: 'sell', symbol, quantity: 4 },
      { action: 'buy', symbol: 'KO', amount: 500 },
    ],
    to: '2022-12-28',
  }),
  optimize_portfolio: (symbol) => ({ symbols: [symbol, 'KO'], objective: 'minVariance', to: '2022-12-28' }),
  get_my_portfolios: () => ({}),
  set_price_alert: (symbol) => ({ symbol, above: 500 }),
  get_technical_indicators: (symbol) => ({ symbol }),
  check_golden_cross: (symbol) => ({ symbol, to: '2022-12-28' }),
  forecast_price: (symbol) => ({ symbol, days: 5 }),
  get_company_profile: (symbol) => ({ symbol }),
  get_dividends_splits: (symbol) => ({ symbol }),
  get_financials: (symbol) => ({ symbol }),
  get_earnings: (symbol) => ({ symbol }),
  get_analyst_recommendations: (symbol) => ({ symbol }),
  get_institutional_holders: (symbol) => ({ symbol }),
  get_market_cap_details: (symbol) => ({ symbol }),
  get_news: (symbol) => ({ symbol }),
  get_market_indices: () => ({}),
  get_market_summary: () => ({}),
  web_search: () => ({ query: 'chips' }),
  search_knowledge: () => ({ query: 'value at risk' }),
};
const names = Object.keys(questions) as ChatToolName[];

const [cacheTable, seriesTable, analysesTable, bucket, source, documentsTable, pages] = await Promise.all([
  createTable('stockCache'),
  createTable('portfolios'),
  createTable('analyses'),
  createBucket(),
  BundledSource.open(dataDir),
  createTable('documents'),
  BuiltInPages.open(dataDir),
]);
const [client, s3] = [localDynamo(), localS3()];
const [dynamo, objects] = [new Dynamo(client), new ObjectStore(s3)];
const series = new PriceSeriesStore(new PriceSeriesTable(dynamo, seriesTable.name), objects, bucket.name, systemClock);
const report = (error: unknown) => {
  throw error;
};
const cache = new QuoteCacheTable(dynamo, cacheTable.name, systemClock);
const market = new MarketData(source, cache, series, { clock: systemClock, metrics: new ManualMetrics(), report });
const documents = new DocumentTable(dynamo, systemClock, documentsTable.name);
const knowledge = new Knowledge(pages, documents, objects, { cacheMegabytes: 1 });
const results = new ResultStore(dynamo, objects, analysesTable.name, bucket.name);
const analyses = new AnalysisTable(dynamo, results, systemClock, analysesTable.name);
const computing = new ComputeLine();
const packs = new TransactionStore(dynamo, objects, { table: seriesTable.name, bucket: bucket.name });
const portfolios = new PortfolioStore(new PortfolioTable(dynamo, systemClock, seriesTable.name), packs);
const heldPortfolios = new HeldPortfolios(portfolios, market);
const watchlists = new WatchlistTable(dynamo, systemClock, seriesTable.name);
const alerts = new AlertTable(dynamo, systemClock, seriesTable.name);
/** What a vendor tells today: of every second year, before the date and after it. */
const days = ['2014', '2016', '2018', '2020', '2022'].flatMap((year) => [`${year}-03-31`, `${year}-09-30`]);
const nothing = Object.fromEntries(Object.keys(Statement.shape).map((figure) => [figure, null]));
const told = Object.assign(await BundledSource.open(dataDir), {
  mode: 'live' as const,
  provides: new Set([
    ...source.provides,
    'dividends',
    'financials',
    'earnings',
    'recommendations',
    'holders',
    'news',
  ] as const),
  earnings: (symbol: string) => {
    const items = days.toReversed().map((date) => ({ date, epsEstimate: 1, epsActual: 1, surprisePercent: 0 }));
    return Promise.resolve({ symbol, source: 'vendor', items });
  },
  recommendations: (symbol: string) => {
    const said = { strongBuy: 1, buy: 1, hold: 1, sell: 1, strongSell: 1 };
    return Promise.resolve({ symbol, source: 'vendor', items: days.toReversed().map((month) => ({ month, ...said })) });
  },
  holders: (symbol: string) => {
    const holding = { name: 'Fund', shares: 1, value: 1, fraction: 0.1 };
    return Promise.resolve({ symbol, source: 'vendor', items: days.map((reportedAt) => ({ ...holding, reportedAt })) });
  },
  dividends: (symbol: string) => {
    const dividends = days.map((exDate) => ({ exDate, amount: 1 }));
    const splits = days.map((date) => ({ date, numerator: 2, denominator: 1 }));
    return Promise.resolve({ symbol, currency: 'USD', source: 'vendor', dividends, splits });
  },
  financials: (symbol: string) => {
    const annual = days.toReversed().map((periodEnd) => Statement.parse({ ...nothing, periodEnd }));
    return Promise.resolve({ symbol, currency: 'USD', source: 'vendor', annual, quarterly: annual });
  },
  news: () => {
    const story = { publisher: 'News', summary: null, source: 'vendor' };
    const about = (day: string) => ({ id: day, title: `Of ${day}`, url: `https://news.example/${day}` });
    return Promise.resolve(days.map((day) => ({ ...story, ...about(day), publishedAt: `${day}T12:00:00.000Z` })));
  },
});
const around = { clock: systemClock, metrics: new ManualMetrics(), report };
const news = new CompanyNews(told, marketSettings({}), around);
/** Pages of every second year, as an engine that has no idea of dates finds them. */
class Engine extends WebSearchSource {
  readonly name = 'engine';
  search = () => Promise.resolve([...days, null].map((publishedAt) => ({ title: 'Chips', url: 'https://web.example', snippet: 'Chips.', publishedAt }))); // prettier-ignore
}
const web = new Engine();
const idle = { send: () => Promise.resolve() };
const toolbox = openToolbox({
  market,
  analyses,
  queue: idle,
  analysisWait: { atMostMs: 0, pollMs: 1 },
  computing,
  company: new CompanyTools(told, new CompanyFacts(told), news),
  knowledge,
  portfolios,
  heldPortfolios,
  watchlists,
  alerts,
  web,
  clock: systemClock,
});
const [one, other] = [randomUUID(), randomUUID()];
beforeAll(async () => {
  const csv = (future: number) => {
    const rows = Array.from({ length: 1000 }, (_, row) => {
      const date = new Date(Date.parse(asOf) + (row - 900) * 86_400_000).toISOString().slice(0, 10);
      return `${date},${100 + 20 * Math.sin(row / 30) + (row > 900 ? future * row : 0)}`;
    });
    return ['date,close', ...rows].join('\n');
  };
  await series.put(one, 'MINE', csv(0));
  await series.put(other, 'MINE', csv(1));
  const bought = (date: string, quantity: number) => ({
    date,
    type: 'buy' as const,
    symbol: 'AAPL',
    quantity,
    price: 100,
  });
  const kept = { name: 'Kept', currency: 'USD', weeklyReport: false };
  await portfolios.create(one, uuidv7(), { ...kept, transactions: [bought('2017-03-01', 10)] });
  const later = [bought('2017-03-01', 10), bought('2019-03-01', 7)];
  await portfolios.create(other, uuidv7(), { ...kept, transactions: later });
  for (const userId of [one, other])
    await watchlists.create(userId, uuidv7(), { name: 'Watched', symbols: ['KO', '~MINE'] });
});
afterAll(async () => {
  await computing.onApplicationShutdown();
  await Promise.all([cacheTable, seriesTable, analysesTable, documentsTable, bucket].map((each) => each.drop()));
  client.destroy();
  s3.destroy();
});

const ask = async (name: ChatToolName, symbol: string, userId: string) => {
  const context = { userId, asOf, signal: AbortSignal.timeout(20_000) };
  const asked = toolbox.run(name, questions[name](symbol) as Record<string, unknown>, context);
  return asked.then(
    ({ result }) => result,
    (error: unknown) => {
      if (symbol !== '~MINE' || !(error instanceof Problem)) throw error;
      return { code: error.code }; // a private series has no company
    },
  );
};
const datesIn = (result: unknown) => JSON.stringify(result).match(/\b\d{4}-\d{2}-\d{2}/g) ?? [];
const withoutIds = (result: unknown) => JSON.stringify(result).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');

describe('every tool, as of a date', () => {
  it('takes the date', () => {
    for (const { name } of toolbox.definitions()) expect(names).toContain(name);
    for (const name of names) expect([name, Object.keys(chatTools[name].parameters.shape)]).toEqual([name, expect.arrayContaining(['asOf'])]); // prettier-ignore
  });

  it.each(names.filter((name) => name !== 'search_knowledge'))('%s tells nothing later', async (name) => {
    for (const symbol of ['AAPL', '~MINE'])
      expect(datesIn(await ask(name, symbol, one)).filter((date) => date > asOf)).toEqual([]);
  });

  it.each(names)('%s tells the same whatever came after it', async (name) => {
    expect(withoutIds(await ask(name, '~MINE', other))).toBe(withoutIds(await ask(name, '~MINE', one)));
  });

  it('an analysis ends with it', async () => {
    const { analysisId } = (await ask('analyze_portfolio', 'AAPL', one)) as { analysisId: string };
    expect((await analyses.get(one, analysisId)).request).toMatchObject({ to: asOf });
  });
});
