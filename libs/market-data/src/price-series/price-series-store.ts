import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '@stocktool/aws-s3';
import {
  PriceSeriesName,
  Problem,
  type Clock,
  type Page,
  type PriceSeries,
  type SymbolMatch,
} from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import type { DailySeries } from '../daily-series';
import type { Coverage } from '../market-data-source';
import { parsePriceCsv } from './parse-price-csv';
import { maxSeriesPerUser, type PriceSeriesTable, type SeriesRow } from './price-series.table';
import { ReadSlots } from './read-slots';
import { packSeries, unpackSeries } from './series-object';

const cachedRows = 2_000_000;
const maxReadAttempts = 5;
/** Each holds a few megabytes and some milliseconds of the event loop: the rest of a large portfolio waits its turn. */
const maxReadsAtOnce = 4;
const maxReadsWaiting = 2000;
const millisecondsPerDay = 86_400_000;
/** The CSV has no currency; the data beside it are in dollars. */
const currency = 'USD';

/**
 * Price series of users' own, `~NAME`: the data as an object in S3, one row that points at it. An object has a key of its
 * own for each write and is never changed, so that the row can be switched in one write and a crash leaves at most an
 * object without a row, never a row without its object.
 */
export class PriceSeriesStore {
  private readonly loaded = new LRUCache<string, DailySeries>({
    maxSize: cachedRows,
    sizeCalculation: ({ dates }) => dates.length,
  });
  private readonly reading = new Map<string, Promise<DailySeries | undefined>>();
  private readonly readSlots = new ReadSlots(maxReadsAtOnce, maxReadsWaiting);

  constructor(
    private readonly table: PriceSeriesTable,
    private readonly objects: ObjectStore,
    private readonly bucket: string,
    private readonly clock: Clock,
  ) {}

  /** Throws Problem `validation-failed` with a fault for each bad line, `limit-reached` beyond 100 series. */
  async put(userId: string, name: string, csv: string): Promise<PriceSeries & { replaced: boolean }> {
    const seriesName = readName(name);
    const tomorrow = new Date(this.clock.epochMs() + millisecondsPerDay).toISOString().slice(0, 10); // it is later elsewhere
    const parsed = await parsePriceCsv(csv, tomorrow);
    const { bytes, contentHash } = await packSeries(parsed);
    const before = await this.table.get(userId, seriesName);
    if (before?.contentHash === contentHash) return { ...shown(before), replaced: true };

    const row: SeriesRow = {
      name: seriesName,
      rows: parsed.dates.length,
      from: parsed.dates[0]!,
      to: parsed.dates.at(-1)!,
      currency,
      objectKey: `${seriesPrefixOf(userId)}${seriesName}/${contentHash}-${randomUUID()}.json.gz`,
      contentHash,
    };
    await this.objects.put(this.bucket, row.objectKey, bytes, { contentType: 'application/gzip' });
    const replaced = await this.pointAt(userId, row);
    if (replaced) await this.objects.delete(this.bucket, [replaced.objectKey]);
    return { ...shown(row), replaced: replaced !== undefined };
  }

  async list(userId: string, limit: number, cursor?: string): Promise<Page<PriceSeries>> {
    const { items, nextCursor } = await this.table.list(userId, limit, cursor);
    return { items: items.map(shown), nextCursor };
  }

  /** Throws Problem `price-series-not-found`. */
  async remove(userId: string, name: string): Promise<void> {
    const seriesName = readName(name);
    const removed = await this.table.remove(userId, seriesName);
    if (!removed) throw new Problem('price-series-not-found', `There is no price series ${seriesName}.`);
    await this.objects.delete(this.bucket, [removed.objectKey]);
  }

  /** From the row alone; undefined when the user has no series of that name. */
  async coverage(userId: string, name: string): Promise<Coverage | undefined> {
    const row = await this.table.get(userId, name);
    return row && { from: row.from, to: row.to, rows: row.rows, currency: row.currency };
  }

  /** The checksum of its data; undefined when the user has no series of that name. */
  async version(userId: string, name: string): Promise<string | undefined> {
    return (await this.table.get(userId, name))?.contentHash;
  }

  /** undefined when the user has no series of that name. */
  async load(userId: string, name: string): Promise<DailySeries | undefined> {
    for (let attempt = 1; attempt <= maxReadAttempts; attempt++) {
      const row = await this.table.get(userId, name);
      if (!row) return undefined;
      const series = this.loaded.get(row.objectKey) ?? (await this.read(row));
      if (series) return series; // else replaced between the two reads: the row says where it is now
    }
    throw new Error(`The object of the series ${name} is missing`);
  }

  /** The user's series whose symbol begins with the query, or all for `~`. */
  async search(userId: string, query: string): Promise<SymbolMatch[]> {
    const wanted = query.trim().toUpperCase().replace(/^~/, '');
    const { items } = await this.table.list(userId, maxSeriesPerUser);
    return items
      .filter(({ name }) => name.startsWith(wanted))
      .map(({ name, from, to, currency }) => ({
        symbol: `~${name}`,
        name,
        kind: 'private',
        currency,
        source: 'private',
        from,
        to,
      }));
  }

  /** Callers that want the same object share one read. */
  private read(row: SeriesRow): Promise<DailySeries | undefined> {
    let reading = this.reading.get(row.objectKey);
    if (!reading) {
      reading = this.readSlots.run(() => this.readObject(row)).finally(() => this.reading.delete(row.objectKey));
      this.reading.set(row.objectKey, reading);
    }
    return reading;
  }

  private async readObject({ objectKey, name, currency: unit }: SeriesRow): Promise<DailySeries | undefined> {
    const bytes = await this.objects.get(this.bucket, objectKey);
    if (!bytes) return undefined;
    const series = await unpackSeries(bytes, `~${name}`, unit);
    this.loaded.set(objectKey, series);
    return series;
  }

  private async pointAt(userId: string, row: SeriesRow): Promise<SeriesRow | undefined> {
    try {
      return await this.table.put(userId, row);
    } catch (error) {
      // Only a refusal is certain; after a time-out the row may have been written, and its object must stay.
      if (error instanceof Problem && error.code === 'limit-reached')
        await this.objects.delete(this.bucket, [row.objectKey]);
      throw error;
    }
  }
}

export const seriesPrefixOf = (userId: string): string => `series/${userId}/`;

const shown = ({ name, rows, from, to }: SeriesRow): PriceSeries => ({ symbol: `~${name}`, rows, from, to });

function readName(name: string): string {
  const { data, error } = PriceSeriesName.safeParse(name);
  if (data !== undefined) return data;
  const errors = error.issues.map(({ message }) => ({ path: 'name', message }));
  throw new Problem('validation-failed', 'The name of the series is not valid.', { errors });
}
