import { FixedClock, ManualMetrics } from '@stocktool/testing';
import path from 'node:path';
import type { LiveSource } from './live-source';
import { openSource } from './open-source';
import { marketSettings } from './settings';
import { answerOf, VendorServer } from './vendors/vendor-server.fixture';

const minute = 60_000;
const day = 24 * 60 * minute;
const yahooAnswers = path.resolve(import.meta.dirname, 'vendors/yahoo');
const chartPath = '/v8/finance/chart/AAPL';
const chart = answerOf(yahooAnswers, 'chart');
const gone = { status: 404, ...answerOf(yahooAnswers, 'chart-unknown') };
let server: VendorServer;
let clock: FixedClock;
let source: LiveSource;
let metrics: ManualMetrics;
beforeEach(async () => {
  server = await VendorServer.start();
  server.on(chartPath, chart).on('/v1/finance/search', answerOf(yahooAnswers, 'search'));
  clock = new FixedClock('2024-11-22T22:00:00Z');
  const settings = marketSettings({
    MARKET_DATA: 'live',
    MARKET_DATA_VENDORS: 'yahoo',
    YAHOO_BASE_URL: server.url,
    YAHOO_REQUESTS_PER_MINUTE: '10000',
  });
  metrics = new ManualMetrics();
  const around = { clock, metrics, report: () => undefined, notice: () => undefined };
  source = (await openSource(settings, around)) as LiveSource;
});
afterEach(() => server.stop());

describe('LiveSource', () => {
  it('asks once for what a thousand want to know, and again after a day', async () => {
    const all = await Promise.all(Array.from({ length: 1000 }, () => source.history('AAPL')));
    expect(new Set(all.map((series) => series!.dates)).size).toBe(1);
    expect([metrics.total('CacheHits'), metrics.total('CacheMisses')]).toEqual([0, 1]);
    expect(await source.coverage('AAPL')).toMatchObject({ from: '2020-08-27', to: '2020-09-01', rows: 4 });
    clock.advance(0.89 * day);
    await source.history('AAPL');
    expect(server.calls(chartPath)).toBe(1);
    const ofThisCache = metrics.samples.filter(({ dimensions }) => dimensions?.['Cache'] === 'vendor-answers');
    expect(ofThisCache.map(({ name }) => name)).toEqual(['CacheMisses', 'CacheHits', 'CacheHits']);
    clock.advance(0.12 * day);
    await source.history('AAPL');
    expect(server.calls(chartPath)).toBe(2);
  });

  it('answers from the last known while no vendor can, for a week', async () => {
    const series = await source.history('AAPL');
    server.on(chartPath, { status: 503 });
    clock.advance(6 * day);
    expect(await source.history('AAPL')).toEqual({ ...series, cache: 'memory', stale: true });
    server.on(chartPath, chart);
    expect(await source.history('AAPL')).not.toHaveProperty('stale');
    server.on(chartPath, { status: 503 });
    clock.advance(6.5 * day);
    expect(await source.history('AAPL')).toHaveProperty('stale', true);
    clock.advance(day);
    await expect(source.history('AAPL')).rejects.toMatchObject({ code: 'market-data-unavailable' });
  });

  it('remembers for ten minutes that a symbol is unknown, and news for a quarter of an hour', async () => {
    server.on('/v8/finance/chart/NOPE', gone);
    for (let i = 0; i < 3; i++) expect(await source.history('NOPE')).toBeUndefined();
    for (let i = 0; i < 3; i++) expect(await source.news('AAPL')).toHaveLength(2);
    expect([server.calls('/v8/finance/chart/NOPE'), server.calls('/v1/finance/search')]).toEqual([1, 1]);
    clock.advance(10 * minute);
    await source.history('NOPE');
    await source.news('AAPL');
    expect([server.calls('/v8/finance/chart/NOPE'), server.calls('/v1/finance/search')]).toEqual([2, 1]);
  });

  it('keeps in memory what fits into it, by the size of the answers', async () => {
    const { body } = answerOf(yahooAnswers, 'search');
    server.on('/v1/finance/search', { body: body!.replaceAll('"title": "', `"title": "${'x'.repeat(200_000)}`) });
    for (let i = 0; i < 100; i++) await source.news(`S${i}`);
    await source.news('S99');
    expect(server.calls('/v1/finance/search')).toBe(100);
    await source.news('S0');
    expect(server.calls('/v1/finance/search')).toBe(101);
  });

  it('asks no more than its share of what a plan allows', async () => {
    const settings = marketSettings({
      MARKET_DATA: 'live',
      MARKET_DATA_VENDORS: 'yahoo',
      YAHOO_BASE_URL: server.url,
      YAHOO_REQUESTS_PER_MINUTE: '10',
      MARKET_DATA_PROCESSES: '3',
    });
    const around = { clock, metrics: new ManualMetrics(), report: () => undefined, notice: () => undefined };
    const one = (await openSource(settings, around)) as LiveSource;
    await Promise.allSettled(Array.from({ length: 10 }, (_, at) => one.history(`S${at}`)));
    expect(server.calls()).toBe(3);
    expect(one.availableInMs('history')).toBe(minute);
  });

  it('leaves out the row of a session that is not over', async () => {
    clock = new FixedClock('2020-09-01T19:59:00Z');
    const around = { clock, metrics: new ManualMetrics(), report: () => undefined, notice: () => undefined };
    const settings = marketSettings({ MARKET_DATA: 'live', MARKET_DATA_VENDORS: 'yahoo', YAHOO_BASE_URL: server.url });
    const before = await openSource(settings, around);
    expect((await before.history('AAPL'))!.dates).toEqual(['2020-08-27', '2020-08-28', '2020-08-31']);
  });
});
