import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import { priceColumns, type DailySeries, type PriceColumn } from '../daily-series';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const bytesPerValue = 8;
/** 20 000 rows of every column take 1.5 MB. */
const maxContentBytes = 16 * 1024 * 1024;
/** zlib comes back to the event loop after each chunk: few large ones. */
const chunkSize = 512 * 1024;
const infinite = Number.POSITIVE_INFINITY;
const dateSeparator = ' ';

/** `columns`: base64 of little-endian float64, NaN for what is missing. Six columns of JSON numbers took 80 ms to check. */
const Stored = z.object({
  format: z.literal(2),
  dates: z.string().min(1),
  columns: z.partialRecord(z.enum(priceColumns), z.string()),
});

export interface PackedSeries {
  readonly bytes: Buffer;
  /** SHA-256 of the content before compression. */
  readonly contentHash: string;
}

/** Columns as they were read, null or NaN for what is missing. */
interface PackableSeries {
  readonly dates: readonly string[];
  readonly columns: Readonly<Partial<Record<PriceColumn, ArrayLike<number | null>>>>;
}

export async function packSeries({ dates, columns }: PackableSeries): Promise<PackedSeries> {
  const packed: z.input<typeof Stored>['columns'] = {};
  for (const column of priceColumns) {
    const cells = columns[column];
    if (cells) packed[column] = toBase64(cells);
  }
  const content = { format: 2, dates: dates.join(dateSeparator), columns: packed } satisfies z.input<typeof Stored>;
  const text = JSON.stringify(content);
  return { bytes: await compress(text, { chunkSize }), contentHash: createHash('sha256').update(text).digest('hex') };
}

/** A series without adjusted closes is its own: then returns are those of the close. */
export async function unpackSeries(bytes: Buffer, symbol: string, currency: string): Promise<DailySeries> {
  const content = await decompress(bytes, { maxOutputLength: maxContentBytes, chunkSize });
  const { dates: joined, columns } = parseJson(Stored, content.toString('latin1')); // ASCII by its making
  const dates = joined.split(dateSeparator);
  const values: Partial<Record<PriceColumn, Float64Array>> = {};
  for (const column of priceColumns) {
    const cells = columns[column];
    if (cells !== undefined) values[column] = fromBase64(cells);
  }
  const adjClose = values.adjClose ?? values.close;
  if (!adjClose || !ascend(dates) || Object.values(values).some((each) => !holds(each, dates.length))) {
    throw new Error(`The stored series ${symbol} is damaged`);
  }
  return { symbol, currency, source: 'private', dates, columns: { ...values, adjClose } };
}

/** Little-endian, as every machine that Node runs on. */
function toBase64(cells: ArrayLike<number | null>): string {
  const values = new Float64Array(cells.length);
  for (let row = 0; row < cells.length; row++) values[row] = cells[row] ?? Number.NaN;
  return Buffer.from(values.buffer).toString('base64');
}

function fromBase64(text: string): Float64Array {
  const { buffer, length } = new Uint8Array(Buffer.from(text, 'base64')); // a copy of its own, aligned
  return new Float64Array(buffer, 0, Math.floor(length / bytesPerValue));
}

function ascend(dates: readonly string[]): boolean {
  for (let row = 0; row < dates.length; row++) {
    if (dates[row]!.length !== 10 || (row > 0 && dates[row - 1]! >= dates[row]!)) return false;
  }
  return true;
}

function holds(values: Float64Array, rows: number): boolean {
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value === infinite || value === -infinite) return false;
  }
  return values.length === rows;
}
