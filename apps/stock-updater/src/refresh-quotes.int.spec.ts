import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { Problem, type StockToolEvent } from '@stocktool/contracts';
import { BundledSource, MarketData, MarketDataSource, QuoteCacheTable, type SourceQuote } from '@stocktool/market-data';
import { AlertTable, Watched, WatchlistTable } from '@stocktool/portfolios';
import { createTable, FixedClock, localDynamo, localSns, type LocalResource } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { EvaluateAlerts } from './evaluate-alerts';
import { RefreshQuotes } from './refresh-quotes';
import { RunPlaces } from './run-places';

const dataDir = path.resolve(import.meta.dirname, '../../../data');
const [client, sns] = [localDynamo(), localSns()];
/** After the real present: the store itself drops what has expired. */
const saturday = '2030-03-09T21:30:00.000Z';
const monday = '2030-03-11T20:30:00.000Z';
const topicName = `market-${randomUUID()}`;
let table: LocalResource;
let portfolios: LocalResource;
let bundled: BundledSource;

beforeAll(async () => {
  [table, portfolios, bundled] = await Promise.all([
    createTable('stockCache'),
    createTable('portfolios'),
    BundledSource.open(dataDir),
  ]);
  await sns.send(new CreateTopicCommand({ Name: topicName }));
});
afterAll(async () => {
  await Promise.all([table.drop(), portfolios.drop()]);
  client.destroy();
  sns.destroy();
});

class Recording extends EventPublisher {
  readonly events: StockToolEvent[] = [];
  override async publish(event: StockToolEvent): Promise<void> {
    await super.publish(event);
    this.events.push(event);
  }
}

function updater(source: MarketDataSource, at: string, watchedLimit?: number) {
  const clock = new FixedClock(at);
  const cache = new QuoteCacheTable(new Dynamo(client), table.name, clock);
  const publisher = new Recording(sns, new TopicDirectory(sns), () => topicName);
  const dynamo = new Dynamo(client);
  const watched = new Watched(dynamo, () => undefined, portfolios.name);
  const alertTable = new AlertTable(dynamo, clock, portfolios.name);
  const places = new RunPlaces(dynamo, clock, table.name);
  const alerts = new EvaluateAlerts(watched, alertTable, publisher, clock, { places, report: () => undefined });
  return {
    refresh: new RefreshQuotes(source, cache, publisher, clock, { watched, alerts, places }, watchedLimit),
    cache,
    publisher,
  };
}

/** The bundled prices as a live source whose calls can fail. */
function live(fail: (symbol: string) => boolean): MarketDataSource {
  const source = Object.create(bundled) as MarketDataSource;
  return Object.assign(
    Object.create(source, {
      mode: { value: 'live' },
      quote: {
        value: (symbol: string): Promise<SourceQuote | undefined> =>
          fail(symbol)
            ? Promise.reject(new Problem('market-data-unavailable', 'The vendor does not answer.'))
            : bundled.quote(symbol),
      },
    }) as MarketDataSource,
  );
}

