import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Logger } from '@nestjs/common';
import { clientSettings } from '@stocktool/aws-client';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { AnalysisRequest, makeEvent, Problem, type AnalysisResult } from '@stocktool/contracts';
import { createBucket, createTable, FixedClock, localDynamo, localS3, lostAnswers } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import type { Attempt } from './analysis-rows';
import { AnalysisTable, type Start } from './analysis.table';
import { ResultStore } from './result-store';

/** A table and a bucket of their own, and a clock that stands still. */
async function analysesFixture() {
  const [table, bucket] = await Promise.all([createTable('analyses'), createBucket()]);
  const client = localDynamo();
  const dynamo = new Dynamo(client);
  const s3 = localS3();
  const clock = new FixedClock('2026-03-02T15:00:00.000Z');
  const results = new ResultStore(dynamo, new ObjectStore(s3), table.name, bucket.name);
  return {
    clock,
    dynamo,
    results,
    tableName: table.name,
    analyses: new AnalysisTable(dynamo, results, clock, table.name),
    close: async () => {
      await Promise.all([table.drop(), bucket.drop()]);
      client.destroy();
      s3.destroy();
    },
  };
}

const request = AnalysisRequest.parse({
  holdings: [
    { symbol: 'AAPL', weight: 0.6 },
    { symbol: 'MSFT', weight: 0.4 },
  ],
});

const newIds = () => ({ userId: randomUUID(), analysisId: uuidv7() });

function endOf({ userId, analysisId }: { userId: string; analysisId: string }, finishedAt: string) {
  const headline = { totalReturn: 0.5, annualVolatility: 0.2, sharpe: 1, maxDrawdown: 0.3, historicalVar95: 0.01 };
  const links = { self: `/v1/analyses/${analysisId}`, report: `/v1/analyses/${analysisId}/report` };
  const window = { from: '2014-01-02', to: '2017-12-29' };
  const event = makeEvent('analysis.completed', {
    id: `${analysisId}:completed`,
    source: 'test',
    time: new Date(finishedAt),
    data: { userId, analysisId, kind: 'portfolio', createdAt: finishedAt, finishedAt, window, headline, links },
  });
  return { headline, event, finishedAt };
}

const resultWith = (message: string): AnalysisResult => ({
  window: { from: '2014-01-02', to: '2017-12-29', observations: 1006, periodsPerYear: 251.9 },
  conventions: {},
  sources: [],
  portfolio: {},
  assets: [],
  warnings: [{ code: 'test', path: '', message }],
});

type Fixture = Awaited<ReturnType<typeof analysesFixture>>;
const leaseSeconds = 90;
let fixture: Fixture;

beforeAll(async () => {
  Logger.overrideLogger(false);
  fixture = await analysesFixture();
});
afterAll(() => fixture.close());

const now = () => fixture.clock.now().toISOString();
const started = (start: Start): Attempt => {
  if (!('attempt' in start)) throw new Error('not started');
  return start.attempt;
};
async function running(ids = newIds()) {
  await fixture.analyses.insertQueued(ids.userId, ids.analysisId, request);
  return started(await fixture.analyses.start(ids.userId, ids.analysisId, leaseSeconds));
}
async function complete(attempt: Attempt, message = 'done') {
  const result = await fixture.results.write(attempt, resultWith(message));
  return fixture.analyses.complete(attempt, { result, ...endOf(attempt, now()) });
}

