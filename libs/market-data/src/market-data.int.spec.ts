import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { Clock, Problem, type SymbolMatch } from '@stocktool/contracts';
import fc from 'fast-check';
import { BundledSource } from './bundled-source';
import type { DailySeries } from './daily-series';
import { MarketData } from './market-data';
import { MarketDataSource, type Coverage, type SourceQuote } from './market-data-source';
import { PriceSeriesStore } from './price-series/price-series-store';
import { PriceSeriesTable } from './price-series/price-series.table';
import { QuoteCacheTable } from './quote-cache.table';

class SetClock extends Clock {
  constructor(private ms: number) {
    super();
  }
  override epochMs(): number {
    return this.ms;
  }
  advance(minutes: number): void {
    this.ms += minutes * 60_000;
  }
}

/** A live-like source: the clock of the test, a price that counts the calls, and failures on demand. */
class CountingSource extends MarketDataSource {
  readonly mode = 'live';
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

const today = Date.parse('2026-01-05T15:00:00Z');
const bundled = await BundledSource.open(path.resolve(import.meta.dirname, '../../../data'));
const dynamoClient = new DynamoDBClient({});
const s3Client = new S3Client({ forcePathStyle: true });
const quoteTable = `stock-cache-${randomUUID()}`;
const seriesTable = `portfolios-${randomUUID()}`;
const bucket = `reports-${randomUUID()}`;

async function createTable(TableName: string, hash: string, range: string): Promise<void> {
  const AttributeDefinitions = [hash, range].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
  const KeySchema = [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await dynamoClient.send(
    new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' }),
  );
}

beforeAll(async () => {
  await createTable(quoteTable, 'symbol', 'dataType');
  await createTable(seriesTable, 'userId', 'itemId');
  await s3Client.send(new CreateBucketCommand({ Bucket: bucket }));
});

afterAll(async () => {
  for (const TableName of [quoteTable, seriesTable]) await dynamoClient.send(new DeleteTableCommand({ TableName }));
  dynamoClient.destroy();
  s3Client.destroy();
});

/** Each is a process of its own: own memory, same tables. */
function marketDataOn(source: MarketDataSource | undefined, clock: Clock, table = quoteTable) {
  const dynamo = new Dynamo(dynamoClient, clock);
  const reported: string[] = [];
  const counted = new Map<string, number>();
  const surroundings = {
    clock,
    report: (_: unknown, doing: string) => void reported.push(doing),
    metrics: {
      count(name: string, value = 1, dimensions: Record<string, string> = {}) {
        const key = [name, ...Object.values(dimensions)].join(' ');
        counted.set(key, (counted.get(key) ?? 0) + value);
      },
    },
  };
  const cache = new QuoteCacheTable(dynamo, table, clock);
  const series = new PriceSeriesStore(
    new PriceSeriesTable(dynamo, seriesTable),
    new ObjectStore(s3Client),
    bucket,
    clock,
  );
  return { data: new MarketData(source, cache, series, surroundings), series, reported, counted };
}

/** A symbol's row belongs to all tests of the table: each test of the chain takes a table of its own. */
async function ownTable(): Promise<string> {
  const name = `stock-cache-${randomUUID()}`;
  await createTable(name, 'symbol', 'dataType');
  return name;
}

async function eventually(check: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; await new Promise(setImmediate)) {
    if (await check()) return;
  }
  throw new Error('not within 5 s');
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('quotes', () => {
  it('come from the origin first, then from memory, and from the table in another process', async () => {
    const table = await ownTable();
    const clock = new SetClock(today);
    const first = marketDataOn(bundled, clock, table);
    const quote = await first.data.quote('AAPL');
    expect(quote).toMatchObject({ symbol: 'AAPL', price: 125.674, source: 'bundled', cache: 'origin', stale: false });
    expect(quote.ageSeconds).toBe((today - Date.parse('2022-12-28T21:00:00Z')) / 1000);
    expect(await first.data.quote('AAPL')).toEqual({ ...quote, cache: 'memory' });
    const second = marketDataOn(bundled, clock, table);
    expect(await second.data.quote('AAPL')).toEqual({ ...quote, cache: 'dynamodb' });
    expect(Object.fromEntries(first.counted)).toEqual({
      'CacheMisses memory': 1,
      'CacheMisses dynamodb': 1,
      'CacheHits memory': 1,
    });
    expect(Object.fromEntries(second.counted)).toEqual({ 'CacheMisses memory': 1, 'CacheHits dynamodb': 1 });
  });

  it('of 20 symbols, asked for 1000 times at once, cost 20 origin calls', async () => {
    const clock = new SetClock(today);
    const source = new CountingSource(clock, bundled);
    const { data } = marketDataOn(source, clock, await ownTable());
    const symbols = (await bundled.universe()).slice(0, 20).map(({ symbol }) => symbol);
    const quotes = await Promise.all(Array.from({ length: 1000 }, (_, i) => data.quote(symbols[i % 20]!)));
    expect(source.calls).toBe(20);
    expect(new Set(quotes.map(({ symbol, price }) => `${symbol} ${price}`)).size).toBe(20);
  });

  it('of one symbol, asked for 1000 times at once, cost one origin call, also when that fails', async () => {
    const clock = new SetClock(today);
    const source = new CountingSource(clock, bundled);
    source.failing = true;
    const { data } = marketDataOn(source, clock, await ownTable());
    const failures = await Promise.all(Array.from({ length: 1000 }, () => failure(data.quote('KO'))));
    expect(failures.every((error) => error instanceof Problem && error.code === 'market-data-unavailable')).toBe(true);
    expect(source.calls).toBe(1);
    source.failing = false;
    await Promise.all(Array.from({ length: 1000 }, () => data.quote('KO')));
    expect(source.calls).toBe(2);
  });

  it('are fresh for 5 minutes, then served as stale while a new one is fetched', async () => {
    const clock = new SetClock(today);
    const source = new CountingSource(clock, bundled);
    const { data } = marketDataOn(source, clock, await ownTable());
    await data.quote('PG');
    clock.advance(4.9);
    expect(await data.quote('PG')).toMatchObject({ price: 1, cache: 'memory', stale: false, ageSeconds: 294 });
    clock.advance(0.2);
    expect(await data.quote('PG')).toMatchObject({ price: 1, stale: true });
    await eventually(async () => (await data.quote('PG')).price === 2);
    expect(await data.quote('PG')).toMatchObject({ stale: false, ageSeconds: 0 });
    expect(source.calls).toBe(2);
  });

  it('stay stale, and are reported, while the source is down, and fail after a day', async () => {
    const clock = new SetClock(today);
    const source = new CountingSource(clock, bundled);
    const { data, reported } = marketDataOn(source, clock, await ownTable());
    await data.quote('PEP');
    source.failing = true;
    clock.advance(23 * 60);
    expect(await data.quote('PEP')).toMatchObject({ price: 1, stale: true });
    await eventually(() => reported.includes('refreshing the quote of PEP'));
    clock.advance(61);
    expect(await failure(data.quote('PEP'))).toMatchObject({ code: 'market-data-unavailable' });
  });

  it('never take a row that another source left in the table', async () => {
    const table = await ownTable();
    const clock = new SetClock(today);
    await marketDataOn(bundled, clock, table).data.quote('GE');
    const live = marketDataOn(new CountingSource(clock, bundled), clock, table);
    expect(await live.data.quote('GE')).toMatchObject({ source: 'vendor', cache: 'origin' });
  });

  it('are answered although the table is not there, and it is reported', async () => {
    const { data, reported } = marketDataOn(bundled, new SetClock(today), 'no-such-table');
    expect(await data.quote('XOM')).toMatchObject({ price: 106.627, cache: 'origin' });
    expect(reported).toEqual(['reading quotes from the cache table', 'writing a quote to the cache table']);
  });

  it('pass by a row that no longer fits the schema', async () => {
    const table = await ownTable();
    const clock = new SetClock(today);
    await marketDataOn(bundled, clock, table).data.quote('CVX');
    await dynamoClient.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { symbol: { S: 'CVX' }, dataType: { S: 'quote' } },
        UpdateExpression: 'SET quote.price = :text',
        ExpressionAttributeValues: { ':text': { S: 'none' } },
      }),
    );
    expect(await marketDataOn(bundled, clock, table).data.quote('CVX')).toMatchObject({
      price: 173.728,
      cache: 'origin',
    });
  });

