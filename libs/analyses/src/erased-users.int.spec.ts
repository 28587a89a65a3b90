import { randomUUID } from 'node:crypto';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { AnalysisRequest, makeEvent, systemClock } from '@stocktool/contracts';
import { createTable, localDynamo, localS3 } from '@stocktool/testing';
import { formerErasedUserKey, topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { AnalysisTable } from './analysis.table';
import { ErasedUsers } from './erased-users';
import { ResultStore } from './result-store';

const [client, s3] = [localDynamo(), localS3()];
const dynamo = new Dynamo(client);
let analyses: AnalysisTable;
let erased: ErasedUsers;
let TableName: string;
let drop: () => Promise<unknown>;
beforeAll(async () => {
  const [table, erasures] = await Promise.all([createTable('analyses'), createTable('erasures')]);
  TableName = table.name;
  const results = new ResultStore(dynamo, new ObjectStore(s3), TableName);
  analyses = new AnalysisTable(dynamo, results, systemClock, TableName, erasures.name);
  erased = new ErasedUsers(dynamo, systemClock, { analyses: TableName, erasures: erasures.name });
  drop = () => Promise.all([table.drop(), erasures.drop()]);
});
afterAll(async () => {
  await drop();
  client.destroy();
  s3.destroy();
});

const request = AnalysisRequest.parse({ holdings: [{ symbol: 'AAPL', weight: 1 }] });
const newIds = () => ({ userId: randomUUID(), analysisId: uuidv7() });
const former = (userId: string) => ({ TableName, Key: formerErasedUserKey(userId) });

describe('users that were erased', () => {
  it('are told from those who never were: messages about them are done with, results of theirs are nobody’s', async () => {
    const { userId, analysisId } = newIds();
    await analyses.insertQueued(userId, analysisId, request);
    const started = await analyses.start(userId, analysisId, 60);
    if (!('attempt' in started)) throw new Error('not started');
    await erased.add(userId);
    await dynamo.deletePartition({ ...topology.tables.analyses, name: TableName }, userId);

    const result = { itemId: 'result#1' };
    const finishedAt = '2026-03-02T15:00:01.000Z';
    const headline = { totalReturn: 0.5, annualVolatility: 0.2, sharpe: 1, maxDrawdown: 0.3, historicalVar95: 0.01 };
    const links = { self: `/v1/analyses/${analysisId}`, report: `/v1/analyses/${analysisId}/report` };
    const window = { from: '2014-01-02', to: '2017-12-29' };
    const times = { createdAt: finishedAt, finishedAt };
    const event = makeEvent('analysis.completed', {
      id: `${analysisId}:completed`,
      source: 'test',
      time: new Date(finishedAt),
      data: { userId, analysisId, kind: 'portfolio', ...times, window, headline, links },
    });
    expect(await analyses.complete(started.attempt, { result, headline, event, finishedAt })).toBe(false);
    expect(await analyses.pointsTo(started.attempt, result)).toBe(false);
    expect(await analyses.start(userId, analysisId, 60)).toEqual({ finished: true });
    await expect(analyses.start(newIds().userId, analysisId, 60)).rejects.toMatchObject({ code: 'analysis-not-found' });
  });

  it('are known though the analyses were emptied since', async () => {
    const { userId, analysisId } = newIds();
    await erased.add(userId);
    expect(await dynamo.get(former(userId))).toMatchObject(former(userId).Key);
    await dynamo.delete(former(userId));
    expect(await analyses.start(userId, analysisId, 60)).toEqual({ finished: true });
  });

  it('are known from the place where the version before left them', async () => {
    const { userId, analysisId } = newIds();
    await dynamo.put({ TableName, Item: former(userId).Key });
    expect(await analyses.start(userId, analysisId, 60)).toEqual({ finished: true });
  });
});
