import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { Problem, type Clock, type SymbolMatch } from '@stocktool/contracts';
import fc from 'fast-check';
import type { BundledSource } from './bundled-source';
import type { DailySeries } from './daily-series';
import { eventually, FixedClock, ManualMetrics } from '@stocktool/testing';
import { bundled, failure, LocalMarket, today } from './local-market.fixture';
import { MarketDataSource, type Capability, type Coverage, type SourceQuote } from './market-data-source';
import { openSource } from './open-source';
import { marketSettings } from './settings';

/** A live-like source: the clock of the test, a price that counts the calls, and failures on demand. */
class CountingSource extends MarketDataSource {
  readonly mode = 'live';
  readonly provides: ReadonlySet<Capability> = new Set(['quote', 'history', 'coverage', 'search', 'universe']);
  calls = 0;
  failing = false;

  constructor(
    private readonly clock: Clock,
    private readonly bundled: BundledSource,
    readonly name = 'vendor',
  ) {
    super();
  }
  override now(): Date {
    return this.clock.now();
  }
  override async quote(symbol: string): Promise<SourceQuote | undefined> {
    this.calls++;
    await new Promise(setImmediate);
    if (this.failing) throw new Problem('market-data-unavailable', 'the vendor is down');
    const quote = await this.bundled.quote(symbol);
    return quote && { ...quote, price: this.calls, asOf: this.clock.now().toISOString(), source: this.name };
  }
  override history(symbol: string): Promise<DailySeries | undefined> {
    return this.bundled.history(symbol);
  }
  override coverage(symbol: string): Promise<Coverage | undefined> {
    return this.bundled.coverage(symbol);
  }
  override search(query: string, limit: number): Promise<SymbolMatch[]> {
    return this.bundled.search(query, limit);
  }
  override universe(): Promise<SymbolMatch[]> {
    return this.bundled.universe();
  }
}

const minute = 60_000;
const local = await LocalMarket.open();
afterAll(() => local.close());

