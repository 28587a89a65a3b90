import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { analyse } from '@stocktool/analytics';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import {
  makeEvent,
  systemClock,
  type ChatEvent,
  type ChatToolName,
  type ChatToolResult,
  type QueueBody,
} from '@stocktool/contracts';
import { BuiltInPages, DocumentTable, Knowledge } from '@stocktool/knowledge';
import { OfflineModel, type LanguageModel, type PromptMessage } from '@stocktool/llm';
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
import {
  AlertTable,
  HeldPortfolios,
  PortfolioStore,
  PortfolioTable,
  TransactionStore,
  WatchlistTable,
} from '@stocktool/portfolios';
import { createBucket, createTable, localDynamo, localS3, ManualMetrics } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { ComputeLine } from './compute/compute-line';
import { emptyDraft, ReplyLoop } from './reply/reply-loop';
import { ToolRunner } from './reply/run-tool';
import { CompanyTools } from './tools/company-tools';
import { openToolbox } from './tools/open-toolbox';
import type { Toolbox } from './tools/toolbox';
import type { WebSearchSource } from './web-search/web-search-source';

Logger.overrideLogger(false);
const dataDir = path.resolve(import.meta.dirname, '../../../data');
export const userId = randomUUID();
const [cacheTable, seriesTable, analysesTable, bucket, source, documentsTable, pages] = await Promise.all([
  createTable('stockCache'),
  createTable('portfolios'),
  createTable('analyses'),
  createBucket(),
  BundledSource.open(dataDir),
  createTable('documents'),
  BuiltInPages.open(dataDir),
]);
export { source };
const client = localDynamo();
const s3 = localS3();
const dynamo = new Dynamo(client);
export const objects = new ObjectStore(s3);
export const segmentBucket = bucket.name;
export const series = new PriceSeriesStore(
  new PriceSeriesTable(dynamo, seriesTable.name),
  objects,
  bucket.name,
  systemClock,
);
const cache = new QuoteCacheTable(dynamo, cacheTable.name, systemClock);
const report = (error: unknown) => {
  throw error;
};
export const market = new MarketData(source, cache, series, {
  clock: systemClock,
  metrics: new ManualMetrics(),
  report,
});
export const documents = new DocumentTable(dynamo, systemClock, documentsTable.name);
const knowledge = new Knowledge(pages, documents, objects, { cacheMegabytes: 1, bucket: bucket.name });
const results = new ResultStore(dynamo, objects, analysesTable.name, bucket.name);
export const analyses = new AnalysisTable(dynamo, results, systemClock, analysesTable.name);
const computing = new ComputeLine();
const packs = new TransactionStore(dynamo, objects, { table: seriesTable.name, bucket: bucket.name });
export const portfolios = new PortfolioStore(new PortfolioTable(dynamo, systemClock, seriesTable.name), packs);
const heldPortfolios = new HeldPortfolios(portfolios, market);
export const watchlists = new WatchlistTable(dynamo, systemClock, seriesTable.name);
export const alerts = new AlertTable(dynamo, systemClock, seriesTable.name);
/** For `afterAll`. */
export async function stopAll(): Promise<void> {
  await computing.onApplicationShutdown();
  await Promise.all([cacheTable, seriesTable, analysesTable, documentsTable, bucket].map((one) => one.drop()));
  client.destroy();
  s3.destroy();
}

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
export const newsOf = (vendor: MarketDataSource) =>
  new CompanyNews(vendor, marketSettings({}), { clock: systemClock, metrics: new ManualMetrics(), report });
const noNews = newsOf(source);
export const idle = { send: () => Promise.resolve() };

interface Surrounded {
  readonly web?: WebSearchSource;
  readonly queue?: typeof worker;
  readonly company?: CompanyTools;
}

export const toolboxOf = ({ queue = worker, company, web }: Surrounded = {}) =>
  openToolbox({
    market,
    analyses,
    queue,
    web,
    analysisWait: { atMostMs: 500, pollMs: 20 },
    computing,
    company: company ?? new CompanyTools(source, new CompanyFacts(source), noNews),
    knowledge,
    portfolios,
    heldPortfolios,
    watchlists,
    alerts,
    clock: systemClock,
  });

/** One tool, as a reply of that user would run it. */
export async function runTool<Name extends ChatToolName>(name: Name, args: object, user = userId, asOf?: string) {
  const context = { userId: user, signal: AbortSignal.timeout(20_000), ...(asOf !== undefined && { asOf }) };
  const { result } = await toolboxOf().run(name, { ...args }, context);
  return result as ChatToolResult<Name>;
}

interface Asked extends Surrounded {
  readonly asOf?: string;
  readonly history?: readonly PromptMessage[];
  readonly model?: LanguageModel;
  readonly user?: string;
  readonly readOthers?: boolean;
  readonly toolbox?: Toolbox;
}

export async function ask(question: string, options: Asked = {}) {
  const toolbox = options.toolbox ?? toolboxOf(options);
  const metrics = new ManualMetrics();
  const names = Promise.resolve(new Map((await source.universe()).map(({ symbol, name }) => [symbol, name])));
  const loop = new ReplyLoop(toolbox, new ToolRunner(toolbox, metrics, systemClock), metrics, systemClock, names);
  const draft = emptyDraft();
  const events: ChatEvent[] = [];
  const request = {
    userId: options.user ?? userId,
    messageId: uuidv7(),
    message: question,
    history: options.history ?? [],
    model: options.model ?? new OfflineModel(source),
    today: options.asOf ?? '2022-12-28',
    ...(options.asOf !== undefined && { asOf: options.asOf }),
    ...(options.readOthers && { readOthers: true }),
  };
  await loop.run(request, draft, (event) => events.push(event), AbortSignal.timeout(20_000));
  return { ...draft, events };
}

/** What people ask, of every kind. */
export const questions = [
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
  'I hold 100 AAPL and 50 KO. What if I sell half of my Apple?',
  'With 60% AAPL and 40% MSFT since 2014, what if I move 10% from Apple to Microsoft?',
  'What if I buy $5,000 of PEP and sell 20 shares of KO? I own 100 KO, 30 JNJ and 10 IBM',
  'Optimise AAPL, KO and XOM for minimum variance since 2010, at most 50% each',
  'Optimise 60% AAPL and 40% KO for the best Sharpe ratio',
  'Risk parity of JPM, PG and MRK',
  'Show my portfolios and watchlists',
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
  'Compare KO, PEP and WMT since 2010',
  'How risky are JPM, BAC and GE since 2012?',
  'Price of AAPL, MSFT, IBM and XOM',
  'How did HD, BBY and WMT do since 2015?',
  'Correlation of JPM, BAC, XOM and CVX since 2014',
];
