import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import {
  BundledSource,
  CompanyNews,
  marketSettings,
  MarketDataSource,
  openSource,
  SharedAnswers,
} from '@stocktool/market-data';
import { Watched, WatchlistTable } from '@stocktool/portfolios';
import {
  createBucket,
  createTable,
  FixedClock,
  localDynamo,
  localS3,
  ManualMetrics,
  RecordedYahoo,
} from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { RefreshNews } from './refresh-news';
import { RunPlaces } from './run-places';
import { Upkeep } from './upkeep';

const minute = 60_000;
const [client, s3] = [localDynamo(), localS3()];
const [cacheRows, portfolioRows, bucket, yahoo] = await Promise.all([
  createTable('stockCache'),
  createTable('portfolios'),
  createBucket(),
  RecordedYahoo.start(),
]);
const clock = new FixedClock('2030-03-11T20:30:00.000Z'); // after the real present: the store itself drops what has expired
const dynamo = new Dynamo(client, clock);
const symbols = ['AAPL', 'KO', 'MSFT'];
beforeAll(async () => {
  const lists = new WatchlistTable(dynamo, clock, portfolioRows.name);
  await lists.create(randomUUID(), uuidv7(), { name: 'w', symbols: [...symbols, '~MINE'] });
});
afterAll(async () => {
  yahoo.stop();
  await Promise.all([cacheRows, portfolioRows, bucket].map((one) => one.drop()));
  [client, s3].forEach((one) => one.destroy());
});

/** A process of its own. */
async function process(environment: Record<string, string> = yahoo.settings) {
  const settings = marketSettings(environment);
  const shared = new SharedAnswers(dynamo, new ObjectStore(s3), clock, { table: cacheRows.name, bucket: bucket.name });
  const around = { clock, metrics: new ManualMetrics(), report: () => undefined, notice: () => undefined, shared };
  const source = await openSource(settings, around);
  Object.defineProperty(source, 'universe', { value: () => Promise.resolve([]) });
  const news = new CompanyNews(source, settings, around, shared);
  const watched = new Watched(dynamo, () => undefined, portfolioRows.name);
  const places = new RunPlaces(dynamo, clock, cacheRows.name);
  return { news, refresh: new RefreshNews(source, news, watched, { places, report: () => undefined }) };
}

describe('news of what users watch', () => {
  it('are asked for once, found by other processes, and not asked for again by a second call', async () => {
    const one = await process();
    expect(await one.refresh.run(() => Infinity, 0)).toEqual({ refreshed: 3, failed: 0, left: 0 });
    expect(yahoo.requests).toBe(3);
    const again = await process();
    expect(await again.refresh.run(() => Infinity, 0)).toEqual({ refreshed: 3, failed: 0, left: 0 });
    const reader = await process();
    const told = await reader.news.about('KO', { limit: 5 });
    expect(told).toMatchObject({ cache: 'dynamodb', unavailable: [] });
    expect(told.items.length).toBeGreaterThan(0);
    expect(yahoo.requests).toBe(3);
  });

  it('for which no time was left have their turn in the next run', async () => {
    clock.advance(20 * minute);
    const before = yahoo.requests;
    let turns = 2;
    const short = () => (turns-- > 0 ? 1000 : 0);
    expect(await (await process()).refresh.run(short, 10)).toEqual({ refreshed: 2, failed: 0, left: 1 });
    turns = 1;
    expect(await (await process()).refresh.run(short, 10)).toEqual({ refreshed: 1, failed: 0, left: 2 });
    expect(yahoo.requests - before).toBe(3);
    expect(await (await process()).news.about('MSFT', { limit: 1 })).toMatchObject({ ageSeconds: 0 });
  });

  it('keep to the budget of a vendor: what it does not allow is left', async () => {
    clock.advance(20 * minute);
    const own = await process({ ...yahoo.settings, YAHOO_REQUESTS_PER_MINUTE: '1' });
    expect(await own.refresh.run(() => 50 * 1000, 0)).toMatchObject({ refreshed: 1, left: 2 });
  });

  it('are said to have failed where the vendor fails, and to be nobody’s where there is none', async () => {
    clock.advance(20 * minute);
    const away = { ...yahoo.settings, YAHOO_BASE_URL: 'http://127.0.0.1:1' };
    expect(await (await process(away)).refresh.run(() => Infinity, 0)).toEqual({ refreshed: 0, failed: 3, left: 0 });
    const bundled = (await BundledSource.open(path.resolve(import.meta.dirname, '../../../data'))) as MarketDataSource;
    const settings = marketSettings({});
    const around = { clock, metrics: new ManualMetrics(), report: () => undefined };
    const places = new RunPlaces(dynamo, clock, cacheRows.name);
    const watched = new Watched(dynamo, () => undefined, portfolioRows.name);
    const none = new RefreshNews(bundled, new CompanyNews(bundled, settings, around), watched, {
      places,
      report: () => undefined,
    });
    expect(await none.run(() => Infinity, 0)).toMatchObject({ refreshed: 0, skipped: expect.any(String) });
  });

  it('are refreshed also where cleaning up fails, which is then told', async () => {
    clock.advance(20 * minute);
    const { refresh } = await process();
    const before = yahoo.requests;
    const broken = { run: () => Promise.reject(new Error('no listing')) };
    await expect(new Upkeep(broken as never, refresh).run(() => 60_000)).rejects.toThrow('no listing');
    expect(yahoo.requests).toBe(before + 3);
  });
});