describe('quotes', () => {
  it('come from the origin first, then from memory, and from the table in another process', async () => {
    const table = await local.ownQuoteTable();
    const clock = new FixedClock(today);
    const first = local.process(bundled, clock, table);
    const quote = await first.data.quote('AAPL');
    expect(quote).toMatchObject({ symbol: 'AAPL', price: 125.674, source: 'bundled', cache: 'origin', stale: false });
    expect(quote.ageSeconds).toBe((Date.parse(today) - Date.parse('2022-12-28T21:00:00Z')) / 1000);
    expect(await first.data.quote('AAPL')).toEqual({ ...quote, cache: 'memory' });
    const second = local.process(bundled, clock, table);
    expect(await second.data.quote('AAPL')).toEqual({ ...quote, cache: 'dynamodb' });
    const lookups = (metrics: ManualMetrics) => metrics.samples.map(({ name, dimensions }) => [name, dimensions.Cache]);
    expect(lookups(first.metrics)).toEqual([
      ['CacheMisses', 'memory'],
      ['CacheMisses', 'dynamodb'],
      ['CacheHits', 'memory'],
    ]);
    expect(lookups(second.metrics)).toEqual([
      ['CacheMisses', 'memory'],
      ['CacheHits', 'dynamodb'],
    ]);
  });

  it('of 20 symbols, asked for 1000 times at once, cost 20 origin calls', async () => {
    const clock = new FixedClock(today);
    const source = new CountingSource(clock, bundled);
    const { data } = local.process(source, clock, await local.ownQuoteTable());
    const symbols = (await bundled.universe()).slice(0, 20).map(({ symbol }) => symbol);
    const quotes = await Promise.all(Array.from({ length: 1000 }, (_, i) => data.quote(symbols[i % 20]!)));
    expect(source.calls).toBe(20);
    expect(new Set(quotes.map(({ symbol, price }) => `${symbol} ${price}`)).size).toBe(20);
  });

  it('of one symbol, asked for 1000 times at once, cost one origin call, also when that fails', async () => {
    const clock = new FixedClock(today);
    const source = new CountingSource(clock, bundled);
    source.failing = true;
    const { data } = local.process(source, clock, await local.ownQuoteTable());
    const failures = await Promise.all(Array.from({ length: 1000 }, () => failure(data.quote('KO'))));
    expect(failures.every((error) => error instanceof Problem && error.code === 'market-data-unavailable')).toBe(true);
    expect(source.calls).toBe(1);
    source.failing = false;
    await Promise.all(Array.from({ length: 1000 }, () => data.quote('KO')));
    expect(source.calls).toBe(2);
  });

  it('are fresh for 5 minutes, then served as stale while a new one is fetched', async () => {
    const clock = new FixedClock(today);
    const source = new CountingSource(clock, bundled);
    const { data } = local.process(source, clock, await local.ownQuoteTable());
    await data.quote('PG');
    clock.advance(4.9 * minute);
    expect(await data.quote('PG')).toMatchObject({ price: 1, cache: 'memory', stale: false, ageSeconds: 294 });
    clock.advance(0.2 * minute);
    expect(await data.quote('PG')).toMatchObject({ price: 1, stale: true });
    await eventually(async () => (await data.quote('PG')).price === 2);
    expect(await data.quote('PG')).toMatchObject({ stale: false, ageSeconds: 0 });
    expect(source.calls).toBe(2);
  });

  it('stay stale, and are reported, while the source is down, and fail after a day', async () => {
    const clock = new FixedClock(today);
    const source = new CountingSource(clock, bundled);
    const { data, reported } = local.process(source, clock, await local.ownQuoteTable());
    await data.quote('PEP');
    source.failing = true;
    clock.advance(23 * 60 * minute);
    expect(await data.quote('PEP')).toMatchObject({ price: 1, stale: true });
    await eventually(() => reported.includes('refreshing the quote of PEP'));
    clock.advance(61 * minute);
    expect(await failure(data.quote('PEP'))).toMatchObject({ code: 'market-data-unavailable' });
  });

  it('never take a row that another source left in the table', async () => {
    const table = await local.ownQuoteTable();
    const clock = new FixedClock(today);
    await local.process(bundled, clock, table).data.quote('GE');
    const live = local.process(new CountingSource(clock, bundled), clock, table);
    expect(await live.data.quote('GE')).toMatchObject({ source: 'vendor', cache: 'origin' });
  });

  it('are answered although the table is not there, and it is reported', async () => {
    const { data, reported } = local.process(bundled, new FixedClock(today), 'no-such-table');
    expect(await data.quote('XOM')).toMatchObject({ price: 106.627, cache: 'origin' });
    expect(reported).toEqual(['reading quotes from the cache table', 'writing a quote to the cache table']);
  });

  it('pass by a row that no longer fits the schema', async () => {
    const table = await local.ownQuoteTable();
    const clock = new FixedClock(today);
    await local.process(bundled, clock, table).data.quote('CVX');
    await local.dynamoClient.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { symbol: { S: 'CVX' }, dataType: { S: 'quote' } },
        UpdateExpression: 'SET quote.price = :text',
        ExpressionAttributeValues: { ':text': { S: 'none' } },
      }),
    );
    expect(await local.process(bundled, clock, table).data.quote('CVX')).toMatchObject({
      price: 173.728,
      cache: 'origin',
    });
  });

  it('of an unknown symbol ask the source once in ten minutes', async () => {
    const clock = new FixedClock(today);
    const source = new CountingSource(clock, bundled);
    const { data } = local.process(source, clock, await local.ownQuoteTable());
    for (let i = 0; i < 3; i++) expect(await failure(data.quote('NOPE'))).toMatchObject({ code: 'symbol-not-found' });
    expect(source.calls).toBe(1);
    clock.advance(11 * minute);
    expect(await failure(data.quote('NOPE'))).toMatchObject({ code: 'symbol-not-found' });
    expect(source.calls).toBe(2);
  });

  it('of many symbols name each that fails', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    const { items, errors } = await data.quotes(['MSFT', 'NOPE', 'AAPL', 'MSFT', '~MINE']);
    expect(items.map(({ symbol }) => symbol)).toEqual(['MSFT', 'AAPL']);
    expect(errors.map(({ symbol, problem }) => [symbol, problem.type, problem.status])).toEqual([
      ['NOPE', '/problems/symbol-not-found', 404],
      ['~MINE', '/problems/symbol-not-found', 404],
    ]);
  });

  it('are stale where the data ended long before the clock of the source', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    expect(await data.quote('IBM')).toMatchObject({ stale: true, asOf: '2013-03-01T21:00:00.000Z' });
  });

  it('as of a date know nothing later', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    expect(await data.quote('AAPL', { asOf: '1990-01-03' })).toMatchObject({
      price: 0.266,
      previousClose: 0.264,
      stale: false,
    });
    expect(await data.quote('AAPL', { asOf: '2022-12-25' })).toMatchObject({
      asOf: '2022-12-23T21:00:00.000Z',
      stale: false,
    });
    expect(await failure(data.quote('AAPL', { asOf: '1989-12-29' }))).toMatchObject({ code: 'symbol-not-found' });
  });

  it('need a source: live without a vendor is none', async () => {
    const settings = marketSettings({ MARKET_DATA: 'live', MARKET_DATA_VENDORS: 'finnhub' });
    const clock = new FixedClock(today);
    const notices: string[] = [];
    const around = { clock, metrics: new ManualMetrics(), report: () => undefined };
    const source = await openSource(settings, { ...around, notice: (line) => notices.push(line) });
    expect(notices).toEqual(['Market data: finnhub is left out, it has no key.']);
    const { data } = local.process(source, clock);
    const options = { interval: '1d', adjusted: true } as const;
    const asked = [data.quote('AAPL'), data.search('apple', 5), data.history('AAPL', options), data.series('AAPL')];
    for (const question of asked) expect(await failure(question)).toMatchObject({ code: 'no-source-configured' });
    const { items, errors } = await data.quotes(['AAPL']);
    expect([items, errors.map(({ problem }) => problem.status)]).toEqual([[], [501]]);
  });

  it('are refreshed for the next process, with a failure for each that cannot be', async () => {
    const table = await local.ownQuoteTable();
    const clock = new FixedClock(today);
    const { refreshed, failed } = await local.process(bundled, clock, table).data.refresh(['AAPL', 'NOPE']);
    expect(refreshed.map(({ symbol }) => symbol)).toEqual(['AAPL']);
    expect(failed).toMatchObject([{ symbol: 'NOPE', error: { code: 'symbol-not-found' } }]);
    expect(await local.process(bundled, clock, table).data.quote('AAPL')).toMatchObject({ cache: 'dynamodb' });
    expect((await local.process(bundled, clock, table).data.refresh()).refreshed).toHaveLength(29);
  });
});

