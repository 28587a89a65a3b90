export { BundledSource } from './bundled-source';
export { CompanyFacts } from './company-facts';
export { dayInNewYork, isTradingDay } from './calendar/exchange-calendar';
export type { DailySeries } from './daily-series';
export {
  MarketData,
  type HistoryOptions,
  type ReadOptions,
  type RefreshOutcome,
  type SeriesColumns,
} from './market-data';
export {
  capabilities,
  MarketDataSource,
  type Capability,
  type Coverage,
  type DateRange,
  type QuoteOutcomes,
  type SourceNews,
  type SourceQuote,
} from './market-data-source';
export { MarketDataModule } from './market-data.module';
export { LiveSource } from './live-source';
export { CompanyNews } from './news/company-news';
export { plainText } from './news/plain-text';
export { openSource } from './open-source';
export { SharedAnswers } from './kept-answers/shared-answers';
export type { Line } from './csv/csv-lines';
export { csvDecimal, CsvFaults, mostCsvFaults, readCsvCells, readCsvHeader, readCsvLines } from './csv/csv-table';
export { PriceSeriesData } from './price-series/price-series-data';
export { PriceSeriesStore } from './price-series/price-series-store';
export { PriceSeriesTable } from './price-series/price-series.table';
export { QuoteCacheTable } from './quote-cache.table';
export type { Counter, Surroundings } from './quote-chain';
export { marketEnvironment, marketSettings, vendorKeys, type MarketSettings } from './settings';
