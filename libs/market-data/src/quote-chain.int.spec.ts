import path from 'node:path';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { Problem } from '@stocktool/contracts';
import { eventually, FixedClock, localDynamo } from '@stocktool/testing';
import { failure, LocalMarket } from './local-market.fixture';
import type { LiveSource } from './live-source';
import { openSource } from './open-source';
import { QuoteCacheTable } from './quote-cache.table';
import { marketSettings } from './settings';
import { wellKnownSymbols } from './vendor-chain/well-known-symbols';
import { answerOf, VendorServer } from './vendors/vendor-server.fixture';

const minute = 60_000;
const start = '2030-11-22T21:05:00Z'; // after the real present: the store itself drops what has expired
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const symbols = letters.flatMap((first) => letters.map((second) => `${first}${second}`)).slice(0, 200);
const unknown = answerOf(path.resolve(import.meta.dirname, 'vendors/finnhub'), 'quote-unknown');
const local = await LocalMarket.open();
afterAll(() => local.close());

let vendor: VendorServer;
let clock: FixedClock;
let table: string;
beforeEach(async () => {
  [vendor, table] = await Promise.all([VendorServer.start(), local.ownQuoteTable()]);
  clock = new FixedClock(start);
  vendor.on('/quote', good);
});
afterEach(() => vendor.stop());

/** A price that counts the requests, as of now. */
const good = () => ({
  body: JSON.stringify({ c: 100 + vendor.calls(), d: 0, dp: 0, pc: 100, t: Math.floor(clock.epochMs() / 1000) }),
});
const down = { status: 503 };

/** A process of its own in front of the vendor: the settings of a live system. */
async function liveProcess(environment: Record<string, string> = {}) {
  const settings = marketSettings({
    MARKET_DATA: 'live',
    MARKET_DATA_VENDORS: 'finnhub',
    FINNHUB_API_KEY: 'key',
    FINNHUB_BASE_URL: vendor.url,
    FINNHUB_REQUESTS_PER_MINUTE: '100000',
    ...environment,
  });
  const around = { clock, metrics: { count: () => undefined }, report: () => undefined, notice: () => undefined };
  const chain = (await openSource(settings, around)) as LiveSource;
  return { ...local.process(chain, clock, table), chain };
}

describe('with the vendor failing', () => {
  it('quotes are answered stale from memory at once, and when it is back the breaker closes without a herd', async () => {
    const { data, chain } = await liveProcess();
    await Promise.all(symbols.map((symbol) => data.quote(symbol)));
    expect(vendor.calls()).toBe(200);

    clock.advance(6 * minute);
    vendor.on('/quote', down);
    const all = () => Promise.all(symbols.map((symbol) => data.quote(symbol)));
    for (let round = 0; round < 5; round++)
      for (const quote of await all()) expect(quote).toMatchObject({ cache: 'memory', stale: true, ageSeconds: 360 });
    await eventually(() => chain.breakers()[0]!.state === 'open');
    const whileDown = vendor.calls() - 200;
    expect(whileDown).toBeLessThanOrEqual(2 * (5 + 8)); // five in a row open it, those under way finish, each once more
    clock.advance(25_000);
    await all();
    expect(vendor.calls() - 200).toBe(whileDown); // open: nobody asks

    vendor.on('/quote', good);
    clock.advance(30_000);
    vendor.mostUnderWay = 0;
    await eventually(async () => {
      clock.advance(1000); // those that found the breaker open or on trial come back at times of their own
      const quotes = await all();
      return quotes.every(({ stale }) => !stale);
    });
    expect(chain.breakers()[0]!.state).toBe('closed');
    expect(vendor.calls() - 200 - whileDown).toBe(200); // one for each symbol, though all were asked for again and again
    expect(vendor.mostUnderWay).toBeLessThanOrEqual(8);
  });

  it('another process serves what the table has, and beyond a day it is 503 with a time to come back', async () => {
    await (await liveProcess()).data.quote('AAPL');
    vendor.on('/quote', down);
    clock.advance(23 * 60 * minute);
    const { data } = await liveProcess();
    expect(await data.quote('AAPL')).toMatchObject({ price: 101, cache: 'dynamodb', stale: true, source: 'finnhub' });
    expect(await data.quote('AAPL')).toMatchObject({ price: 101, cache: 'memory', stale: true });
    clock.advance(61 * minute);
    const problem = (await failure(data.quote('AAPL'))) as Problem;
    expect(problem).toMatchObject({ code: 'market-data-unavailable', status: 503, retryAfterSeconds: 30 });
  });

  it.each([
    ['HTML', { body: '<html></html>' }],
    ['JSON that breaks off', { body: '{"c": 229.87, "pc"' }],
    ['a negative price', { body: '{"c":-1,"pc":1,"t":1900000000}' }],
    ['a time in the future', { body: '{"c":1,"pc":1,"t":2900000000}' }],
  ])('%s reaches neither a user nor the cache, and what was there stays', async (_what, reply) => {
    const { data } = await liveProcess();
    await data.quote('AAPL');
    vendor.on('/quote', reply);
    clock.advance(6 * minute);
    expect(await data.quote('AAPL')).toMatchObject({ price: 101, stale: true });
    expect(await failure(data.quote('MSFT'))).toMatchObject({ code: 'market-data-unavailable' });
    const rows = await new QuoteCacheTable(new Dynamo(local.dynamoClient, clock), table, clock).get(['AAPL', 'MSFT']);
    expect([...rows]).toEqual([['AAPL', expect.objectContaining({ quote: expect.objectContaining({ price: 101 }) })]]);
  });
});

