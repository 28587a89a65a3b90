import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { analyse, barsOf, indicatorsOf } from '@stocktool/analytics';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import {
  makeEvent,
  Problem,
  Statement,
  systemClock,
  type ChatEvent,
  type QueueBody,
  type CrossSeries,
  type Dividends,
  type Financials,
} from '@stocktool/contracts';
import { KnowledgeIndex } from '@stocktool/knowledge';
import { OfflineModel, type PromptMessage } from '@stocktool/llm';
import {
  BundledSource,
  CompanyFacts,
  CompanyNews,
  MarketData,
  marketSettings,
  MarketDataSource,
  PriceSeriesStore,
  PriceSeriesTable,
  QuoteCacheTable,
} from '@stocktool/market-data';
import { createBucket, createTable, localDynamo, localS3, ManualMetrics } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { tokensOf } from './grounding/number-grammar';
import { emptyDraft, ReplyLoop } from './reply/reply-loop';
import { ToolRunner } from './reply/run-tool';
import { AnalyzePortfolio } from './tools/analyze-portfolio';
import { CalculateCorrelation } from './tools/calculate-correlation';
import { CheckGoldenCross } from './tools/check-golden-cross';
import { CompanyTools } from './tools/company-tools';
import { ForecastPrice } from './tools/forecast-price';
import { GetHistoricalPrices } from './tools/get-historical-prices';
import { GetRiskAssessment } from './tools/get-risk-assessment';
import { GetMarketIndices } from './tools/get-market-indices';
import { GetMarketSummary } from './tools/get-market-summary';
import { GetStockQuote } from './tools/get-stock-quote';
import { GetTechnicalIndicators } from './tools/get-technical-indicators';
import { SearchKnowledge } from './tools/search-knowledge';
import { Toolbox } from './tools/toolbox';

Logger.overrideLogger(false);
const dataDir = path.resolve(import.meta.dirname, '../../../data');
const userId = randomUUID();
const [cacheTable, seriesTable, analysesTable, bucket, source, knowledge] = await Promise.all([
  createTable('stockCache'),
  createTable('portfolios'),
  createTable('analyses'),
  createBucket(),
  BundledSource.open(dataDir),
  KnowledgeIndex.open(dataDir),
]);
const client = localDynamo();
const s3 = localS3();
const dynamo = new Dynamo(client);
const objects = new ObjectStore(s3);
const series = new PriceSeriesStore(new PriceSeriesTable(dynamo, seriesTable.name), objects, bucket.name, systemClock);
const cache = new QuoteCacheTable(dynamo, cacheTable.name, systemClock);
const report = (error: unknown) => {
  throw error;
};
const market = new MarketData(source, cache, series, { clock: systemClock, metrics: new ManualMetrics(), report });
const results = new ResultStore(dynamo, objects, analysesTable.name, bucket.name);
const analyses = new AnalysisTable(dynamo, results, systemClock, analysesTable.name);
const forecastPrice = new ForecastPrice(market);
afterAll(async () => {
  await forecastPrice.onApplicationShutdown();
  await Promise.all([cacheTable, seriesTable, analysesTable, bucket].map((one) => one.drop()));
  client.destroy();
  s3.destroy();
});

/** Does what the worker does with a message, in place. */
const worker = {
  send: async (_name: string, body: unknown): Promise<void> => {
    const { analysisId } = body as QueueBody<'analysis'>;
    const started = await analyses.start(userId, analysisId, 90);
    if (!('attempt' in started)) throw new Error('not started');
    const { request } = started.attempt;
    const symbols = [...(request.holdings ?? []).map(({ symbol }) => symbol), request.benchmark];
    const prices = await Promise.all(symbols.map((symbol) => market.series(symbol)));
    const result = analyse({ request: { ...request, holdings: request.holdings ?? [] }, series: prices });
    const finishedAt = new Date().toISOString();
    const headline = {
      totalReturn: null,
      annualVolatility: null,
      sharpe: null,
      maxDrawdown: null,
      historicalVar95: null,
    };
    const links = { self: 'self', report: 'report' };
    const { from, to } = result.window;
    const data = {
      userId,
      analysisId,
      kind: 'portfolio' as const,
      createdAt: finishedAt,
      finishedAt,
      window: { from, to },
      headline,
      links,
    };
    const event = makeEvent('analysis.completed', { id: analysisId, source: 'test', time: new Date(), data });
    const pointer = await results.write(started.attempt, result);
    await analyses.complete(started.attempt, { result: pointer, headline, event, finishedAt });
  },
};
const newsOf = (vendor: MarketDataSource) =>
  new CompanyNews(vendor, marketSettings({}), { clock: systemClock, metrics: new ManualMetrics(), report });
