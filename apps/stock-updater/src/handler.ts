import 'reflect-metadata';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { clientSettings } from '@stocktool/aws-client';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { systemClock } from '@stocktool/contracts';
import { openSource, QuoteCacheTable } from '@stocktool/market-data';
import { topology } from '@stocktool/topology';
import { pino } from 'pino';
import { readConfig, UpdateEvent } from './config';
import { RefreshQuotes, type RefreshSummary } from './refresh-quotes';

interface LambdaContext {
  readonly awsRequestId?: string;
}

const config = readConfig(process.env);
const logger = pino({ level: config.LOG_LEVEL, base: { service: topology.functions.stockUpdater.name } });
const around = {
  clock: systemClock,
  metrics: { count: () => undefined }, // the summary of a run says what failed
  report: (err: unknown, doing: string) => logger.warn({ err }, `${doing} failed`),
  notice: (line: string) => logger.info(line),
};
let made: Promise<RefreshQuotes> | undefined;

/** Called by the scheduler after the close, or by hand with `{symbols?, force?}`. What an event carries besides is not looked at. */
export async function handler(event: unknown, context: LambdaContext = {}): Promise<RefreshSummary> {
  const request = UpdateEvent.parse(event ?? {});
  made ??= make();
  made.catch(() => (made = undefined)); // the next call of this environment tries again
  const summary = await (await made).run(request);
  const { updated, failed, ...rest } = summary;
  const facts = { requestId: context.awsRequestId, ...rest, updated: updated.length, failed };
  logger[failed.length > 0 ? 'warn' : 'info'](facts, 'quotes refreshed');
  return summary;
}

async function make(): Promise<RefreshQuotes> {
  const sns = new SNSClient(clientSettings());
  return new RefreshQuotes(
    await openSource(config, around),
    new QuoteCacheTable(new Dynamo(new DynamoDBClient(clientSettings())), topology.tables.stockCache.name, systemClock),
    new EventPublisher(sns, new TopicDirectory(sns)),
    systemClock,
  );
}
