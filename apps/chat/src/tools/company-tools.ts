import type { CompanyFacts, CompanyNews, MarketDataSource } from '@stocktool/market-data';
import { GetCompanyProfile } from './get-company-profile';
import { GetDividendsSplits } from './get-dividends-splits';
import { GetFinancials } from './get-financials';
import { GetNews } from './get-news';

/** The tools about companies for which a source is configured: a model is offered no other. */
export class CompanyTools {
  constructor(
    private readonly source: MarketDataSource,
    private readonly facts: CompanyFacts,
    private readonly news: CompanyNews,
  ) {}

  offered() {
    const { provides } = this.source;
    return [
      ...(provides.has('profile') ? [new GetCompanyProfile(this.facts)] : []),
      ...(provides.has('dividends') ? [new GetDividendsSplits(this.facts)] : []),
      ...(provides.has('financials') ? [new GetFinancials(this.facts)] : []),
      ...(this.news.isConfigured ? [new GetNews(this.news)] : []),
    ];
  }
}
