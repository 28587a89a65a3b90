import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseJson, Ticker, type CompanyProfile, type SymbolMatch } from '@stocktool/contracts';
import { z } from 'zod';
import { coverageOf, priceColumns, quoteAt, type DailySeries, type PriceColumn } from './daily-series';
import { closeOf } from './calendar/exchange-calendar';
import { MarketDataSource, type Capability, type Coverage, type SourceQuote } from './market-data-source';

const Entry = z.object({
  symbol: Ticker,
  name: z.string(),
  kind: z.enum(['stock', 'etf', 'index']),
  currency: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  rows: z.number().int().positive(),
  file: z.string().regex(/^[A-Z0-9_.=-]+\.bin$/),
  columns: z.array(z.enum(priceColumns)).min(1),
});
type Entry = z.infer<typeof Entry>;
const Catalogue = z.object({ format: z.literal(1), symbols: z.array(Entry).min(1) });

const bytesPerValue = 8;
const bytesPerDate = 4;
const millisecondsPerDay = 86_400_000;

/**
 * The prices in `data/prices` (format: data/README.md): a source of its own, with its own as-of date, never a stand-in for
 * another. Its clock stands at the close of its last date. A symbol is read when first asked for, then kept: the set is
 * small and fixed.
 */
export class BundledSource extends MarketDataSource {
  readonly name = 'bundled';
  readonly mode = 'bundled';
  readonly provides: ReadonlySet<Capability> = new Set([
    'quote',
    'history',
    'coverage',
    'search',
    'universe',
    'profile',
  ]);
  private readonly loaded = new Map<string, Promise<DailySeries>>();
  private readonly isoDates = new Map<number, string>();
  private readonly end: Date;

  private constructor(
    private readonly directory: string,
    private readonly entries: ReadonlyMap<string, Entry>,
    /** Of the catalogue, which has the checksum of every file. */
    private readonly checksum: string,
  ) {
    super();
    const lastDate = [...entries.values()].reduce((latest, { to }) => (to > latest ? to : latest), '');
    this.end = closeOf(lastDate);
  }

  /** `dataDir` is the folder that holds `prices/`. */
  static async open(dataDir: string): Promise<BundledSource> {
    const directory = path.join(dataDir, 'prices');
    const catalogue = await readFile(path.join(directory, 'symbols.json'), 'utf8');
    const { symbols } = parseJson(Catalogue, catalogue);
    const version = createHash('sha256').update(catalogue).digest('hex');
    return new BundledSource(directory, new Map(symbols.map((entry) => [entry.symbol, entry])), version);
  }

  override get version(): string {
    return this.checksum;
  }

  override now(): Date {
    return this.end;
  }

  override async quote(symbol: string): Promise<SourceQuote | undefined> {
    const series = await this.history(symbol);
    return series && quoteAt(series);
  }

  override async history(symbol: string): Promise<DailySeries | undefined> {
    const entry = this.entries.get(symbol);
    if (!entry) return undefined;
    let series = this.loaded.get(symbol);
    if (!series) {
      series = this.load(entry);
      this.loaded.set(symbol, series);
      series.catch(() => this.loaded.delete(symbol)); // whoever asked gets the error; the next one tries again
    }
    return series;
  }

  override async coverage(symbol: string): Promise<Coverage | undefined> {
    const series = await this.history(symbol);
    return series && coverageOf(series);
  }

  /** Symbol first, then words of the name, by where they begin; at the end names that merely contain the text. */
  override search(query: string, limit: number): Promise<SymbolMatch[]> {
    const wanted = query.trim().toLowerCase();
    const ranked = [...this.entries.values()]
      .map((entry) => ({ entry, rank: rank(entry, wanted) }))
      .filter(({ rank }) => rank < unmatched)
      .sort((a, b) => a.rank - b.rank || (a.entry.symbol < b.entry.symbol ? -1 : 1));
    return Promise.resolve(ranked.slice(0, limit).map(({ entry }) => this.match(entry)));
  }

  override universe(): Promise<SymbolMatch[]> {
    return Promise.resolve([...this.entries.values()].map((entry) => this.match(entry)));
  }

  /** The name and what kind of thing it is: the data set tells no more. */
  override profile(symbol: string): Promise<CompanyProfile | undefined> {
    const entry = this.entries.get(symbol);
    return Promise.resolve(
      entry && {
        symbol,
        name: entry.name,
        kind: entry.kind,
        currency: entry.currency,
        exchange: null,
        country: null,
        sector: null,
        industry: null,
        website: null,
        employees: null,
        marketCap: null,
        sharesOutstanding: null,
        description: null,
        asOf: this.end.toISOString(),
        source: this.name,
      },
    );
  }

  private match({ symbol, name, kind, currency, from, to }: Entry): SymbolMatch {
    return { symbol, name, kind, currency, source: this.name, from, to };
  }

  private async load({ symbol, currency, file, rows, columns }: Entry): Promise<DailySeries> {
    const bytes = await readFile(path.join(this.directory, file));
    const datesOffset = rows * bytesPerValue * columns.length;
    if (bytes.length !== datesOffset + rows * bytesPerDate) throw new Error(`${file} is damaged: wrong length`);
    const { buffer } = new Uint8Array(bytes); // a copy of its own, aligned
    const values: Partial<Record<PriceColumn, Float64Array>> = {};
    columns.forEach((column, i) => (values[column] = new Float64Array(buffer, i * rows * bytesPerValue, rows)));
    const { adjClose } = values;
    if (!adjClose) throw new Error(`${file} has no adjusted close`);
    const days = new Int32Array(buffer, datesOffset, rows);
    const dates = new Array<string>(rows);
    for (let row = 0; row < rows; row++) dates[row] = this.isoDate(days[row]!);
    return { symbol, currency, source: this.name, dates, columns: { ...values, adjClose } };
  }

  /** One string per day for all symbols: their calendars are nearly the same. */
  private isoDate(day: number): string {
    let text = this.isoDates.get(day);
    if (text === undefined) {
      text = new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
      this.isoDates.set(day, text);
    }
    return text;
  }
}

const unmatched = 5;

function rank({ symbol, name }: Entry, wanted: string): number {
  const ticker = symbol.toLowerCase();
  const words = name.toLowerCase();
  const bare = ticker.replace(/^\^/, '');
  if (ticker === wanted || bare === wanted || words === wanted) return 0;
  if (ticker.startsWith(wanted) || bare.startsWith(wanted)) return 1;
  if (words.startsWith(wanted)) return 2;
  if (words.split(/[^a-z0-9&]+/).some((word) => word.startsWith(wanted))) return 3;
  return words.includes(wanted) ? 4 : unmatched;
}