const noNews = newsOf(source);
const idle = { send: () => Promise.resolve() };

async function ask(
  question: string,
  options: { asOf?: string; history?: PromptMessage[]; queue?: typeof worker; company?: CompanyTools } = {},
) {
  const toolbox = new Toolbox([
    new GetStockQuote(market),
    new GetHistoricalPrices(market),
    new GetRiskAssessment(market),
    new CalculateCorrelation(market),
    new AnalyzePortfolio(market, analyses, options.queue ?? worker, systemClock, { atMostMs: 500, pollMs: 20 }),
    new GetTechnicalIndicators(market),
    new CheckGoldenCross(market),
    forecastPrice,
    new GetMarketIndices(market),
    new GetMarketSummary(market),
    ...(options.company ?? new CompanyTools(source, new CompanyFacts(source), noNews)).offered(),
    new SearchKnowledge(knowledge),
  ]);
  const metrics = new ManualMetrics();
  const loop = new ReplyLoop(toolbox, new ToolRunner(toolbox, metrics, systemClock), metrics, systemClock);
  const draft = emptyDraft();
  const events: ChatEvent[] = [];
  const request = {
    userId,
    messageId: uuidv7(),
    message: question,
    history: options.history ?? [],
    model: new OfflineModel(source),
    today: options.asOf ?? '2022-12-28',
    ...(options.asOf !== undefined && { asOf: options.asOf }),
  };
  await loop.run(request, draft, (event) => events.push(event), AbortSignal.timeout(20_000));
  return { ...draft, events };
}

class Vendor extends MarketDataSource {
  readonly name = 'vendor';
  readonly mode = 'live';
  readonly provides = new Set(['dividends', 'financials', 'news'] as const);
  now() {
    return source.now();
  }
  override dividends(symbol: string): Promise<Dividends> {
    const splits = [{ date: '2020-08-31', numerator: 4, denominator: 1 }];
    const dividends = [{ exDate: '2020-08-07', amount: 0.82 }];
    return Promise.resolve({ symbol, currency: 'USD', source: this.name, dividends, splits });
  }
  override financials(symbol: string): Promise<Financials> {
    const nothing = Object.fromEntries(Object.keys(Statement.shape).map((figure) => [figure, null]));
    const annual = [Statement.parse({ ...nothing, periodEnd: '2019-09-28', revenue: 260_174_000_000 })];
    return Promise.resolve({ symbol, currency: 'USD', source: this.name, annual, quarterly: [] });
  }
  override news() {
    const [url, publishedAt] = ['https://news.example/a', '2020-08-01T12:00:00.000Z'];
    const story = { id: '1', title: 'Profit soars 12%', url, publisher: 'News', publishedAt, summary: null };
    return Promise.resolve([{ ...story, source: this.name }]);
  }
}

