import { describeKept } from '@stocktool/testing';
import { SeriesRow } from './price-series/price-series.table';
import { QuoteRow } from './quote-cache.table';

describeKept('rows/portfolios/series', SeriesRow);
describeKept('rows/stockCache/quote', QuoteRow);
