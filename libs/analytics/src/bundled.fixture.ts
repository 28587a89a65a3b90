import { readFileSync } from 'node:fs';
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

/** Reads the bundled format itself (data/README.md), so that nothing between the files and the figures is taken on trust. */
export function bundled(symbol: string): AssetPrices {
  const known = cache.get(symbol);
  if (known) return known;
  const { rows, file, columns } = symbols.find((row) => row.symbol === symbol)!;
  const bytes = readFileSync(new URL(`data/prices/${file}`, root));
  const column = (name: string) =>
    Array.from({ length: rows }, (_, i) => {
      const position = columns.indexOf(name);
      return position < 0 ? null : bytes.readDoubleLE(8 * (position * rows + i));
    });
  const date = (i: number) =>
    new Date(bytes.readInt32LE(8 * columns.length * rows + 4 * i) * 86_400_000).toISOString().slice(0, 10);
  const dates = Array.from({ length: rows }, (_, i) => date(i));
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
