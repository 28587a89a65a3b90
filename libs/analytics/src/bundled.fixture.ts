import { readFileSync } from 'node:fs';
import type { PriceBars } from './indicators/price-bars';
import type { AssetPrices } from './series/alignment';

interface CatalogueRow {
  symbol: string;
  rows: number;
  file: string;
  columns: string[];
}

const root = new URL('../../../', import.meta.url);
const { symbols } = JSON.parse(readFileSync(new URL('data/prices/symbols.json', root), 'utf8')) as {
  symbols: CatalogueRow[];
};
const cache = new Map<string, AssetPrices>();

function read(symbol: string): { dates: string[]; column: (name: string) => (number | null)[] } {
  const { rows, file, columns } = symbols.find((row) => row.symbol === symbol)!;
  const bytes = readFileSync(new URL(`data/prices/${file}`, root));
  const column = (name: string) =>
    Array.from({ length: rows }, (_, i) => {
      const position = columns.indexOf(name);
      return position < 0 ? null : bytes.readDoubleLE(8 * (position * rows + i));
    });
  const date = (i: number) =>
    new Date(bytes.readInt32LE(8 * columns.length * rows + 4 * i) * 86_400_000).toISOString().slice(0, 10);
  return { dates: Array.from({ length: rows }, (_, i) => date(i)), column };
}

/** Reads the bundled format itself (data/README.md), so that nothing between the files and the figures is taken on trust. */
export function bundled(symbol: string): AssetPrices {
  const known = cache.get(symbol);
  if (known) return known;
  const { dates, column } = read(symbol);
  const series = {
    symbol,
    currency: 'USD',
    source: 'bundled',
    dates,
    adjClose: column('adjClose'),
    close: column('close'),
  };
  cache.set(symbol, series);
  return series;
}

/** The last `rows` bars of a symbol that has highs, lows and volumes, adjusted. */
export function bundledBars(symbol: string, rows: number): PriceBars {
  const { dates, column } = read(symbol);
  const [highs, lows, closes, adjusted, volumes] = ['high', 'low', 'close', 'adjClose', 'volume'].map((name) =>
    Float64Array.from(column(name) as number[]).subarray(-rows),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const scaled = (values: Float64Array) => values.map((value, i) => value * (adjusted[i]! / closes[i]!));
  return { symbol, dates: dates.slice(-rows), closes: adjusted, highs: scaled(highs), lows: scaled(lows), volumes };
}