describe('AnalysisTable', () => {
  it('shows a new analysis as queued, with its request and without a result', async () => {
    const { userId, analysisId } = newIds();
    await fixture.analyses.insertQueued(userId, analysisId, request);
    const shown = await fixture.analyses.get(userId, analysisId);
    expect(shown).toEqual({
      id: analysisId,
      kind: 'portfolio',
      status: 'queued',
      progress: 0,
      attempts: 0,
      createdAt: now(),
      request,
    });
  });

  it('changes nothing when the same analysis is put in again', async () => {
    const attempt = await running();
    const again = await fixture.analyses.insertQueued(attempt.userId, attempt.analysisId, request);
    expect(again).toMatchObject({ status: 'running', attempts: 1 });
  });

  it('does not tell one user of the analysis of another', async () => {
    const { analysisId } = await running();
    const stranger = newIds().userId;
    await expect(fixture.analyses.get(stranger, analysisId)).rejects.toMatchObject({ code: 'analysis-not-found' });
    await expect(fixture.analyses.cancel(stranger, analysisId)).rejects.toMatchObject({ code: 'analysis-not-found' });
  });

  it('lets one of ten workers start', async () => {
    const { userId, analysisId } = newIds();
    await fixture.analyses.insertQueued(userId, analysisId, request);
    const starts = await Promise.all(
      Array.from({ length: 10 }, () => fixture.analyses.start(userId, analysisId, leaseSeconds)),
    );
    expect(starts.filter((start) => 'attempt' in start)).toHaveLength(1);
    expect(starts.filter((start) => 'finished' in start && !start.finished)).toHaveLength(9);
  });

  it('gives an expired lease to another attempt and refuses whatever the stale one writes', async () => {
    const stale = await running();
    fixture.clock.advance(leaseSeconds * 1000 + 1);
    const fresh = started(await fixture.analyses.start(stale.userId, stale.analysisId, leaseSeconds));
    expect(fresh.number).toBe(2);
    expect(await fixture.analyses.renewLease(stale, leaseSeconds)).toBe(false);
    expect(await fixture.analyses.progress(stale, 0.5)).toBe(false);
    expect(await complete(stale, 'stale')).toBe(false);
    expect(await complete(fresh, 'fresh')).toBe(true);
    const { result, status } = await fixture.analyses.get(fresh.userId, fresh.analysisId);
    expect(status).toBe('succeeded');
    expect(result?.warnings[0]?.message).toBe('fresh');
  });

  it('keeps a renewed lease', async () => {
    const attempt = await running();
    fixture.clock.advance(60_000);
    expect(await fixture.analyses.renewLease(attempt, leaseSeconds)).toBe(true);
    fixture.clock.advance(60_000);
    const second = await fixture.analyses.start(attempt.userId, attempt.analysisId, leaseSeconds);
    expect(second).toEqual({ finished: false, leasedForSeconds: 30 });
  });

  it('accepts one of two completions that race', async () => {
    const attempt = await running();
    const outcomes = await Promise.all([complete(attempt, 'same'), complete(attempt, 'same')]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('adds one to the revision with every write', async () => {
    const attempt = await running();
    const revision = async () => (await fixture.analyses.state(attempt.userId, attempt.analysisId)).revision;
    expect(await revision()).toBe(2);
    await fixture.analyses.progress(attempt, 0.4);
    expect(await revision()).toBe(3);
    await complete(attempt);
    expect(await revision()).toBe(4);
  });

  it('refuses the completion of what was cancelled, and the cancelling of what is complete', async () => {
    const cancelled = await running();
    const state = await fixture.analyses.cancel(cancelled.userId, cancelled.analysisId);
    expect(state).toMatchObject({ status: 'cancelled', finishedAt: now() });
    expect(await fixture.analyses.renewLease(cancelled, leaseSeconds)).toBe(false);
    expect(await complete(cancelled)).toBe(false);

    const finished = await running();
    await complete(finished);
    await expect(fixture.analyses.cancel(finished.userId, finished.analysisId)).rejects.toMatchObject({
      code: 'analysis-finished',
    });
  });

  it('counts failures across attempts and lets the next one start at once', async () => {
    const first = await running();
    expect(await fixture.analyses.countFailure(first)).toBe(1);
    const second = started(await fixture.analyses.start(first.userId, first.analysisId, leaseSeconds));
    expect(await fixture.analyses.countFailure(first)).toBeUndefined();
    expect(await fixture.analyses.countFailure(second)).toBe(2);
  });

  it('lists newest first, page by page, and refuses the cursor of another user', async () => {
    const { userId } = newIds();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { analysisId } = newIds();
      ids.unshift(analysisId);
      await fixture.analyses.insertQueued(userId, analysisId, request);
    }
    const first = await fixture.analyses.list(userId, { limit: 3 });
    const second = await fixture.analyses.list(userId, { limit: 3, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    await expect(fixture.analyses.list(newIds().userId, { limit: 3, cursor: first.nextCursor! })).rejects.toMatchObject(
      {
        code: 'bad-cursor',
      },
    );
  });
});

describe('a transition whose answer is lost', () => {
  /** The same table, through a line that loses the answer to one update whose text has the given word in it. */
  async function losing(word: string, work: (analyses: AnalysisTable) => Promise<void>) {
    using line = await lostAnswers();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new DynamoDBClient({ ...clientSettings(), endpoint: line.url, region: 'us-east-1', credentials });
    line.loseNext('UpdateItem', word);
    const { results, clock, tableName } = fixture;
    await work(new AnalysisTable(new Dynamo(client), results, clock, tableName));
    client.destroy();
    expect(line.lost).toBe(1);
  }

  it('is complete for the worker that completed it', async () => {
    const attempt = await running();
    const result = await fixture.results.write(attempt, resultWith('done'));
    await losing('succeeded', async (analyses) =>
      expect(await analyses.complete(attempt, { result, ...endOf(attempt, now()) })).toBe(true),
    );
    expect(await fixture.analyses.pointsTo(attempt, result)).toBe(true);
    expect(await fixture.analyses.pointsTo(attempt, { itemId: 'another' })).toBe(false);
  });

  it('is started by the worker that started it, as its first attempt', async () => {
    const { userId, analysisId } = newIds();
    await fixture.analyses.insertQueued(userId, analysisId, request);
    await losing('running', async (analyses) =>
      expect(started(await analyses.start(userId, analysisId, leaseSeconds)).number).toBe(1),
    );
  });

  it('is cancelled for the one who cancelled it', async () => {
    const { userId, analysisId } = await running();
    await losing('cancelled', async (analyses) =>
      expect(await analyses.cancel(userId, analysisId)).toMatchObject({ status: 'cancelled' }),
    );
  });

  it('counts one failure', async () => {
    const attempt = await running();
    await losing('failures', async (analyses) => expect(await analyses.countFailure(attempt)).toBe(1));
  });
});

describe('the sweep', () => {
  it('hands an unpublished event to one sweeper, again only when that one died, and never after it was cleared', async () => {
    const attempt = await running();
    await complete(attempt);
    const mine = async () =>
      (await fixture.analyses.pendingEvents(100)).filter(({ analysisId }) => analysisId === attempt.analysisId);
    expect(await mine()).toEqual([]);
    fixture.clock.advance(31_000);
    const claims = await Promise.all([mine(), mine(), mine()]);
    expect(claims.flat().map(({ event }) => event.id)).toEqual([`${attempt.analysisId}:completed`]);
    fixture.clock.advance(31_000);
    expect(await mine()).toHaveLength(1);
    await fixture.analyses.clearEvent(attempt.userId, attempt.analysisId);
    await fixture.analyses.clearEvent(attempt.userId, attempt.analysisId);
    fixture.clock.advance(31_000);
    expect(await mine()).toEqual([]);
  });

  it('finds what nobody picked up for a minute, and not what is running', async () => {
    const { userId, analysisId } = newIds();
    await fixture.analyses.insertQueued(userId, analysisId, request);
    const other = await running();
    const found = async () => (await fixture.analyses.requeueDue(100)).map((due) => due.analysisId);
    expect(await found()).not.toContain(analysisId);
    fixture.clock.advance(61_000);
    const due = await found();
    expect(due).toContain(analysisId);
    expect(due).not.toContain(other.analysisId);
    expect(await found()).not.toContain(analysisId);
  });

  it('finds what runs under a lease that has run out, a minute later, and neither before nor once it has ended', async () => {
    const [dead, alive, ended] = [await running(), await running(), await running()];
    const found = async () => (await fixture.analyses.requeueDue(100)).map((due) => due.analysisId);
    await complete(ended);
    fixture.clock.advance(leaseSeconds * 1000);
    await fixture.analyses.renewLease(alive, leaseSeconds);
    expect(await found()).not.toContain(dead.analysisId);
    fixture.clock.advance(61_000);
    const due = await found();
    expect(due).toContain(dead.analysisId);
    expect(due).not.toContain(alive.analysisId);
    expect(due).not.toContain(ended.analysisId);
    expect(started(await fixture.analyses.start(dead.userId, dead.analysisId, leaseSeconds)).number).toBe(2);
  });

  it('gives the lease back when the request could not be read, without counting the attempt', async () => {
    const { userId, analysisId } = newIds();
    await fixture.analyses.insertQueued(userId, analysisId, request);
    class Throttled extends Dynamo {
      override get(): Promise<never> {
        return Promise.reject(new Problem('dependency-unavailable', 'throttled'));
      }
    }
    const client = localDynamo();
    const throttled = new AnalysisTable(new Throttled(client), fixture.results, fixture.clock, fixture.tableName);
    for (let i = 0; i < 3; i++) {
      await expect(throttled.start(userId, analysisId, leaseSeconds)).rejects.toThrow('throttled');
    }
    client.destroy();
    expect(started(await fixture.analyses.start(userId, analysisId, leaseSeconds))).toMatchObject({
      number: 4,
      tries: 1,
    });
  });

  it('sends for a row that waits in a long line after 1, 3, 7 and 15 minutes, then every 15', async () => {
    const { userId, analysisId } = newIds();
    await fixture.analyses.insertQueued(userId, analysisId, request);
    const sentAtMinutes: number[] = [];
    for (let minute = 1; minute <= 60; minute++) {
      fixture.clock.advance(60_000);
      const due = await fixture.analyses.requeueDue(100);
      if (due.some((one) => one.analysisId === analysisId)) sentAtMinutes.push(minute);
    }
    expect(sentAtMinutes).toEqual([1, 3, 7, 15, 30, 45, 60]);
  });

  it('steps over rows that nobody can read, and serves the others', async () => {
    const [good, poison] = [await running(), await running()];
    await Promise.all([complete(good), complete(poison)]);
    const [waiting, unreadable] = [newIds(), newIds()];
    for (const { userId, analysisId } of [waiting, unreadable])
      await fixture.analyses.insertQueued(userId, analysisId, request);
    const spoil = (ids: { userId: string; analysisId: string }, name: string, value: string) =>
      fixture.dynamo.update({
        TableName: fixture.tableName,
        Key: { userId: ids.userId, itemId: `state#${ids.analysisId}` },
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: { ':value': value },
      });
    await spoil(poison, 'event', '{"type":"analysis.renamed"}');
    await spoil(unreadable, 'status', 'paused');
    fixture.clock.advance(61_000);
    const events = (await fixture.analyses.pendingEvents(100)).map((one) => one.analysisId);
    expect(events).toContain(good.analysisId);
    expect(events).not.toContain(poison.analysisId);
    const due = (await fixture.analyses.requeueDue(100)).map((one) => one.analysisId);
    expect(due).toContain(waiting.analysisId);
    expect(due).not.toContain(unreadable.analysisId);
    const { items } = await fixture.dynamo.query({
      TableName: fixture.tableName,
      IndexName: 'due-index',
      KeyConditionExpression: 'dueKind = :kind AND dueAt <= :now',
      ExpressionAttributeValues: { ':kind': 'queued', ':now': now() },
    });
    expect(items.map((item) => item['analysisId'])).not.toContain(unreadable.analysisId);
  });
});

describe('ResultStore', () => {
  it('keeps a small result in the table and a large one as an object, and reads both', async () => {
    const ids = { ...newIds(), number: 1 };
    const small = resultWith('small');
    const large = resultWith(Array.from({ length: 4000 }, (_, i) => (i * 2654435761) % 4294967296).join(' '));
    const [smallAt, largeAt] = [await fixture.results.write(ids, small), await fixture.results.write(ids, large)];
    expect(Object.keys(smallAt)).toEqual(['itemId']);
    expect(Object.keys(largeAt)).toEqual(['bucketKey']);
    expect(await fixture.results.read(ids.userId, smallAt)).toEqual(small);
    expect(await fixture.results.read(ids.userId, largeAt)).toEqual(large);
    await fixture.results.discard(ids.userId, largeAt);
    await expect(fixture.results.read(ids.userId, largeAt)).rejects.toThrow('not there');
  });
});
