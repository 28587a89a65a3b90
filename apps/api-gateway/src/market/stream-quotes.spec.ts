import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { BundledSource, MarketData, MarketDataSource, type SourceQuote } from '@stocktool/market-data';
import { eventually } from '@stocktool/testing';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { QuoteWatch } from './quote-watch';

/** The bundled data, with prices that a test can set. */
class Exchange extends MarketDataSource {
  readonly name = 'exchange';
  readonly mode = 'bundled';
  readonly provides: MarketDataSource['provides'];
  readonly prices = new Map<string, number>();
  asked = 0;

  constructor(private readonly bundled: BundledSource) {
    super();
    this.provides = bundled.provides;
  }
  now(): Date {
    return this.bundled.now();
  }
  override async quote(symbol: string): Promise<SourceQuote | undefined> {
    this.asked++;
    const quote = await this.bundled.quote(symbol);
    return quote && { ...quote, source: this.name, price: this.prices.get(symbol) ?? quote.price };
  }
}

let exchange: Exchange;
let gateway: TestGateway;
let user: TestUser;
let base: string;
beforeAll(async () => {
  exchange = new Exchange(await BundledSource.open(path.resolve(import.meta.dirname, '../../../../data')));
  gateway = await testGateway({ QUOTE_STREAM_POLL_MS: '20' }, (builder) =>
    builder.overrideProvider(MarketDataSource).useValue(exchange),
  );
  user = await gateway.register();
  await gateway.app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(gateway.app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(() => gateway.close());

/** As whoever refreshes the caches does it. */
const trade = async (symbol: string, price: number) => {
  exchange.prices.set(symbol, price);
  await gateway.app.get(MarketData).refresh([symbol]);
};

async function watch(symbols: string, lastEventId?: string, at = base) {
  const abort = new AbortController();
  const response = await fetch(`${at}/v1/quotes/stream?symbols=${symbols}`, {
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${user.token}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  });
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const ended = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) parser.feed(chunk);
  })().catch(() => undefined);
  const told = () => events.map(({ data }) => JSON.parse(data) as { symbol: string; price: number });
  const leave = async () => {
    abort.abort();
    await ended;
  };
  return { response, events, told, leave };
}

describe('the stream of quotes', () => {
  it('tells the present quotes, then only what changes', async () => {
    const { response, events, told, leave } = await watch('KO,PEP');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await eventually(() => events.length === 2);
    expect(
      told()
        .map(({ symbol }) => symbol)
        .sort(),
    ).toEqual(['KO', 'PEP']);
    await trade('PEP', 111);
    await eventually(() => events.length === 3);
    await trade('PEP', 111);
    await trade('KO', 222);
    await eventually(() => events.length === 4);
    expect(told().slice(2)).toMatchObject([
      { symbol: 'PEP', price: 111 },
      { symbol: 'KO', price: 222, source: 'exchange' },
    ]);
    expect(events.every(({ event }) => event === 'quote')).toBe(true);
    const times = events.map(({ id }) => Number(id!.split('-', 1)[0]));
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    await leave();
  });

  it('goes on after the last event that was received, by its id alone', async () => {
    const first = await watch('JPM,BAC');
    await eventually(() => first.events.length === 2);
    await first.leave();
    await trade('BAC', 333);
    const second = await watch('JPM,BAC', first.events.at(-1)!.id);
    await eventually(() => second.events.length === 1);
    await trade('JPM', 444);
    await eventually(() => second.events.length === 2);
    expect(second.told()).toMatchObject([
      { symbol: 'BAC', price: 333 },
      { symbol: 'JPM', price: 444 },
    ]);
    await second.leave();
    const stranger = await watch('JPM,BAC', 'never heard of');
    await eventually(() => stranger.events.length === 2);
    await stranger.leave();
  });

  it('goes on at another gateway, without gap and without repeat', async () => {
    const first = await watch('PFE,MRK');
    await eventually(() => first.events.length === 2);
    await first.leave();
    const other = await testGateway({ QUOTE_STREAM_POLL_MS: '20' }, (builder) =>
      builder.overrideProvider(MarketDataSource).useValue(exchange),
    );
    await other.app.listen(0, '127.0.0.1');
    const { port } = other.app.getHttpServer().address() as AddressInfo;
    exchange.prices.set('MRK', 555);
    await other.app.get(MarketData).refresh(['MRK']);
    const second = await watch('PFE,MRK', first.events.at(-1)!.id, `http://127.0.0.1:${port}`);
    await eventually(() => second.events.length === 1);
    expect(second.told()).toMatchObject([{ symbol: 'MRK', price: 555 }]);
    expect(Number.parseInt(second.events[0]!.id ?? '')).toBeGreaterThan(Number.parseInt(first.events.at(-1)!.id ?? ''));
    await second.leave();
    await other.close();
  });

  it('keeps for a reader who is slow the newest quote of each symbol, and no more', async () => {
    const abort = new AbortController();
    const changes = gateway.app.get(QuoteWatch).changes(user.id, ['CVX', 'GE'], abort.signal);
    const present = [await changes.next(), await changes.next()].map(({ value }) => (value as SourceQuote).symbol);
    expect(present.sort()).toEqual(['CVX', 'GE']);
    const polled = async () => {
      const before = exchange.asked;
      await trade('GE', 1000 + before);
      await eventually(async () => (await gateway.app.get(MarketData).quote('GE')).price === 1000 + before);
      await new Promise((done) => setTimeout(done, 45)); // two polls
      return 1000 + before;
    };
    for (let i = 0; i < 4; i++) await polled();
    const newest = await polled();
    expect((await changes.next()).value).toMatchObject({ symbol: 'GE', price: newest });
    await trade('CVX', 77);
    expect((await changes.next()).value).toMatchObject({ symbol: 'CVX', price: 77 }); // nothing was in between
    abort.abort();
    expect((await changes.next()).done).toBe(true);
  });

  it('looks at each symbol once for all who watch it, and not at all when they have left', async () => {
    const { polls } = gateway.app.get<unknown, { polls: Map<string, unknown> }>(QuoteWatch);
    await eventually(() => polls.size === 0);
    const before = exchange.asked;
    const readers = await Promise.all(Array.from({ length: 10 }, () => watch('WMT,XOM')));
    await eventually(() => readers.every(({ events }) => events.length === 2));
    expect([...polls.keys()].sort()).toEqual(['WMT', 'XOM']);
    expect(exchange.asked - before).toBeLessThanOrEqual(2);
    await Promise.all(readers.map(({ leave }) => leave()));
    await eventually(() => polls.size === 0);
  });

  it('has private series of the caller alone', async () => {
    const csv = 'date,close\n2020-01-02,1\n2020-01-03,2';
    const put = gateway.call('put', '/v1/price-series/SHED', user).set('content-type', 'text/csv');
    await put.send(csv).expect(201);
    const { told, events, leave } = await watch('~SHED');
    await eventually(() => events.length === 1);
    expect(told()).toMatchObject([{ symbol: '~SHED', price: 2 }]);
    await leave();
    const other = await gateway.register();
    await gateway.call('get', '/v1/quotes/stream?symbols=~SHED', other).expect(404);
  });

  it.each([
    ['symbols=KO,NOSUCH', 404],
    ['symbols=', 400],
    ['', 400],
    ['symbols=KO&asOf=2020-01-02', 400],
    [`symbols=${Array.from({ length: 51 }, (_, i) => `S${i}`).join(',')}`, 400],
  ])('is refused for %s', async (query, status) => {
    const { body } = await gateway.call('get', `/v1/quotes/stream?${query}`, user).expect(status);
    expect(body.status).toBe(status);
  });
});
