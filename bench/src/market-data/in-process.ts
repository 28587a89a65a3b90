import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { systemClock } from '@stocktool/contracts';
import {
  MarketData,
  marketSettings,
  openSource,
  PriceSeriesStore,
  PriceSeriesTable,
  QuoteCacheTable,
} from '@stocktool/market-data';
import { Metrics } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import { percentile } from '../statistics';

const dataDir = path.resolve(import.meta.dirname, '../../../data');
const reads = 1500;
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Shares as a vendor may know them: three letters each. */
const symbols = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => `Z${a}${b}${c}`))).slice(0, 2 * reads);

async function marketData(client: DynamoDBClient, environment: Record<string, string> = {}) {
  const dynamo = new Dynamo(client);
  const report = (error: unknown, doing: string) => console.error(doing, error);
  const surroundings = { clock: systemClock, metrics: new Metrics(), report };
  const settings = marketSettings({ DATA_DIR: dataDir, ...environment });
  const source = await openSource(settings, { ...surroundings, notice: console.log });
  const cache = new QuoteCacheTable(dynamo, topology.tables.stockCache.name, systemClock);
  const objects = new ObjectStore(new S3Client({ forcePathStyle: true }));
  const series = new PriceSeriesStore(
    new PriceSeriesTable(dynamo, topology.tables.portfolios.name),
    objects,
    topology.buckets.reports.name,
    systemClock,
  );
  return { data: new MarketData(source, cache, series, surroundings), cache, source };
}

/** Hits a second of the process's own memory, metrics counted, one await each. */
export async function memoryHits(client: DynamoDBClient): Promise<{ perSecond: number }> {
  const { data } = await marketData(client);
  await data.quote('AAPL');
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const hits = 200_000;
    const start = performance.now();
    for (let i = 0; i < hits; i++) await data.quote('AAPL');
    rates.push(hits / ((performance.now() - start) / 1000));
  }
  return { perSecond: Math.round(percentile(rates, 50)) };
}

/** A look-up that only the table can answer, beside a bare GetItem of the same row, in turns. */
export async function tableHits(client: DynamoDBClient) {
  const { data, cache, source } = await marketData(client);
  const quote = (await source.quote('AAPL'))!;
  const fetchedAtMs = source.now().getTime();
  for (let start = 0; start < symbols.length; start += 100)
    await cache.put(symbols.slice(start, start + 100).map((symbol) => ({ quote: { ...quote, symbol }, fetchedAtMs })));
  const times = { bare: [] as number[], ours: [] as number[] };
  for (const [i, symbol] of symbols.entries()) {
    const start = performance.now();
    if (i % 2 === 0) {
      const key = { symbol: { S: symbol }, dataType: { S: 'quote' } };
      await client.send(new GetItemCommand({ TableName: topology.tables.stockCache.name, Key: key }));
      times.bare.push(performance.now() - start);
    } else {
      const { cache: from } = await data.quote(symbol);
      times.ours.push(performance.now() - start);
      if (from !== 'dynamodb') throw new Error(`${symbol} came from ${from}`);
    }
  }
  const of = (values: readonly number[]) => ({ p50: percentile(values, 50), p99: percentile(values, 99) });
  const [bareMs, oursMs] = [of(times.bare), of(times.ours)];
  return { bareMs, oursMs, ratio: { p50: oursMs.p50 / bareMs.p50, p99: oursMs.p99 / bareMs.p99 } };
}

/** Cold symbols of a live vendor that stands on this machine: table, vendor over HTTP, checks, and the write. */
export async function originCalls(client: DynamoDBClient) {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ c: 100, d: 0, dp: 0, pc: 99, t: systemClock.epochSeconds() })),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { data } = await marketData(client, {
    MARKET_DATA: 'live',
    MARKET_DATA_VENDORS: 'finnhub',
    FINNHUB_API_KEY: 'bench',
    FINNHUB_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    FINNHUB_REQUESTS_PER_MINUTE: '100000',
  });
  const times: number[] = [];
  for (const symbol of symbols.slice(0, 500)) {
    const start = performance.now();
    await data.quote(symbol);
    times.push(performance.now() - start);
  }
  server.closeAllConnections();
  server.close();
  return { p50Ms: percentile(times, 50), p99Ms: percentile(times, 99) };
}
