import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import {
  createBucket,
  createTable,
  eventually,
  FixedClock,
  localDynamo,
  localS3,
  ManualMetrics,
  type LocalResource,
} from '@stocktool/testing';
import type { LiveSource } from '../live-source';
import { CompanyNews } from '../news/company-news';
import { openSource } from '../open-source';
import { marketSettings } from '../settings';
import { answerOf, VendorServer } from '../vendors/vendor-server.fixture';
import { SharedAnswers } from './shared-answers';

const minute = 60_000;
const day = 24 * 60 * minute;
const answers = path.resolve(import.meta.dirname, '../vendors/yahoo');
const chartPath = '/v8/finance/chart/AAPL';
const newsPath = '/v1/finance/search';
const [client, s3] = [localDynamo(), localS3()];
let vendor: VendorServer;
let table: LocalResource;
let bucket: LocalResource;
let clock: FixedClock;
beforeEach(async () => {
  [vendor, table, bucket] = await Promise.all([VendorServer.start(), createTable('stockCache'), createBucket()]);
  vendor.on(chartPath, answerOf(answers, 'chart')).on(newsPath, answerOf(answers, 'search'));
  vendor.on('/v8/finance/chart/NOPE', { status: 404, ...answerOf(answers, 'chart-unknown') });
  clock = new FixedClock('2030-11-22T22:00:00Z'); // after the real present: the store itself drops what has expired
});
afterEach(() => Promise.all([vendor.stop(), table.drop(), bucket.drop()]));
afterAll(() => {
  client.destroy();
  s3.destroy();
});

/** Own memory, same table and bucket. */
async function liveProcess(environment: Record<string, string> = {}, dynamo = client) {
  const settings = marketSettings({
    MARKET_DATA: 'live',
    MARKET_DATA_VENDORS: 'yahoo',
    YAHOO_BASE_URL: vendor.url,
    YAHOO_REQUESTS_PER_MINUTE: '10000',
    ...environment,
  });
  const reported: string[] = [];
  const metrics = new ManualMetrics();
  const report = (_: unknown, doing: string) => void reported.push(doing);
  const places = { table: table.name, bucket: bucket.name };
  const shared = new SharedAnswers(new Dynamo(dynamo, clock), new ObjectStore(s3), clock, places);
  const around = { clock, metrics, report, notice: () => undefined, shared };
  const source = (await openSource(settings, around)) as LiveSource;
  return { source, reported, metrics, news: new CompanyNews(source, settings, around, shared) };
}
const facts = (count: number) => Array.from({ length: count }, () => liveProcess());

