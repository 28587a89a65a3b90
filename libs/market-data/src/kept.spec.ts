import { describeKept } from '@stocktool/testing';
import { SeriesRow } from './price-series/price-series.table';
import { QuoteRow } from './quote-cache.table';

describeKept('rows/portfolios/series', SeriesRow);
describeKept('rows/stockCache/quote', QuoteRow, {
  unreadThere: { 'quote is not written': 'a row that a version cannot read is a quote that it has not cached' },
});
