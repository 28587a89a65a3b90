import 'reflect-metadata';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { clientSettings } from '@stocktool/aws-client';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { Secrets } from '@stocktool/aws-secrets';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { QueueDirectory, QueueSender } from '@stocktool/aws-sqs';
import { systemClock } from '@stocktool/contracts';
import { openSource, QuoteCacheTable } from '@stocktool/market-data';
import { AlertTable, PortfolioTable, Watched } from '@stocktool/portfolios';
import { topology } from '@stocktool/topology';
import { pino } from 'pino';
import { readConfig, UpdateEvent } from './config';
import { EvaluateAlerts } from './evaluate-alerts';
import { RefreshQuotes, type RefreshRequest, type RefreshSummary } from './refresh-quotes';
import { withVendorKeys } from './vendor-keys';
import { WeeklyReports, type WeeklySummary } from './weekly-reports';

interface LambdaContext {
  readonly awsRequestId?: string;
  readonly getRemainingTimeInMillis?: () => number;
}

const config = readConfig(process.env);
const logger = pino({ level: config.LOG_LEVEL, base: { service: topology.functions.stockUpdater.name } });
const around = {
  clock: systemClock,
  metrics: { count: () => undefined }, // the summary of a run says what failed
  report: (err: unknown, doing: string) => logger.warn({ err }, `${doing} failed`),
  notice: (line: string) => logger.info(line),
};
let dynamo: Dynamo | undefined;
const dynamoDb = (): Dynamo => (dynamo ??= new Dynamo(new DynamoDBClient(clientSettings())));
let refresh: Promise<RefreshQuotes> | undefined;

/**
 * Called by the schedules, or by hand with `{schedule?, symbols?, force?}`. What an event carries besides is not looked at. Each may be called
 * twice: what was done is found done.
 */
export async function handler(event: unknown, context: LambdaContext = {}): Promise<RefreshSummary | WeeklySummary> {
  const request = UpdateEvent.parse(event ?? {});
  const { awsRequestId: requestId, getRemainingTimeInMillis: remainingMs } = context;
  return request.schedule === 'weekly'
    ? askForReports(requestId)
    : refreshQuotes({ ...request, ...(remainingMs && { remainingMs }) }, requestId);
}

async function refreshQuotes(request: RefreshRequest, requestId: string | undefined): Promise<RefreshSummary> {
  refresh ??= makeRefresh();
  refresh.catch(() => (refresh = undefined)); // the next call of this environment tries again
  const summary = await (await refresh).run(request);
  const { updated, failed, ...rest } = summary;
  const facts = { requestId, ...rest, updated: updated.length, failed };
  const allWell = failed.length === 0 && summary.watchedLimit === undefined;
  logger[allWell ? 'info' : 'warn'](facts, 'quotes refreshed');
  return summary;
}

async function askForReports(requestId: string | undefined): Promise<WeeklySummary> {
  const summary = await makeReports().run();
  logger[summary.failed > 0 ? 'warn' : 'info']({ requestId, ...summary }, 'weekly reports asked for');
  if (summary.failed > 0) throw new Error(`${summary.failed} weekly reports could not be asked for`); // Lambda tries again
  return summary;
}

async function makeRefresh(): Promise<RefreshQuotes> {
  const sns = new SNSClient(clientSettings());
  const secrets = new Secrets(new SecretsManagerClient(clientSettings()));
  const publisher = new EventPublisher(sns, new TopicDirectory(sns));
  const [store, watched] = [dynamoDb(), makeWatched()];
  const alerts = new EvaluateAlerts(
    watched,
    new AlertTable(store, systemClock),
    publisher,
    systemClock,
    (alertId, err) => logger.error({ alertId, err }, 'an alert is left to the next run'),
  );
  return new RefreshQuotes(
    await openSource(await withVendorKeys(config, secrets), around),
    new QuoteCacheTable(store, topology.tables.stockCache.name, systemClock),
    publisher,
    systemClock,
    { watched, alerts },
  );
}

function makeReports(): WeeklyReports {
  const store = dynamoDb();
  const results = new ResultStore(store, new ObjectStore(new S3Client(clientSettings())));
  const sqs = new SQSClient(clientSettings());
  return new WeeklyReports(
    makeWatched(),
    new PortfolioTable(store, systemClock),
    new AnalysisTable(store, results, systemClock),
    new QueueSender(sqs, new QueueDirectory(sqs)),
    {
      clock: systemClock,
      report: (portfolioId, err) => logger.error({ portfolioId, err }, 'a weekly report could not be asked for'),
    },
  );
}

const makeWatched = (): Watched =>
  new Watched(dynamoDb(), (itemId, faults) => logger.error({ itemId, faults }, 'a row cannot be read'));