describe('the offline model over the bundled data', () => {
  it.each([
    'What is the price of Apple?',
    'MSFT on 2015-03-02',
    'price of the S&P 500',
    'How did Coca-Cola do since 2010?',
    'Exxon in 2020',
    'How did JNJ do over the last 3 years?',
    'JPM in March 2020',
    'How risky is AMD?',
    'value at risk of JPMorgan over the past 5 years',
    'Risk of FB',
    'How risky is the S&P 500 since 2000?',
    'Should I buy Pfizer?',
    'Is Pepsi safer than Coke since 2015?',
    'Compare Apple, Microsoft and AMD',
    'How correlated are AAPL, MSFT and XOM since 2012?',
    'Correlation between Apple and the S&P 500',
    'Correlation of AAPL MSFT XOM CVX KO PEP WMT HD since 2015',
    'Analyse 60% AAPL and 40% MSFT since 2014',
    '10 shares of KO and 5 shares of PEP',
    'An equally weighted portfolio of HD, BBY and WMT in 2008',
    'What is value at risk?',
    'Explain the Sharpe ratio',
    'What is expected shortfall?',
    'How does diversification reduce risk?',
    'What is tracking error?',
    'How do I read a report?',
    'What are bonds?',
    'Hello!',
    'What can you do?',
    'Analyse my portfolio',
    '60% AAPL and 30% MSFT',
    'Any news about Apple?',
    'News, dividends and revenue of KO until 2020-06-30',
    'Dividends of Coca-Cola',
    'Revenue of Microsoft',
    'Which sector is Pfizer in?',
    'How is the market?',
    'Gainers and losers on 2020-03-16',
    'The major indices',
    'price of TSLA',
    'How risky is Tesla?',
    'RSI of Apple',
    'Is Microsoft overbought?',
    'MACD and Bollinger bands of IBM',
    '200-day moving average of KO on 2015-03-02',
    'ATR, ADX and on-balance volume of AAPL',
    'Has IBM had a golden cross since 2005?',
    'Death crosses of the S&P 500 in 2008',
    'Forecast for Apple',
    'Where will KO be next week?',
    'Predict IBM for tomorrow',
    'Forecast of FB',
    'FB in 2020',
    'Correlation of FB and QUAL',
  ])('grounds every number: %s', async (question) => {
    const { content, grounding, finishReason } = await ask(question);
    expect(finishReason).toBe('stop');
    expect(grounding.filter(({ ok }) => !ok)).toEqual([]);
    const { numbers, references } = tokensOf(content);
    expect(grounding.map(({ text }) => text)).toEqual(
      [...numbers, ...references].sort((a, b) => a.start - b.start).map(({ text }) => text),
    );
    for (const { start, end, text } of grounding) expect(content.slice(start, end)).toBe(text);
  });

  it('answers a portfolio with its figures, the shares of risk and the report', async () => {
    const { content, toolCalls } = await ask('Analyse 60% AAPL and 40% MSFT from 2014-01-02 to 2017-12-29');
    expect(toolCalls).toMatchObject([{ name: 'analyze_portfolio', ok: true }]);
    expect(content).toMatch(/Sharpe ratio \d/);
    expect(content).toMatch(/AAPL \d+\.\d+% \(weight 60\.0%\)/);
    expect(content).toMatch(/\/v1\/analyses\/[0-9a-f-]{36}\/report/);
    expect(content).toContain('as of 2017-12-29');
    expect(content).toContain('Not investment advice.');
  });

  it.each([
    ['takes longer', idle],
    [
      'is left to the sweep by the queue',
      { send: () => Promise.reject(new Problem('dependency-unavailable', 'no queue')) },
    ],
  ])('gives the id and the link when the analysis %s', async (_, queue) => {
    const { content, grounding } = await ask('Analyse 60% AAPL and 40% MSFT', { queue });
    expect(content).toMatch(/The analysis is queued\. It will be at \/v1\/analyses\/[0-9a-f-]{36},/);
    expect(grounding.every(({ ok }) => ok)).toBe(true);
  });

  it('gives indicators as the market data has them, and says what the source lacks', async () => {
    const { content, toolCalls } = await ask('RSI and ATR of Apple');
    expect(toolCalls).toMatchObject([{ name: 'get_technical_indicators', ok: true }]);
    const history = await market.history('AAPL', { interval: '1d', adjusted: true });
    const { series } = indicatorsOf(barsOf(history), ['rsi:14'], {});
    expect(content).toContain((series['rsi:14'] as number[]).at(-1)!.toFixed(2));
    expect(content).toMatch(/no highs and lows of AAPL/);
  });

  it('names the days of golden and death crosses', async () => {
    const { content } = await ask('Did IBM have a golden cross from 2009 to 2012?');
    const history = await market.history('IBM', { interval: '1d', adjusted: true, to: '2012-12-31' });
    const { cross } = indicatorsOf(barsOf(history), ['cross'], { from: '2009-01-01' }).series as { cross: CrossSeries };
    expect(cross.crossings.length).toBeGreaterThan(1);
    for (const { date } of cross.crossings) expect(content).toContain(date);
  });

  it('forecasts with what it has been right about before, or says that it has no skill', async () => {
    const { content } = await ask('Forecast for Apple');
    expect(content).toMatch(/No skill: in 125 forecasts of the past/);
    expect(content).toMatch(/Range at 95%: .* held 9\d\.\d% of the time/);
    const before = await ask('Forecast for Apple', { asOf: '2015-06-30' });
    expect(before.content).toContain('as of 2015-06-30');
  });

  it('knows nothing later than the date asked as of', async () => {
    const { content } = await ask('How did Apple do since 2015?', { asOf: '2016-06-30' });
    expect(content).toContain('2015-01-02 to 2016-06-30');
    const dates = [...content.matchAll(/\d{4}-\d{2}-\d{2}/g)].map(([date]) => date);
    expect(dates.every((date) => date <= '2016-06-30')).toBe(true);
    expect((await ask('price of FB', { asOf: '2012-01-01' })).content).toMatch(/no price/i);
  });

  it('says when a symbol has no data then, rather than answer with something else', async () => {
    const { content, toolCalls } = await ask('How did FB do in 2020?');
    expect(toolCalls).toMatchObject([{ ok: false }]);
    expect(content).toContain('2012-05-18 to 2013-03-01');
  });

  it('offers of a company what a source is configured for, and says what is not', async () => {
    const { toolCalls, content } = await ask('Any news about Apple?');
    expect(toolCalls).toEqual([]);
    expect(content).toContain('no source for that');
    expect((await ask('Which sector is Pfizer in?')).content).toContain('Pfizer (PFE)');
  });

  it('tells what a company pays, reports and is in the news for, every number from the tool', async () => {
    const vendor = new Vendor();
    const company = new CompanyTools(vendor, new CompanyFacts(vendor), newsOf(vendor));
    const paid = await ask('Dividends and splits of Apple', { company });
    expect(paid.content).toContain('2020-08-07: $0.8200');
    expect(paid.content).toContain('4 for 1 on 2020-08-31');
    const reported = await ask('Revenue of Apple', { company });
    expect(reported.content).toMatch(/Year to 2019-09-28: revenue \$260,174,000,000\.00, net income n\/a/);
    const told = await ask('News about Apple', { company });
    expect(told.content).toContain('Profit soars 12% (tone positive) https://news.example/a');
    for (const { grounding, content } of [paid, reported, told]) {
      expect(grounding.length).toBeGreaterThan(0);
      expect(grounding.filter(({ ok }) => !ok)).toEqual([]);
      expect(content).toContain('Source: vendor data');
    }
    const before = await ask('Dividends and splits of Apple', { company, asOf: '2020-08-10' });
    expect(before.content).not.toContain('Splits');
  });

  it('quotes a page and cites it', async () => {
    const { content, citations, events } = await ask('What is value at risk?');
    expect(citations.length).toBeGreaterThan(0);
    expect(content).toContain(citations[0]!.snippet.trim());
    expect(events.some(({ event }) => event === 'citation')).toBe(true);
  });

  it('agrees with the price that the market data has', async () => {
    const { price } = await market.quote('KO');
    expect((await ask('price of KO')).content).toContain(`$${price.toFixed(2)}`);
  });
});