  it('of an unknown symbol ask the source once in ten minutes', async () => {
    const clock = new SetClock(today);
    const source = new CountingSource(clock, bundled);
    const { data } = marketDataOn(source, clock, await ownTable());
    for (let i = 0; i < 3; i++) expect(await failure(data.quote('NOPE'))).toMatchObject({ code: 'symbol-not-found' });
    expect(source.calls).toBe(1);
    clock.advance(11);
    expect(await failure(data.quote('NOPE'))).toMatchObject({ code: 'symbol-not-found' });
    expect(source.calls).toBe(2);
  });

  it('of many symbols name each that fails', async () => {
    const { data } = marketDataOn(bundled, new SetClock(today));
    const { items, errors } = await data.quotes(['MSFT', 'NOPE', 'AAPL', 'MSFT', '~MINE']);
    expect(items.map(({ symbol }) => symbol)).toEqual(['MSFT', 'AAPL']);
    expect(errors.map(({ symbol, problem }) => [symbol, problem.type, problem.status])).toEqual([
      ['NOPE', '/problems/symbol-not-found', 404],
      ['~MINE', '/problems/symbol-not-found', 404],
    ]);
  });

  it('are stale where the data ended long before the clock of the source', async () => {
    const { data } = marketDataOn(bundled, new SetClock(today));
    expect(await data.quote('IBM')).toMatchObject({ stale: true, asOf: '2013-03-01T21:00:00.000Z' });
  });

