import type { AssetPrices } from '@stocktool/analytics';
import { LRUCache } from 'lru-cache';

const millisecondsPerDay = 86_400_000;
const keptSeries = 512;

/** Prices in memory that threads share: handing them over copies nothing. */
export interface PackedSeries {
  /** The same content has the same key in this process, so that a thread unpacks it once. */
  readonly key: number;
  readonly symbol: string;
  readonly currency: string;
  readonly source: string;
  /** Days since 1970-01-01. */
  readonly days: Int32Array<SharedArrayBuffer>;
  readonly adjClose: Float64Array<SharedArrayBuffer>;
  /** NaN where the source has none. */
  readonly close: Float64Array<SharedArrayBuffer>;
}

let nextKey = 1;

/** A copy that threads can read. */
export function packSeries({ symbol, currency, source, dates, adjClose, close }: AssetPrices): PackedSeries {
  const days = new Int32Array(new SharedArrayBuffer(dates.length * Int32Array.BYTES_PER_ELEMENT));
  dates.forEach((date, i) => (days[i] = Date.parse(date) / millisecondsPerDay));
  return { key: nextKey++, symbol, currency, source, days, adjClose: share(adjClose), close: share(close) };
}

/** The other side: prices as `analyse` takes them, kept by key. */
export class SeriesUnpacker {
  private readonly unpacked = new LRUCache<number, AssetPrices>({ max: keptSeries });
  private readonly isoDates = new Map<number, string>();

  unpack({ key, symbol, currency, source, days, adjClose, close }: PackedSeries): AssetPrices {
    let prices = this.unpacked.get(key);
    if (!prices) {
      const dates = Array.from(days, (day) => this.isoDate(day));
      prices = { symbol, currency, source, dates, adjClose, close };
      this.unpacked.set(key, prices);
    }
    return prices;
  }

  /** One string a day for all series; days are those of a few decades. */
  private isoDate(day: number): string {
    let text = this.isoDates.get(day);
    if (text === undefined) {
      text = new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
      this.isoDates.set(day, text);
    }
    return text;
  }
}

function share(values: ArrayLike<number | null>): Float64Array<SharedArrayBuffer> {
  const shared = new Float64Array(new SharedArrayBuffer(values.length * Float64Array.BYTES_PER_ELEMENT));
  for (let i = 0; i < shared.length; i++) shared[i] = values[i] ?? Number.NaN;
  return shared;
}
