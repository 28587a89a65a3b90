import 'reflect-metadata';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { clientSettings } from '@stocktool/aws-client';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { objectStore, type ObjectStore } from '@stocktool/aws-s3';
import { Secrets } from '@stocktool/aws-secrets';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { QueueDirectory, QueueSender } from '@stocktool/aws-sqs';
import { systemClock } from '@stocktool/contracts';
import {
  CompanyNews,
  openSource,
  PriceSeriesTable,
  QuoteCacheTable,
  SharedAnswers,
  type MarketDataSource,
} from '@stocktool/market-data';
import { AlertTable, PortfolioTable, Watched } from '@stocktool/portfolios';
import { topology } from '@stocktool/topology';
import { pino } from 'pino';
import { CleanOrphans } from './clean-orphans';
import { readConfig, UpdateEvent } from './config';
import { EvaluateAlerts } from './evaluate-alerts';
import { RefreshNews } from './refresh-news';
import { RefreshQuotes, type RefreshRequest, type RefreshSummary } from './refresh-quotes';
import { RunPlaces } from './run-places';
import { Upkeep, type UpkeepSummary } from './upkeep';
import { withVendorKeys } from './vendor-keys';
import { WeeklyReports, type WeeklySummary } from './weekly-reports';

interface LambdaContext {
  readonly awsRequestId?: string;
  readonly getRemainingTimeInMillis?: () => number;
}

const { name: service, timeoutSeconds } = topology.functions.stockUpdater;
const config = readConfig(process.env);
const logger = pino({ level: config.LOG_LEVEL, base: { service } });
const around = {
  clock: systemClock,
  metrics: { count: () => undefined }, // the summary of a run says what failed
  report: (err: unknown, doing: string) => logger.warn({ err }, `${doing} failed`),
  notice: (line: string) => logger.info(line),
};
const once = <Part>(make: () => Part): (() => Part) => {
  let made: { part: Part } | undefined;
  return () => (made ??= { part: make() }).part;
};

/** Kept for the calls of one environment. */
const dynamo = once(() => new Dynamo(new DynamoDBClient(clientSettings())));
const objects = once((): ObjectStore => objectStore(config));
const places = once(() => new RunPlaces(dynamo(), systemClock));
const shared = once(() => new SharedAnswers(dynamo(), objects(), systemClock));
const portfolios = once(() => new PortfolioTable(dynamo(), systemClock));
const analyses = once(() => new AnalysisTable(dynamo(), new ResultStore(dynamo(), objects()), systemClock));
const unreadable = (itemId: unknown, faults: readonly string[]) =>
  logger.error({ itemId, faults }, 'a row cannot be read');
const watched = once(() => new Watched(dynamo(), unreadable));
let opened: Promise<MarketDataSource> | undefined;

/**
 * Called by the schedules, or by hand with `{schedule?, symbols?, force?}`. What an event carries besides is not looked at. Each may be called
 * twice: what was done is found done.
 */
export async function handler(
  event: unknown,
  context: LambdaContext = {},
): Promise<RefreshSummary | WeeklySummary | UpkeepSummary> {
  const request = UpdateEvent.parse(event ?? {});
  const endsAtMs = systemClock.epochMs() + timeoutSeconds * 1000;
  const { awsRequestId: requestId, getRemainingTimeInMillis: remainingMs = () => endsAtMs - systemClock.epochMs() } =
    context;
  switch (request.schedule) {
    case 'weekly':
      return askForReports(remainingMs, requestId);
    case 'upkeep':
      return keepUp(remainingMs, requestId);
    case 'quotes':
      return refreshQuotes({ ...request, remainingMs }, requestId);
  }
}

async function refreshQuotes(request: RefreshRequest, requestId: string | undefined): Promise<RefreshSummary> {
  const summary = await (await makeRefresh()).run(request);
  const { updated, failed, ...rest } = summary;
  const facts = { requestId, ...rest, updated: updated.length, failed };
  const allWell = failed.length === 0 && summary.left === undefined && summary.alerts?.unfinished === undefined;
  logger[allWell ? 'info' : 'warn'](facts, 'quotes refreshed');
  return summary;
}

/** Leaves time to say how far it came. */
const reservedMs = 5000;

async function askForReports(remainingMs: () => number, requestId: string | undefined): Promise<WeeklySummary> {
  const summary = await makeReports().run(() => remainingMs() <= reservedMs);
  const allWell = summary.failed === 0 && summary.unfinished === undefined;
  logger[allWell ? 'info' : 'warn']({ requestId, ...summary }, 'weekly reports asked for');
  if (allWell) return summary;
  throw new Error(
    `${summary.failed} weekly reports could not be asked for${summary.unfinished ? ', and there are more' : ''}`,
  ); // Lambda tries again
}

async function keepUp(remainingMs: () => number, requestId: string | undefined): Promise<UpkeepSummary> {
  const summary = await (await makeUpkeep()).run(remainingMs);
  const { cleaned, news } = summary;
  logger[cleaned.failed + news.failed > 0 ? 'warn' : 'info'](
    { requestId, ...summary },
    'news refreshed, orphans removed',
  );
  return summary;
}

function source(): Promise<MarketDataSource> {
  const open = async () => {
    const secrets = new Secrets(new SecretsManagerClient(clientSettings()));
    return openSource(await withVendorKeys(config, secrets), { ...around, shared: shared() });
  };
  opened ??= open();
  opened.catch(() => (opened = undefined)); // the next call of this environment tries again
  return opened;
}

async function makeRefresh(): Promise<RefreshQuotes> {
  const sns = new SNSClient(clientSettings());
  const publisher = new EventPublisher(sns, new TopicDirectory(sns));
  const report = (alertId: string, err: unknown) => logger.error({ alertId, err }, 'an alert is left to the next run');
  const table = new AlertTable(dynamo(), systemClock);
  const alerts = new EvaluateAlerts(watched(), table, publisher, systemClock, { places: places(), report });
  return new RefreshQuotes(
    await source(),
    new QuoteCacheTable(dynamo(), topology.tables.stockCache.name, systemClock),
    publisher,
    systemClock,
    { watched: watched(), alerts, places: places() },
  );
}

function makeReports(): WeeklyReports {
  const sqs = new SQSClient(clientSettings());
  const queue = new QueueSender(sqs, new QueueDirectory(sqs));
  return new WeeklyReports(watched(), portfolios(), analyses(), queue, {
    clock: systemClock,
    places: places(),
    report: (portfolioId, err) => logger.error({ portfolioId, err }, 'a weekly report could not be asked for'),
  });
}

async function makeUpkeep(): Promise<Upkeep> {
  const market = await source();
  const news = new CompanyNews(market, config, around, shared());
  const owners = {
    series: new PriceSeriesTable(dynamo(), topology.tables.portfolios.name),
    portfolios: portfolios(),
    analyses: analyses(),
  };
  return new Upkeep(
    new CleanOrphans(objects(), owners, {
      clock: systemClock,
      places: places(),
      report: (err) => logger.error({ err }, 'an object is looked at again by a later run'),
    }),
    new RefreshNews(market, news, watched(), {
      places: places(),
      report: (symbol, err) => logger.warn({ symbol, err }, 'news could not be refreshed'),
    }),
  );
}