  it('as of a date know nothing later', async () => {
    const { data } = marketDataOn(bundled, new SetClock(today));
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

  it('need a source', async () => {
    const { data } = marketDataOn(undefined, new SetClock(today));
    expect(await failure(data.quote('AAPL'))).toMatchObject({ code: 'no-source-configured' });
    expect(await failure(data.search('apple', 5))).toMatchObject({ code: 'no-source-configured' });
    expect((await data.quotes(['AAPL']).catch((error: unknown) => error)) as object).toMatchObject({
      code: 'no-source-configured',
    });
  });

  it('are refreshed for the next process, with a failure for each that cannot be', async () => {
    const table = await ownTable();
    const clock = new SetClock(today);
    const { refreshed, failed } = await marketDataOn(bundled, clock, table).data.refresh(['AAPL', 'NOPE']);
    expect(refreshed.map(({ symbol }) => symbol)).toEqual(['AAPL']);
    expect(failed).toMatchObject([{ symbol: 'NOPE', error: { code: 'symbol-not-found' } }]);
    expect(await marketDataOn(bundled, clock, table).data.quote('AAPL')).toMatchObject({ cache: 'dynamodb' });
    expect((await marketDataOn(bundled, clock, table).data.refresh()).refreshed).toHaveLength(29);
  });
});

describe('as of a date', () => {
  it('no read passes anything later', async () => {
    const { data } = marketDataOn(bundled, new SetClock(today));
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
          expect(matches.every(({ from, to }) => from <= asOf && to <= asOf)).toBe(true);
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
    const { data } = marketDataOn(bundled, new SetClock(today));
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
    const { data } = marketDataOn(bundled, new SetClock(today));
    expect((await data.series('AAPL', { from: '2025-01-01' })).dates).toEqual([]);
    expect(await failure(data.series('NOPE'))).toMatchObject({ code: 'symbol-not-found' });
  });

  it('of 20 symbols over 33 years take few milliseconds once read', async () => {
    const { data } = marketDataOn(bundled, new SetClock(today));
    const symbols = (await bundled.universe()).filter(({ from }) => from < '1991').slice(0, 20);
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
    const { data } = marketDataOn(bundled, new SetClock(today));
    const summary = await data.summary();
    expect(summary).toMatchObject({ dataMode: 'bundled', asOf: '2022-12-28T21:00:00.000Z', session: 'closed' });
    expect(summary.indices.map(({ symbol, price }) => [symbol, price])).toEqual([['^GSPC', 3783.22]]);
    expect(summary.losers[0]).toMatchObject({ symbol: 'RRC' }); // 24.497 after 26.375: the largest fall of the 20
    expect(summary.gainers.every(({ changePercent }) => changePercent! > 0)).toBe(true);
    expect([...summary.gainers, ...summary.losers].map(({ symbol }) => symbol)).not.toContain('IBM');
  });
});

describe('private series', () => {
  const csv = 'date,close\n2024-01-02,100\n2024-01-03,101.5\n';

  it('are read like any other symbol, by their owner only', async () => {
    const { data, series } = marketDataOn(bundled, new SetClock(today));
    const [userId, other] = [randomUUID(), randomUUID()];
    expect(await series.put(userId, 'house', csv)).toEqual({
      symbol: '~HOUSE',
      rows: 2,
      from: '2024-01-02',
      to: '2024-01-03',
      replaced: false,
    });
    expect(await data.quote('~HOUSE', { userId })).toMatchObject({
      price: 101.5,
      change: 1.5,
      source: 'private',
      stale: false,
    });
    expect(await data.series('~HOUSE', { userId })).toMatchObject({
      dates: ['2024-01-02', '2024-01-03'],
      close: [100, 101.5],
    });
    expect(await data.coverage('~HOUSE', { userId })).toEqual({
      from: '2024-01-02',
      to: '2024-01-03',
      rows: 2,
      currency: 'USD',
    });
    expect(await data.search('~', 5, { userId })).toMatchObject([{ symbol: '~HOUSE', kind: 'private' }]);
    expect((await data.quotes(['~HOUSE', 'AAPL'], { userId })).items).toHaveLength(2);
    for (const reader of [other, undefined]) {
      expect(await failure(data.quote('~HOUSE', { userId: reader }))).toMatchObject({ code: 'symbol-not-found' });
      expect(await data.search('~', 5, { userId: reader })).toEqual([]);
    }
  });

  it('are replaced whole, also in the memory of another process', async () => {
    const [one, two] = [marketDataOn(bundled, new SetClock(today)), marketDataOn(bundled, new SetClock(today))];
    const userId = randomUUID();
    await one.series.put(userId, 'A', csv);
    expect((await two.data.quote('~A', { userId })).price).toBe(101.5);
    expect(await one.series.put(userId, 'A', 'date,close\n2024-01-04,7\n')).toMatchObject({ rows: 1, replaced: true });
    expect((await two.data.quote('~A', { userId })).price).toBe(7);
    expect(await objectsOf(userId)).toHaveLength(1);
    expect(await one.series.put(userId, 'A', 'date,close\n2024-01-04,7\n')).toMatchObject({ rows: 1, replaced: true });
    expect(await objectsOf(userId)).toHaveLength(1);
  });

  it('put 20 times at once leave one row, one object, and that one readable', async () => {
    const { series } = marketDataOn(bundled, new SetClock(today));
    const userId = randomUUID();
    const put = (i: number) => series.put(userId, 'RACE', `date,close\n2024-01-02,${i + 1}\n`);
    const reads: Promise<unknown>[] = [];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        reads.push(series.load(userId, 'RACE'));
        return put(i);
      }),
    );
    await Promise.all(reads); // none met a row that points nowhere
    expect(answers.filter(({ replaced }) => !replaced)).toHaveLength(1);
    expect(await objectsOf(userId)).toHaveLength(1);
    expect((await series.load(userId, 'RACE'))?.dates).toEqual(['2024-01-02']);
  });

  it('are 100 at most, however many are put at once; removing one makes room', async () => {
    const { series } = marketDataOn(bundled, new SetClock(today));
    const userId = randomUUID();
    for (let i = 0; i < 98; i++) await series.put(userId, `S${i}`, csv);
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        series.put(userId, `MORE${i}`, csv).then(
          () => 'stored',
          (error: unknown) => (error instanceof Problem ? error.code : error),
        ),
      ),
    );
    expect(outcomes.sort()).toEqual([...Array<string>(4).fill('limit-reached'), 'stored', 'stored']);
    expect(await objectsOf(userId)).toHaveLength(100);
    await series.remove(userId, 's0');
    expect(await series.put(userId, 'AGAIN', csv)).toMatchObject({ replaced: false });
    expect(await series.put(userId, 'S1', `${csv}2024-01-04,3`)).toMatchObject({ replaced: true, rows: 3 });
  });

  it('are listed page by page, and the cursor of one user is no good for another', async () => {
    const { series } = marketDataOn(bundled, new SetClock(today));
    const userId = randomUUID();
    for (const name of ['C', 'A', 'B']) await series.put(userId, name, csv);
    const first = await series.list(userId, 2);
    expect(first.items.map(({ symbol }) => symbol)).toEqual(['~A', '~B']);
    const second = await series.list(userId, 2, first.nextCursor!);
    expect(second).toEqual({ items: [expect.objectContaining({ symbol: '~C' })], nextCursor: null });
    expect(await failure(series.list(randomUUID(), 2, first.nextCursor!))).toMatchObject({ code: 'bad-cursor' });
  });

  it('are gone once removed, with their object', async () => {
    const { series } = marketDataOn(bundled, new SetClock(today));
    const userId = randomUUID();
    await series.put(userId, 'X', csv);
    await series.remove(userId, 'X');
    expect(await series.load(userId, 'X')).toBeUndefined();
    expect(await objectsOf(userId)).toEqual([]);
    expect(await failure(series.remove(userId, 'X'))).toMatchObject({ code: 'price-series-not-found' });
    await series.put(userId, 'Y', csv);
    await series.put(userId, 'Z', csv);
    await series.removeAll(userId);
    expect(await series.list(userId, 10)).toEqual({ items: [], nextCursor: null });
    expect(await objectsOf(userId)).toEqual([]);
  });

  it.each(['', '~A', 'A B', '-A', 'A'.repeat(20), '../x', 'é'])('are refused under the name %j', async (name) => {
    const { series } = marketDataOn(bundled, new SetClock(today));
    expect(await failure(series.put(randomUUID(), name, csv))).toMatchObject({ code: 'validation-failed' });
  });

  it('leave nothing behind when the file is refused', async () => {
    const { series } = marketDataOn(bundled, new SetClock(today));
    const userId = randomUUID();
    expect(await failure(series.put(userId, 'BAD', 'date,close\n2024-01-02,x'))).toMatchObject({
      code: 'validation-failed',
      errors: [{ path: '2.close' }],
    });
    expect(await series.list(userId, 5)).toEqual({ items: [], nextCursor: null });
    expect(await objectsOf(userId)).toEqual([]);
  });

  it('survive a crash at any point of a replacement: the row always points at an object', async () => {
    const { series } = marketDataOn(bundled, new SetClock(today));
    const userId = randomUUID();
    await series.put(userId, 'C', csv);
    const clock = new SetClock(today);
    const broken = (objects: ObjectStore) =>
      new PriceSeriesStore(new PriceSeriesTable(new Dynamo(dynamoClient), seriesTable), objects, bucket, clock);
    const crash = (): Promise<never> => Promise.reject(new Error('crash'));
    const beforeUpload = Object.assign(new ObjectStore(s3Client), { put: crash });
    const beforeDelete = Object.assign(new ObjectStore(s3Client), { delete: crash });

    await expect(broken(beforeUpload).put(userId, 'C', 'date,close\n2024-01-02,1')).rejects.toThrow('crash');
    expect((await series.load(userId, 'C'))?.columns.close).toEqual(Float64Array.of(100, 101.5));
    await expect(broken(beforeDelete).put(userId, 'C', 'date,close\n2024-01-02,2')).rejects.toThrow('crash');
    expect((await series.load(userId, 'C'))?.columns.close).toEqual(Float64Array.of(2));
    await expect(broken(beforeDelete).remove(userId, 'C')).rejects.toThrow('crash');
    expect(await series.load(userId, 'C')).toBeUndefined();
    expect(await objectsOf(userId)).toHaveLength(2); // left behind, and nothing points at them
    await series.removeAll(userId);
    expect(await objectsOf(userId)).toEqual([]);
  });

  async function objectsOf(userId: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of new ObjectStore(s3Client).list(bucket, `series/${userId}/`)) keys.push(key);
    return keys;
  }
});
