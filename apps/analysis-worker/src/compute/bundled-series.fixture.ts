import path from 'node:path';
import type { AssetPrices } from '@stocktool/analytics';
import { BundledSource, type DailySeries } from '@stocktool/market-data';

const dataDir = path.resolve(import.meta.dirname, '../../../../data');

/** Bundled prices as an analysis takes them. */
export async function bundled(symbols: readonly string[]): Promise<AssetPrices[]> {
  const source = await BundledSource.open(dataDir);
  const all = (await Promise.all(symbols.map((symbol) => source.history(symbol)))) as DailySeries[];
  return all.map(({ symbol, currency, source: name, dates, columns }) => ({
    symbol,
    currency,
    source: name,
    dates,
    adjClose: columns.adjClose,
    close: Array.from(columns.close ?? columns.adjClose, (value) =>
      columns.close && !Number.isNaN(value) ? value : null,
    ),
  }));
}
