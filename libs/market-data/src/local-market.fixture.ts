import path from 'node:path';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import type { Clock } from '@stocktool/contracts';
import { createBucket, createTable, localDynamo, localS3, ManualMetrics, type LocalResource } from '@stocktool/testing';
import { BundledSource } from './bundled-source';
import { MarketData } from './market-data';
import type { MarketDataSource } from './market-data-source';
import { PriceSeriesData } from './price-series/price-series-data';
import { PriceSeriesStore } from './price-series/price-series-store';
import { PriceSeriesTable } from './price-series/price-series.table';
import { QuoteCacheTable } from './quote-cache.table';

export const today = '2026-01-05T15:00:00Z';
export const bundled = await BundledSource.open(path.resolve(import.meta.dirname, '../../../data'));
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

/** Tables and a bucket of its own on the local AWS endpoint. */
export class LocalMarket {
  readonly objects: ObjectStore;
  private readonly s3Client = localS3();

  private constructor(
    readonly dynamoClient: ReturnType<typeof localDynamo>,
    private readonly quotes: LocalResource,
    private readonly portfolios: LocalResource,
    private readonly bucket: LocalResource,
    private readonly others: LocalResource[] = [],
  ) {
    this.objects = new ObjectStore(this.s3Client);
  }

  static async open(): Promise<LocalMarket> {
    const [quotes, portfolios] = [await createTable('stockCache'), await createTable('portfolios')];
    return new LocalMarket(localDynamo(), quotes, portfolios, await createBucket());
  }

  /** A row belongs to all tests that share its table: a test of the cache chain takes one of its own. */
  async ownQuoteTable(): Promise<string> {
    const table = await createTable('stockCache');
    this.others.push(table);
    return table.name;
  }

  /** Each is like a process of its own: own memory, same tables. */
  process(
    source: MarketDataSource,
    clock: Clock,
    quoteTable = this.quotes.name,
    series = this.seriesStore(clock),
    client = this.dynamoClient,
  ) {
    const reported: string[] = [];
    const metrics = new ManualMetrics();
    const report = (_: unknown, doing: string) => void reported.push(doing);
    const cache = new QuoteCacheTable(new Dynamo(client, clock), quoteTable, clock);
    return {
      data: new MarketData(source, cache, series, { clock, metrics, report, random: () => 0 }),
      series,
      reported,
      metrics,
    };
  }

  seriesStore(clock: Clock, objects = this.objects): PriceSeriesStore {
    const table = new PriceSeriesTable(new Dynamo(this.dynamoClient, clock), this.portfolios.name);
    return new PriceSeriesStore(table, objects, this.bucket.name, clock);
  }

  personalData(clock: Clock): PriceSeriesData {
    const places = { table: this.portfolios.name, bucket: this.bucket.name };
    return new PriceSeriesData(this.seriesStore(clock), new Dynamo(this.dynamoClient, clock), this.objects, places);
  }

  /** With methods that fail, as a crash at that point would. */
  crashingStore(clock: Clock, broken: Partial<Pick<ObjectStore, 'put' | 'delete'>>): PriceSeriesStore {
    return this.seriesStore(clock, Object.assign(new ObjectStore(this.s3Client), broken));
  }

  /** Counts what it reads, and how much of it at once. */
  countingStore(clock: Clock): { series: PriceSeriesStore; reads: { total: number; now: number; most: number } } {
    const reads = { total: 0, now: 0, most: 0 };
    const plain = new ObjectStore(this.s3Client);
    const get: ObjectStore['get'] = async (...where) => {
      reads.total++;
      reads.most = Math.max(reads.most, ++reads.now);
      return plain.get(...where).finally(() => reads.now--);
    };
    return { series: this.seriesStore(clock, Object.assign(new ObjectStore(this.s3Client), { get })), reads };
  }

  async objectsOf(userId: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.objects.list(this.bucket.name, `series/${userId}/`)) keys.push(key);
    return keys;
  }

  async close(): Promise<void> {
    for (const resource of [this.quotes, this.portfolios, this.bucket, ...this.others]) await resource.drop();
    this.dynamoClient.destroy();
    this.s3Client.destroy();
  }
}