describe('RefreshQuotes', () => {
  it('caches a quote of every symbol of the source and publishes one event about it', async () => {
    const { refresh, cache, publisher } = updater(bundled, saturday);
    const summary = await refresh.run({ force: false });
    const symbols = (await bundled.universe()).map(({ symbol }) => symbol);
    expect(summary).toMatchObject({ status: 'refreshed', source: 'bundled', failed: [] });
    expect(summary.updated.sort()).toEqual(symbols.sort());
    const cached = await cache.get(symbols);
    expect(cached.size).toBe(symbols.length);
    expect(cached.get('AAPL')).toMatchObject({ quote: await bundled.quote('AAPL') });
    expect(publisher.events.map(({ id, type }) => ({ id, type }))).toEqual([
      { id: 'market-updated:bundled:2030-03-09', type: 'market.updated' },
    ]);
  });

  it('refreshes only the symbols it is asked for, and reports the unknown', async () => {
    const { refresh } = updater(bundled, monday);
    const summary = await refresh.run({ symbols: ['AAPL', 'AAPL', 'NOSUCH'], force: false });
    expect(summary.updated).toEqual(['AAPL']);
    expect(summary.failed).toEqual([{ symbol: 'NOSUCH', reason: 'unknown symbol' }]);
  });

  it('leaves a live source alone on a day without trading, unless forced', async () => {
    const { refresh, publisher } = updater(
      live(() => false),
      saturday,
    );
    expect(await refresh.run({ symbols: ['AAPL'], force: false })).toMatchObject({ status: 'skipped', updated: [] });
    expect(publisher.events).toEqual([]);
    expect(await refresh.run({ symbols: ['AAPL'], force: true })).toMatchObject({ updated: ['AAPL'] });
  });

  it('gives each symbol a second chance, and what fails twice stands beside what went well', async () => {
    const calls = new Map<string, number>();
    const source = live((symbol) => {
      calls.set(symbol, (calls.get(symbol) ?? 0) + 1);
      return symbol === 'IBM' || (symbol === 'AAPL' && calls.get(symbol) === 1);
    });
    const summary = await updater(source, monday).refresh.run({ symbols: ['AAPL', 'IBM', 'MSFT'], force: false });
    expect(summary.updated.sort()).toEqual(['AAPL', 'MSFT']);
    expect(summary.failed).toEqual([{ symbol: 'IBM', reason: 'The vendor does not answer.' }]);
    expect(calls.get('IBM')).toBe(2);
  });

  it('refreshes what users watch besides, which the readers of the cache then find, and fires their alerts', async () => {
    const clock = new FixedClock(monday);
    const dynamo = new Dynamo(client);
    const own = live(() => false);
    Object.defineProperty(own, 'universe', {
      value: async () => (await bundled.universe()).filter(({ symbol }) => symbol === 'KO'),
    });
    const userId = randomUUID();
    const watchlists = new WatchlistTable(dynamo, clock, portfolios.name);
    await watchlists.create(userId, uuidv7(), { name: 'w', symbols: ['IBM', 'NOSUCH', '~OWN'] });
    const alertId = uuidv7();
    const alerts = new AlertTable(dynamo, clock, portfolios.name);
    await alerts.create(userId, alertId, { symbol: 'PG', above: 1, holds: [] });
    const { refresh, cache, publisher } = updater(own, monday);
    const summary = await refresh.run({ force: false });
    expect(summary.updated.sort()).toEqual(['IBM', 'KO', 'PG']);
    expect(summary).toMatchObject({
      failed: [{ symbol: 'NOSUCH', reason: 'unknown symbol' }],
      alerts: { evaluated: 1, fired: 1, failed: 0 },
    });
    expect(publisher.events.map(({ type, subject }) => [type, subject])).toEqual([
      ['price.alert', alertId],
      ['market.updated', undefined],
    ]);
    const market = new MarketData(bundled, cache, undefined as never, {
      clock,
      metrics: { count: () => undefined },
      report: (error) => {
        throw error;
      },
    });
    expect(await market.quote('IBM')).toMatchObject({ cache: 'dynamodb', ...(await bundled.quote('IBM')) });
    expect((await refresh.run({ force: false })).alerts).toEqual({ evaluated: 1, fired: 0, failed: 0 });
  });

  it('takes those for which it had no place in the next run, and begins again when all had their turn', async () => {
    const own = Object.create(bundled, { universe: { value: () => Promise.resolve([]) } }) as MarketDataSource;
    const watchlists = new WatchlistTable(new Dynamo(client), new FixedClock(monday), portfolios.name);
    await watchlists.create(randomUUID(), uuidv7(), { name: 'w', symbols: ['CVX', 'HD', 'GE', 'XOM'] });
    const { refresh } = updater(own, monday, 3);
    const runs = [];
    for (let i = 0; i < 4; i++) runs.push(await refresh.run({ force: false }));
    const watched = ['CVX', 'GE', 'HD', 'IBM', 'PG', 'XOM']; // and NOSUCH, of the tests above
    expect(runs.map(({ left }) => left)).toEqual([4, 4, 4, 4]);
    const seen = runs.flatMap(({ updated, failed }) => [...updated, ...failed.map(({ symbol }) => symbol)]);
    expect(new Set(seen.slice(0, 7))).toEqual(new Set([...watched, 'NOSUCH']));
    expect(seen).toHaveLength(12);
    expect((await updater(own, monday).refresh.run({ force: false })).left).toBeUndefined();
  });

  it('waits for the budget of a vendor where the time allows, and leaves the others to the next run where it does not', async () => {
    let waitMs = () => 0;
    const own = Object.create(bundled, {
      universe: { value: () => Promise.resolve([]) },
      availableInMs: { value: () => waitMs() },
    }) as MarketDataSource;
    const { refresh } = updater(own, monday);
    let calls = 0;
    waitMs = () => (calls++ === 3 ? 20 : 0);
    const patient = await refresh.run({ force: false, remainingMs: () => 30_000 });
    expect([patient.updated.length, patient.failed.length, patient.left]).toEqual([6, 1, undefined]);
    waitMs = () => 60_000;
    expect(await refresh.run({ force: false, remainingMs: () => 30_000 })).toMatchObject({ updated: [], left: 7 });
  });

  it('asks for as many symbols together as the source can name in one request', async () => {
    const asked: (readonly string[])[] = [];
    const source = Object.create(
      live(() => false),
      {
        quotesPerRequest: { value: 3 },
        quotes: {
          value: (symbols: readonly string[]) => {
            asked.push(symbols);
            return asked.length === 1 ? Promise.reject(new Error('broken')) : bundled.quotes(symbols);
          },
        },
      },
    ) as MarketDataSource;
    const symbols = ['AAPL', 'MSFT', 'KO', 'IBM', 'NOSUCH'];
    const summary = await updater(source, monday).refresh.run({ symbols, force: false });
    expect(summary.updated.sort()).toEqual(['AAPL', 'IBM', 'KO', 'MSFT']);
    expect(summary.failed).toEqual([{ symbol: 'NOSUCH', reason: 'unknown symbol' }]);
    expect(asked.map(({ length }) => length).sort()).toEqual([2, 3, 3]); // three of them twice
  });

  it('says for whom no time was left', async () => {
    let left = 60_000;
    const { refresh } = updater(
      live(() => {
        left -= 30_000;
        return false;
      }),
      monday,
    );
    const symbols = (await bundled.universe()).map(({ symbol }) => symbol);
    const { updated, failed } = await refresh.run({ symbols, force: false, remainingMs: () => left });
    expect(updated.length + failed.length).toBe(symbols.length);
    expect(new Set(failed.map(({ reason }) => reason))).toEqual(new Set(['no time was left']));
    expect(updated.length).toBeGreaterThan(0);
  });
});