describe('a vendor that tells many quotes in one request', () => {
  const yahooPath = '/v7/finance/quote';
  const settings = () => ({ MARKET_DATA_VENDORS: 'yahoo', YAHOO_BASE_URL: vendor.url });
  const asked = () => vendor.requests.filter((request) => request.path === yahooPath);
  const yahooQuote = (symbol: string) => ({
    symbol,
    quoteType: 'EQUITY',
    currency: 'USD',
    regularMarketPrice: 100,
    regularMarketPreviousClose: 99,
    regularMarketTime: Math.floor(clock.epochMs() / 1000),
  });
  beforeEach(() => {
    vendor.on('/quote/AAPL', { headers: { 'set-cookie': 'A3=token; Domain=.yahoo.com; Path=/; Secure' }, body: '' });
    vendor.on('/v1/test/getcrumb', { body: 'crumb' });
    vendor.on(yahooPath, (url) => {
      const known = url.searchParams
        .get('symbols')!
        .split(',')
        .filter((symbol) => symbol !== 'ZZZ');
      return { body: JSON.stringify({ quoteResponse: { result: known.map(yahooQuote), error: null } }) };
    });
  });

  it('is asked once for the market summary, and once more when it is overdue', async () => {
    const { data } = await liveProcess(settings());
    const { indices, gainers } = await data.summary();
    expect([indices.length > 0, gainers.length]).toEqual([true, 5]);
    expect(asked()).toHaveLength(1);
    expect(asked()[0]!.query.get('symbols')!.split(',')).toHaveLength(wellKnownSymbols.length);
    clock.advance(6 * minute);
    await data.summary();
    await eventually(() => asked().length === 2);
    await eventually(async () => (await data.summary()).gainers.every(({ stale }) => !stale));
    expect(asked()).toHaveLength(2);
  });

  it('is asked once for 50, and not for what is known, unknown or under way', async () => {
    const { data } = await liveProcess(settings());
    const first = data.quotes([...symbols.slice(0, 60), 'ZZZ']);
    const [whole, again, one] = await Promise.all([first, data.quotes([...symbols.slice(0, 61)]), data.quote('AB')]);
    expect([whole.items.length, whole.errors.map(({ symbol }) => symbol)]).toEqual([60, ['ZZZ']]);
    expect([again.items.length, one.price]).toEqual([61, 100]);
    await data.quotes([...symbols.slice(0, 61), 'ZZZ']);
    const counts = asked().map(({ query }) => query.get('symbols')!.split(',').length);
    expect(counts.sort((a, b) => b - a)).toEqual([50, 11, 1]);
  });
});

