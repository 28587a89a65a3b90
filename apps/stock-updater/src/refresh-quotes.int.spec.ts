import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { Problem, type StockToolEvent } from '@stocktool/contracts';
import { BundledSource, MarketDataSource, QuoteCacheTable, type SourceQuote } from '@stocktool/market-data';
import { createTable, FixedClock, localDynamo, localSns, type LocalResource } from '@stocktool/testing';
import { RefreshQuotes } from './refresh-quotes';

const dataDir = path.resolve(import.meta.dirname, '../../../data');
const [client, sns] = [localDynamo(), localSns()];
/** After the real present: the store itself drops what has expired. */
const saturday = '2030-03-09T21:30:00.000Z';
const monday = '2030-03-11T20:30:00.000Z';
const topicName = `market-${randomUUID()}`;
let table: LocalResource;
let bundled: BundledSource;

beforeAll(async () => {
  [table, bundled] = await Promise.all([createTable('stockCache'), BundledSource.open(dataDir)]);
  await sns.send(new CreateTopicCommand({ Name: topicName }));
});
afterAll(async () => {
  await table.drop();
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

function updater(source: MarketDataSource, at: string, topic = topicName) {
  const clock = new FixedClock(at);
  const cache = new QuoteCacheTable(new Dynamo(client), table.name, clock);
  const publisher = new Recording(sns, new TopicDirectory(sns), () => topic);
  return { refresh: new RefreshQuotes(source, cache, publisher, clock), cache, publisher };
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
});
