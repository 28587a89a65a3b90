import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { clientSettings } from '@stocktool/aws-client';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { objectStore, ObjectStore } from '@stocktool/aws-s3';
import { AnalysisRequest } from '@stocktool/contracts';
import { PriceSeriesStore, PriceSeriesTable } from '@stocktool/market-data';
import { PortfolioTable } from '@stocktool/portfolios';
import { createOwnBucket, createTable, FixedClock, localDynamo, localEndpoint, localS3 } from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { CleanOrphans } from './clean-orphans';
import { RunPlaces } from './run-places';

const hour = 60 * 60_000;
const bucket = topology.buckets.reports.name;
await createOwnBucket('reports');
const [cacheRows, portfolioRows, analysisRows] = await Promise.all([
  createTable('stockCache'),
  createTable('portfolios'),
  createTable('analyses'),
]);
/** What the test does as others would, and what the function does: its rights are checked against what is recorded. */
const [client, s3, own] = [localDynamo(), localS3(), new DynamoDBClient(clientSettings())];
const others = { dynamo: new Dynamo(client), objects: new ObjectStore(s3) };
const soon = new FixedClock(new Date().toISOString());
const later = new FixedClock(new Date(Date.now() + 25 * hour).toISOString()); // objects are as old as they are
afterAll(async () => {
  await Promise.all([cacheRows, portfolioRows, analysisRows].map((rows) => rows.drop()));
  [client, s3, own].forEach((one) => one.destroy());
});

const objects = objectStore({ AWS_ENDPOINT_URL: localEndpoint(), S3_BUCKET_SUFFIX: '' });
function cleaner({ clock = later, mostLooked = 1000, store = objects } = {}) {
  const dynamo = new Dynamo(own);
  const analyses = new AnalysisTable(dynamo, new ResultStore(dynamo, objects), clock, analysisRows.name);
  const reported: unknown[] = [];
  const owners = {
    series: new PriceSeriesTable(dynamo, portfolioRows.name),
    portfolios: new PortfolioTable(dynamo, clock, portfolioRows.name),
    analyses,
  };
  const places = new RunPlaces(dynamo, soon, cacheRows.name);
  const report = (error: unknown) => void reported.push(error);
  return { reported, clean: new CleanOrphans(store, owners, { clock, places, report, mostLooked }) };
}
const endless = () => Infinity;
const put = (key: string) => others.objects.put(bucket, key, 'x', { contentType: 'text/plain' });
async function present(): Promise<string[]> {
  const keys: string[] = [];
  for (const prefix of ['results/', 'series/', 'transactions/'])
    for await (const { key } of others.objects.list(bucket, prefix)) keys.push(key);
  return keys;
}

/** One of each kind that a row points to, and one of each that none does; then one that is still being written. */
async function world() {
  const userId = uuidv7();
  const [portfolioId, analysisId, running] = [uuidv7(), uuidv7(), uuidv7()];
  const table = new PriceSeriesTable(others.dynamo, portfolioRows.name);
  await new PriceSeriesStore(table, others.objects, bucket, soon).put(userId, 'MINE', 'date,close\n2020-01-02,1');
  const { objectKey } = (await table.get(userId, 'MINE'))!;
  const bucketKey = `transactions/${userId}/${portfolioId}/${randomUUID()}.json.gz`;
  const content = { name: 'p', currency: 'USD', transactionCount: 1, transactionSymbols: [], weeklyReport: false };
  await new PortfolioTable(others.dynamo, soon, portfolioRows.name).create(userId, portfolioId, {
    ...content,
    transactions: { bucketKey },
  });
  const analyses = new AnalysisTable(
    others.dynamo,
    new ResultStore(others.dynamo, others.objects),
    soon,
    analysisRows.name,
  );
  const request = AnalysisRequest.parse({ portfolioId });
  for (const id of [analysisId, running]) await analyses.insertQueued(userId, id, request);
  await analyses.cancel(userId, analysisId);
  const kept = [bucketKey, `results/${userId}/${running}/1.json.gz`];
  const orphans = [
    `series/${userId}/MINE/older.json.gz`,
    `series/${userId}/GONE/gone.json.gz`,
    `transactions/${userId}/${portfolioId}/older.json.gz`,
    `transactions/${userId}/${uuidv7()}/gone.json.gz`,
    `results/${userId}/${analysisId}/1.json.gz`,
    `results/${userId}/${uuidv7()}/1.json.gz`,
  ];
  for (const key of [...kept, ...orphans]) await put(key);
  return { kept: [objectKey, ...kept], orphans };
}

describe('objects that no row points to', () => {
  it('are removed when they are a day old, and nothing else is; a second run finds nothing', async () => {
    const { kept, orphans } = await world();
    await put('series/not-ours');
    expect(await cleaner({ clock: soon }).clean.run(endless, 0)).toMatchObject({ removed: 0, failed: 0 });
    expect(await present()).toEqual(expect.arrayContaining([...kept, ...orphans]));
    const { clean, reported } = cleaner();
    expect(await clean.run(endless, 0)).toEqual({ looked: 10, removed: 6, failed: 0 });
    expect((await present()).sort()).toEqual([...kept, 'series/not-ours'].sort());
    expect(await clean.run(endless, 0)).toEqual({ looked: 4, removed: 0, failed: 0 });
    expect(reported).toEqual([]);
  });

  it('are looked for a bounded number at a time, each run going on where the last one stopped', async () => {
    for (let i = 0; i < 3; i++) {
      await world();
      await new Promise((done) => setTimeout(done, 2)); // users of another millisecond
    }
    const removed: number[] = [];
    for (let runs = 0; runs < 12; runs++) {
      const summary = await cleaner({ mostLooked: 4 }).clean.run(endless, 0);
      removed.push(summary.removed);
      if (!summary.unfinished) break;
    }
    expect(removed.reduce((sum, each) => sum + each, 0)).toBe(18);
    expect(removed.length).toBeGreaterThan(3);
    expect(await cleaner({ mostLooked: 1000 }).clean.run(() => 5, 5)).toMatchObject({ looked: 0, unfinished: true });
    expect(await cleaner().clean.run(endless, 0)).not.toHaveProperty('unfinished');
  });

  it('stay where it cannot be found out or they cannot be removed, and that is said', async () => {
    const { orphans } = await world();
    const broken = objectStore({ AWS_ENDPOINT_URL: localEndpoint(), S3_BUCKET_SUFFIX: '' });
    broken.delete = () => Promise.reject(new Error('access denied'));
    const { clean, reported } = cleaner({ store: broken });
    expect(await clean.run(endless, 0)).toMatchObject({ removed: 0, failed: 6 });
    expect(reported.length).toBeGreaterThan(0);
    expect(await present()).toEqual(expect.arrayContaining(orphans));
    expect(await cleaner().clean.run(endless, 0)).toMatchObject({ removed: 6, failed: 0 });
  });
});
