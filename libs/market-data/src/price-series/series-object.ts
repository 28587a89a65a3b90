import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import { priceColumns, type DailySeries, type PriceColumn } from '../daily-series';
import type { ParsedSeries } from './parse-price-csv';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const Column = z.array(z.number().nullable());
const Stored = z.object({
  format: z.literal(1),
  dates: z.array(z.iso.date()).min(1),
  columns: z.partialRecord(z.enum(priceColumns), Column),
});

export interface PackedSeries {
  readonly bytes: Buffer;
  /** SHA-256 of the content before compression. */
  readonly contentHash: string;
}

/** JSON keeps every float64 exactly, and can be read with any tool. */
export async function packSeries({ dates, columns }: ParsedSeries): Promise<PackedSeries> {
  const text = JSON.stringify({ format: 1, dates, columns } satisfies z.input<typeof Stored>);
  return { bytes: await compress(text), contentHash: createHash('sha256').update(text).digest('hex') };
}

/** A series without adjusted closes is its own: then returns are those of the close. */
export async function unpackSeries(bytes: Buffer, symbol: string, currency: string): Promise<DailySeries> {
  const { dates, columns } = parseJson(Stored, (await decompress(bytes)).toString('utf8'));
  const values: Partial<Record<PriceColumn, Float64Array>> = {};
  for (const column of priceColumns) {
    const cells = columns[column];
    if (cells) values[column] = Float64Array.from(cells, (cell) => cell ?? Number.NaN);
  }
  const adjClose = values.adjClose ?? values.close;
  if (!adjClose || Object.values(values).some(({ length }) => length !== dates.length)) {
    throw new Error(`The stored series ${symbol} is damaged`);
  }
  return { symbol, currency, source: 'private', dates, columns: { ...values, adjClose } };
}
