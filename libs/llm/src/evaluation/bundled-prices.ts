import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';

/** Closes of a symbol, oldest first. */
export interface Closes {
  readonly dates: readonly string[];
  readonly values: readonly number[];
}

const Catalogue = z.object({
  symbols: z.array(z.object({ symbol: z.string(), rows: z.number(), file: z.string(), columns: z.array(z.string()) })),
});

/** The files of `data/prices` as their format says (data/README.md), read by nothing that tools use: so that figures can be checked. */
export class BundledPrices {
  private readonly entries: z.infer<typeof Catalogue>['symbols'];
  private readonly read = new Map<string, Closes>();

  constructor(private readonly directory: string) {
    const catalogue = readFileSync(path.join(directory, 'symbols.json'), 'utf8');
    this.entries = parseJson(Catalogue, catalogue).symbols;
  }

  /** Adjusted for splits and dividends; as traded where the file has that and `asTraded` is asked for. */
  of(symbol: string, { asTraded = false } = {}): Closes {
    const key = `${symbol} ${asTraded}`;
    const known = this.read.get(key);
    if (known) return known;
    const entry = this.entries.find((one) => one.symbol === symbol);
    if (!entry) throw new Error(`there are no prices of ${symbol}`);
    const { rows, file, columns } = entry;
    const bytes = readFileSync(path.join(this.directory, file));
    const column = asTraded && columns.includes('close') ? 'close' : 'adjClose';
    const start = columns.indexOf(column) * rows * 8;
    const days = columns.length * rows * 8;
    const values = Array.from({ length: rows }, (_, row) => bytes.readDoubleLE(start + row * 8));
    const dates = values.map((_, row) => new Date(bytes.readInt32LE(days + row * 4) * 86_400_000).toISOString().slice(0, 10)); // prettier-ignore
    const closes = { dates, values };
    this.read.set(key, closes);
    return closes;
  }
}