describe('as of a date', () => {
  it('no read passes anything later', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    const day = fc.integer({ min: 7000, max: 20_000 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
    await fc.assert(
      fc.asyncProperty(
        day,
        fc.constantFrom('AAPL', 'IBM', 'MTUM'),
        fc.constantFrom('1d', '1wk', '1mo'),
        async (asOf, symbol, interval) => {
          const options = { asOf, interval, adjusted: true } as const;
          const { rows } = await data.history(symbol, options);
          expect(rows.every(({ date }) => date <= asOf)).toBe(true);
          const series = await data.series(symbol, { asOf });
          expect(series.dates.every((date) => date <= asOf)).toBe(true);
          const coverage = await data.coverage(symbol, { asOf });
          expect(coverage?.rows ?? 0).toBe(series.dates.length);
          expect((coverage?.to ?? '') <= asOf).toBe(true);
          const matches = await data.search(symbol, 5, { asOf });
          expect(matches.every(({ from, to }) => from! <= asOf && to! <= asOf)).toBe(true);
          const summary = await data.summary({ asOf });
          expect(
            [...summary.indices, ...summary.gainers, ...summary.losers].every(
              (quote) => quote.asOf.slice(0, 10) <= asOf,
            ),
          ).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('series', () => {
  it('are copies: whoever changes one changes nobody else', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    const mine = await data.series('AAPL', { from: '2022-12-28' });
    mine.adjClose[0] = 0;
    expect(await data.series('AAPL', { from: '2022-12-28' })).toEqual({
      symbol: 'AAPL',
      currency: 'USD',
      source: 'bundled',
      dates: ['2022-12-28'],
      adjClose: Float64Array.of(125.674),
      close: [null],
    });
  });

  it('are empty outside the data and refused for an unknown symbol', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    expect((await data.series('AAPL', { from: '2025-01-01' })).dates).toEqual([]);
    expect(await failure(data.series('NOPE'))).toMatchObject({ code: 'symbol-not-found' });
  });

  it('of 20 symbols over 33 years take few milliseconds once read', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    const symbols = (await bundled.universe()).filter(({ from }) => from! < '1991').slice(0, 20);
    const read = () => Promise.all(symbols.map(({ symbol }) => data.series(symbol)));
    await read();
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      const start = performance.now();
      await read();
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(50); // 5 ms on an idle machine
  });
});

describe('summary', () => {
  it('shows the index and the largest moves of the last session', async () => {
    const { data } = local.process(bundled, new FixedClock(today));
    const summary = await data.summary();
    expect(summary).toMatchObject({
      dataMode: 'bundled',
      asOf: '2022-12-28T21:00:00.000Z',
      session: 'closed',
      nextOpen: '2022-12-29T14:30:00.000Z',
      nextClose: '2022-12-29T21:00:00.000Z',
    });
    const before = await data.summary({ asOf: '2001-09-10' });
    expect(before).toMatchObject({ session: 'closed', nextOpen: null, nextClose: null }); // the four days without trading were not foreseen
    expect(summary.indices.map(({ symbol, price }) => [symbol, price])).toEqual([['^GSPC', 3783.22]]);
    expect(summary.losers[0]).toMatchObject({ symbol: 'RRC' }); // 24.497 after 26.375: the largest fall of the 20
    expect(summary.gainers.every(({ changePercent }) => changePercent! > 0)).toBe(true);
    expect([...summary.gainers, ...summary.losers].map(({ symbol }) => symbol)).not.toContain('IBM');
  });
});