it('a history that nobody can bring up to date says that it is stale', async () => {
  const chartPath = '/v8/finance/chart/AAPL';
  vendor.on(chartPath, answerOf(path.resolve(import.meta.dirname, 'vendors/yahoo'), 'chart'));
  const { data } = await liveProcess({ MARKET_DATA_VENDORS: 'yahoo', YAHOO_BASE_URL: vendor.url });
  const read = () => data.history('AAPL', { interval: '1d', adjusted: true });
  const fresh = await read();
  expect(fresh).not.toHaveProperty('stale');
  vendor.on(chartPath, down);
  clock.advance(25 * 60 * minute);
  expect(await read()).toEqual({
    ...fresh,
    ageSeconds: fresh.ageSeconds! + 25 * 60 * 60,
    cache: 'memory',
    stale: true,
  });
});

describe('the cache', () => {
  it('tells other processes for ten minutes that a symbol is unknown', async () => {
    vendor.on('/quote', unknown);
    for (let i = 0; i < 3; i++) {
      const { data } = await liveProcess();
      for (let j = 0; j < 3; j++) expect(await failure(data.quote('NOPE'))).toMatchObject({ code: 'symbol-not-found' });
    }
    expect(vendor.calls()).toBe(1);
    clock.advance(10 * minute);
    await failure((await liveProcess()).data.quote('NOPE'));
    expect(vendor.calls()).toBe(2);
  });

  it('reads many symbols in one call, and writes no row by itself', async () => {
    const calls: string[] = [];
    const client = localDynamo();
    client.middlewareStack.add(
      (next, { commandName }) =>
        (input) => {
          calls.push(String(commandName));
          return next(input);
        },
      { step: 'initialize' },
    );
    const { chain } = await liveProcess();
    const { data } = local.process(chain, clock, table, undefined, client);
    const { items } = await data.quotes(symbols.slice(0, 50));
    expect(items).toHaveLength(50);
    const count = (name: string) => calls.filter((call) => call === name).length;
    expect([count('BatchGetItemCommand'), count('GetItemCommand'), count('PutItemCommand')]).toEqual([1, 0, 0]);
    client.destroy();
  });

  it('answers more than 95 of 100 requests under a Zipf load, and asks the vendor once a symbol in five minutes', async () => {
    const processes = [await liveProcess(), await liveProcess()];
    const weights = symbols.map((_, rank) => 1 / (rank + 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let state = 42;
    const uniform = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647; // Park and Miller
    const draw = () => {
      let left = uniform() * total;
      return symbols[weights.findIndex((weight) => (left -= weight) <= 0)] ?? symbols[0]!;
    };
    const requests = 12_000;
    const tenMinutes = 10 * minute;
    let origin = 0;
    for (let i = 0; i < requests; i++) {
      clock.advance(tenMinutes / requests);
      const { cache } = await processes[i % 2]!.data.quote(draw());
      if (cache === 'origin') origin++;
    }
    expect(1 - origin / requests).toBeGreaterThan(0.95);
    expect(vendor.calls()).toBeLessThanOrEqual(symbols.length * 3);
  });

  it('keeps it with a quote that another vendor disagrees', async () => {
    const other = await VendorServer.start();
    const day = { '01. symbol': 'AAPL', '07. latest trading day': '2030-11-22', '08. previous close': '100.0000' };
    other.on('/query', { body: JSON.stringify({ 'Global Quote': { ...day, '05. price': '150.0000' } }) });
    const both = {
      MARKET_DATA_VENDORS: 'finnhub,alpha-vantage',
      ALPHA_VANTAGE_API_KEY: 'key',
      ALPHA_VANTAGE_BASE_URL: other.url,
      MARKET_DATA_CROSS_CHECK_SHARE: '1',
    };
    const { disagreement } = await (await liveProcess(both)).data.quote('AAPL');
    expect(disagreement).toMatchObject({ source: 'alpha-vantage', price: 150 });
    expect(await (await liveProcess(both)).data.quote('AAPL')).toMatchObject({ cache: 'dynamodb', disagreement });
    await other.stop();
  });
});
