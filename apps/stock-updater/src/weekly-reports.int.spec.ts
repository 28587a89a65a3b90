import { randomUUID } from 'node:crypto';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { QueueDirectory, QueueSender } from '@stocktool/aws-sqs';
import { parseJson, Problem, queues } from '@stocktool/contracts';
import { PortfolioTable, Watched } from '@stocktool/portfolios';
import {
  createQueuePair,
  createTable,
  FixedClock,
  localDynamo,
  localS3,
  localSqs,
  type LocalQueuePair,
  type LocalResource,
} from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { RunPlaces } from './run-places';
import { WeeklyReports } from './weekly-reports';

const [client, s3, sqs] = [localDynamo(), localS3(), localSqs()];
const dynamo = new Dynamo(client);
let [portfolioRows, analysisRows, cacheRows, queue]: [LocalResource, LocalResource, LocalResource, LocalQueuePair] =
  [] as never;
beforeEach(async () => {
  [portfolioRows, analysisRows, cacheRows, queue] = await Promise.all([
    createTable('portfolios'),
    createTable('analyses'),
    createTable('stockCache'),
    createQueuePair('analysis'),
  ]);
});
afterEach(async () => {
  for (const one of [portfolioRows, analysisRows, cacheRows, queue]) await one.drop();
});
afterAll(() => [client, s3, sqs].forEach((one) => one.destroy()));

const saturday = '2030-03-09T13:00:00.000Z';

function updater(at = saturday) {
  const clock = new FixedClock(at);
  const portfolios = new PortfolioTable(dynamo, clock, portfolioRows.name);
  const analyses = new AnalysisTable(dynamo, new ResultStore(dynamo, new ObjectStore(s3)), clock, analysisRows.name);
  const names = { analysis: { name: queue.name, deadLetterName: queue.deadLetterName } };
  const sender = new QueueSender(sqs, new QueueDirectory(sqs, { ...topology.queues, ...names }));
  const watched = new Watched(dynamo, () => undefined, portfolioRows.name);
  const places = new RunPlaces(dynamo, clock, cacheRows.name);
  const reports = new WeeklyReports(watched, portfolios, analyses, sender, { clock, places, report: () => undefined });
  return { reports, portfolios, analyses };
}

async function portfolio(over: object = {}) {
  const [userId, id] = [randomUUID(), uuidv7()];
  const holdings = [{ symbol: 'KO', quantity: 1 }];
  const content = { name: 'p', currency: 'USD', transactionCount: 0, transactionSymbols: [], weeklyReport: true };
  await updater().portfolios.create(userId, id, { ...content, holdings, ...over });
  return { userId, id };
}
const analysesOf = async ({ userId }: { userId: string }) =>
  (await updater().analyses.list(userId, { limit: 100 })).items;

async function messages(): Promise<string[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
  const { Messages = [] } = await sqs.send(command);
  return Messages.map(({ Body = '' }) => parseJson(queues.analysis.body, Body).analysisId);
}

describe('weekly reports', () => {
  it('are asked for once a week for each portfolio that wants one and holds something', async () => {
    const wanted = [await portfolio(), await portfolio({ holdings: undefined, transactionSymbols: ['KO'] })];
    const others = [await portfolio({ weeklyReport: false }), await portfolio({ holdings: [] })];
    expect(await updater().reports.run()).toEqual({ week: '2030-03-04', queued: 2, repeated: 0, failed: 0 });
    const ids: string[] = [];
    for (const one of wanted) {
      const [analysis, ...more] = await analysesOf(one);
      expect([analysis?.status, more]).toEqual(['queued', []]);
      const { request } = await updater().analyses.get(one.userId, analysis!.id);
      expect(request).toMatchObject({ portfolioId: one.id });
      ids.push(analysis!.id);
    }
    for (const one of others) expect(await analysesOf(one)).toEqual([]);
    expect((await messages()).sort()).toEqual(ids.sort());
  });

  it('are the same ones when asked for again in that week, one after the other or at once, and new ones in the next', async () => {
    const one = await portfolio();
    const runs = await Promise.all([updater().reports.run(), updater().reports.run(), updater().reports.run()]);
    expect(runs.reduce((sum, { queued }) => sum + queued, 0)).toBe(1);
    expect(await updater('2030-03-04T05:30:00.000Z').reports.run()).toMatchObject({ queued: 0, repeated: 1 });
    expect(await updater('2030-03-11T03:59:00.000Z').reports.run()).toMatchObject({ queued: 0, repeated: 1 }); // Sunday in New York
    expect(await analysesOf(one)).toHaveLength(1);
    expect(await updater('2030-03-16T12:00:00.000Z').reports.run()).toMatchObject({ week: '2030-03-11', queued: 1 });
    expect(await analysesOf(one)).toHaveLength(2);
  });

  it('that no time was left for are asked for by the next call, which does not begin again', async () => {
    for (let i = 0; i < 20; i++) await portfolio();
    let turns = 12;
    const isOver = () => turns-- <= 0;
    expect(await updater().reports.run(isOver)).toMatchObject({ queued: 12, repeated: 0, unfinished: true });
    turns = 9;
    expect(await updater().reports.run(isOver)).toMatchObject({ queued: 8 });
    expect(await updater().reports.run()).not.toHaveProperty('unfinished');
  });

  it('go on under the same id after a crash between the claim and the analysis', async () => {
    const one = await portfolio();
    const dying = updater();
    let claimed = '';
    dying.analyses.insertQueued = (_userId, analysisId) => {
      claimed = analysisId;
      return Promise.reject(new Problem('dependency-unavailable', 'throttled'));
    };
    expect(await dying.reports.run()).toMatchObject({ queued: 0, failed: 1 });
    expect(await analysesOf(one)).toEqual([]);
    expect(await updater().reports.run()).toMatchObject({ repeated: 1, failed: 0 });
    expect((await analysesOf(one)).map(({ id }) => id)).toEqual([claimed]);
    expect(await messages()).toEqual([claimed]);
  });

  it('are not sent again once they have ended, and survive a change of the portfolio', async () => {
    const { userId, id } = await portfolio();
    const { reports, analyses, portfolios } = updater();
    await reports.run();
    const analysisId = (await analysesOf({ userId }))[0]!.id;
    await analyses.cancel(userId, analysisId);
    await messages();
    await portfolios.change(userId, id, { make: (before) => ({ ...before, name: 'renamed' }) });
    expect(await reports.run()).toMatchObject({ queued: 0, repeated: 1 });
    expect(await messages()).toEqual([]);
    await portfolios.change(userId, id, { make: (before) => ({ ...before, weeklyReport: false }) });
    expect(await reports.run()).toMatchObject({ queued: 0, repeated: 0 });
  });
});