describe('what vendors told', () => {
  it('is asked for once by a thousand readers of one process, and not at all by the next', async () => {
    const one = await liveProcess();
    const all = await Promise.all(Array.from({ length: 1000 }, () => one.source.history('AAPL')));
    expect(new Set(all.map((series) => series?.cache))).toEqual(new Set(['origin']));
    expect(vendor.calls(chartPath)).toBe(1);

    const other = await liveProcess();
    const found = await other.source.history('AAPL');
    expect(found).toEqual({ ...all[0], cache: 'dynamodb' });
    expect(await other.source.history('AAPL')).toEqual({ ...all[0], cache: 'memory' });
    expect(vendor.calls(chartPath)).toBe(1);
    const hits = other.metrics.samples.map(({ name, dimensions }) => [name, dimensions?.['Cache']]);
    expect(hits).toEqual([
      ['CacheMisses', 'vendor-answers'],
      ['CacheHits', 'shared-vendor-answers'],
      ['CacheHits', 'vendor-answers'],
    ]);
    expect([...one.reported, ...other.reported]).toEqual([]);
  });

  it('may be larger than an item of the table holds', async () => {
    const days = 12_000; // 33 years of calendar days
    const chart = JSON.parse(answerOf(answers, 'chart').body!);
    const [result] = chart.chart.result;
    const at = (row: number) => Date.parse('1995-01-02T14:30:00Z') / 1000 + row * 86_400;
    const column = (scale: number) =>
      Array.from({ length: days }, (_, row) => scale * (100 + Math.sin(row * row)) * Math.exp(Math.cos(row)));
    result.timestamp = Array.from({ length: days }, (_, row) => at(row));
    result.indicators.quote[0] = {
      ...Object.fromEntries(['open', 'close', 'high', 'low'].map((name, i) => [name, column(1 + i / 100)])),
      volume: column(1e6).map(Math.round),
    };
    result.indicators.adjclose[0].adjclose = column(0.9);
    result.events = {};
    vendor.on(chartPath, { body: JSON.stringify(chart) });
    const [one, other] = await Promise.all(facts(2));
    const told = await one!.source.history('AAPL');
    expect(told!.dates.length).toBeGreaterThan(10_000);
    expect(await other!.source.history('AAPL')).toEqual({ ...told, cache: 'dynamodb' });
    expect([vendor.calls(chartPath), one!.reported]).toEqual([1, []]);
  });

  it('is asked for again when it is a day old; where nobody can tell, what another process heard serves for a week', async () => {
    const [one, other, third] = await Promise.all(facts(3));
    const told = await one!.source.history('AAPL');
    clock.advance(1.01 * day);
    vendor.on(chartPath, { status: 503 });
    expect(await other!.source.history('AAPL')).toEqual({ ...told, cache: 'dynamodb', stale: true });
    clock.advance(6 * day);
    await expect(third!.source.history('AAPL')).rejects.toMatchObject({ code: 'market-data-unavailable' });
  });

  it('that a symbol is unknown is told too, for ten minutes', async () => {
    const [one, other, third] = await Promise.all(facts(3));
    expect(await one!.source.history('NOPE')).toBeUndefined();
    expect(await other!.source.history('NOPE')).toBeUndefined();
    expect(vendor.calls('/v8/finance/chart/NOPE')).toBe(1);
    clock.advance(11 * minute);
    expect(await third!.source.history('NOPE')).toBeUndefined();
    expect(vendor.calls('/v8/finance/chart/NOPE')).toBe(2);
  });

  it('is not served where another vendor is configured, nor where it cannot be read', async () => {
    await (await liveProcess()).source.history('AAPL');
    vendor.on('/query', { body: '{}' });
    const settings = { MARKET_DATA_VENDORS: 'alpha-vantage', ALPHA_VANTAGE_API_KEY: 'key' };
    const other = await liveProcess({ ...settings, ALPHA_VANTAGE_BASE_URL: vendor.url });
    await expect(other.source.history('AAPL')).rejects.toMatchObject({ code: 'market-data-unavailable' });

    const Key = { symbol: 'AAPL', dataType: 'history' };
    const spoilt = { ...Key, fetchedAtMs: clock.epochMs(), prices: 'nonsense', ttl: clock.epochSeconds() + 1000 };
    await new Dynamo(client, clock).put({ TableName: table.name, Item: spoilt });
    const again = await liveProcess();
    expect(await again.source.history('AAPL')).toMatchObject({ source: 'yahoo', cache: 'origin' });
  });

  it('is asked of the vendor where the cache is away, and that is reported', async () => {
    const away = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    const alone = await liveProcess({}, away);
    expect(await alone.source.history('AAPL')).toMatchObject({ cache: 'origin' });
    expect(alone.reported).toEqual([
      'reading history from the shared cache',
      'writing history of AAPL to the shared cache',
    ]);
    away.destroy();
  });
});

describe('news', () => {
  it('that one process has refreshed are given at once by another, also when they are hours old, while newer ones come', async () => {
    const feed = `<rss version="2.0"><channel><title>Wire</title><item><title>Apple rises</title>
      <link>https://a.example/1</link><pubDate>Fri, 22 Nov 2024 21:30:00 GMT</pubDate></item></channel></rss>`;
    vendor.on('/feed/AAPL', { body: feed });
    const environment = { NEWS_FEEDS: `${vendor.url}/feed/{symbol}` };
    const updater = await liveProcess(environment);
    expect(await updater.news.refresh('AAPL')).toEqual([]);
    expect(await updater.news.refresh('AAPL')).toEqual([]);
    expect([vendor.calls(newsPath), vendor.calls('/feed/AAPL')]).toEqual([1, 1]);

    clock.advance(5 * 60 * minute);
    vendor.on(newsPath, { status: 503 }).on('/feed/AAPL', { status: 503 });
    const gateway = await liveProcess(environment);
    const told = await gateway.news.about('AAPL', { limit: 20 });
    expect(told).toMatchObject({ cache: 'dynamodb', ageSeconds: 5 * 60 * 60, unavailable: [] });
    expect(told.items.map(({ title }) => title)).toContain('Apple rises');
    await eventually(() => vendor.calls('/feed/AAPL') === 2 && vendor.calls(newsPath) >= 2);
  });

  it('of a feed that fails again and again are left alone for a while', async () => {
    const environment = { NEWS_FEEDS: `${vendor.url}/feed/{symbol}`, MARKET_DATA_BREAKER_FAILURES: '3' };
    vendor.on('*', { status: 500 });
    const { news } = await liveProcess(environment);
    for (let i = 0; i < 10; i++) await news.about(`S${i}`, { limit: 1 });
    expect(vendor.requests.filter(({ path: asked }) => asked.startsWith('/feed/'))).toHaveLength(3);
    expect(news.breakers()).toMatchObject([{ name: '127.0.0.1', state: 'open', lastFailure: '127.0.0.1: status 500' }]);
    clock.advance(31_000);
    vendor.on('*', { body: '<rss version="2.0"><channel><title>Wire</title></channel></rss>' });
    expect((await news.about('S1', { limit: 1 })).unavailable).toEqual([]);
    expect(news.breakers()[0]!.state).toBe('closed');
  });
});
