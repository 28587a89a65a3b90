import type { SymbolMatch } from '@stocktool/contracts';
import type { DailySeries } from './daily-series';

/** The last price a source knows; `changePercent` is in percent points. */
export interface SourceQuote {
  readonly symbol: string;
  readonly price: number;
  readonly currency: string;
  readonly previousClose: number | null;
  readonly change: number | null;
  readonly changePercent: number | null;
  /** ISO time of the price, not of the call. */
  readonly asOf: string;
  /** Who says so: shown to the user as it is. */
  readonly source: string;
}

export interface Coverage {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly currency: string;
}

/** Dates, both inclusive; a source may answer with more than was asked, never with less. */
export interface DateRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Where prices come from. `undefined` means that the source does not know the symbol; a source that cannot answer
 * throws Problem `market-data-unavailable`.
 */
export abstract class MarketDataSource {
  abstract readonly name: string;
  abstract readonly mode: 'bundled' | 'live';

  /** The source's own clock: what "now" means for its data. A data set of the past stands still at its end. */
  abstract now(): Date;
  abstract quote(symbol: string): Promise<SourceQuote | undefined>;
  abstract history(symbol: string, range?: DateRange): Promise<DailySeries | undefined>;
  abstract coverage(symbol: string): Promise<Coverage | undefined>;
  abstract search(query: string, limit: number): Promise<SymbolMatch[]>;
  /** What the source can list by itself, for the market summary and for refreshing the cache. */
  abstract universe(): Promise<SymbolMatch[]>;

  /** Whether a cached row that names `source` may be served: what another configuration left behind must not. */
  accepts(source: string): boolean {
    return source === this.name;
  }
}
