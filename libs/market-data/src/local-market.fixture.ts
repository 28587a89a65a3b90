import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { Clock } from '@stocktool/contracts';
import { BundledSource } from './bundled-source';
import { MarketData } from './market-data';
import type { MarketDataSource } from './market-data-source';
import { PriceSeriesStore } from './price-series/price-series-store';
import { PriceSeriesTable } from './price-series/price-series.table';
import { QuoteCacheTable } from './quote-cache.table';

/** A clock that stands still until it is moved. */
export class SetClock extends Clock {
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

export const today = Date.parse('2026-01-05T15:00:00Z');
export const bundled = await BundledSource.open(path.resolve(import.meta.dirname, '../../../data'));
export const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

/** Tables and a bucket of its own on the local AWS endpoint. */
export class LocalMarket {
  readonly dynamoClient = new DynamoDBClient({});
  readonly objects: ObjectStore;
  readonly quoteTable = `stock-cache-${randomUUID()}`;
  readonly seriesTable = `portfolios-${randomUUID()}`;
  readonly bucket = `reports-${randomUUID()}`;
  private readonly tables: string[] = [];
  private readonly s3Client = new S3Client({ forcePathStyle: true });

  private constructor() {
    this.objects = new ObjectStore(this.s3Client);
  }

  static async open(): Promise<LocalMarket> {
    const local = new LocalMarket();
    await local.createTable(local.quoteTable, 'symbol', 'dataType');
    await local.createTable(local.seriesTable, 'userId', 'itemId');
    await local.s3Client.send(new CreateBucketCommand({ Bucket: local.bucket }));
    return local;
  }

  /** A row belongs to all tests that share its table: a test of the cache chain takes one of its own. */
  async ownQuoteTable(): Promise<string> {
    const name = `stock-cache-${randomUUID()}`;
    await this.createTable(name, 'symbol', 'dataType');
    return name;
  }

  /** Each is like a process of its own: own memory, same tables. */
  process(source: MarketDataSource | undefined, clock: Clock, quoteTable = this.quoteTable) {
    const dynamo = new Dynamo(this.dynamoClient, clock);
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
    const cache = new QuoteCacheTable(dynamo, quoteTable, clock);
    const series = this.seriesStore(clock);
    return { data: new MarketData(source, cache, series, surroundings), series, reported, counted };
  }

  seriesStore(clock: Clock, objects = this.objects): PriceSeriesStore {
    const table = new PriceSeriesTable(new Dynamo(this.dynamoClient, clock), this.seriesTable);
    return new PriceSeriesStore(table, objects, this.bucket, clock);
  }

  async objectsOf(userId: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.objects.list(this.bucket, `series/${userId}/`)) keys.push(key);
    return keys;
  }

  async close(): Promise<void> {
    for (const TableName of this.tables) await this.dynamoClient.send(new DeleteTableCommand({ TableName }));
    this.dynamoClient.destroy();
    this.s3Client.destroy();
  }

  private async createTable(TableName: string, hash: string, range: string): Promise<void> {
    const command = new CreateTableCommand({
      TableName,
      AttributeDefinitions: [hash, range].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
    await this.dynamoClient.send(command);
    this.tables.push(TableName);
  }
}
