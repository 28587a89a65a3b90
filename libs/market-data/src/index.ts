export { BundledSource } from './bundled-source';
export type { DailySeries } from './daily-series';
export { MarketDataSource, type Coverage, type DateRange, type SourceQuote } from './market-data-source';
