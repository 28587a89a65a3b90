import type { CompanyFacts, CompanyNews, MarketDataSource } from '@stocktool/market-data';
import { GetAnalystRecommendations } from './get-analyst-recommendations';
import { GetCompanyProfile } from './get-company-profile';
import { GetDividendsSplits } from './get-dividends-splits';
import { GetEarnings } from './get-earnings';
import { GetFinancials } from './get-financials';
import { GetInstitutionalHolders } from './get-institutional-holders';
import { GetMarketCapDetails } from './get-market-cap-details';
import { GetNews } from './get-news';

/** The tools about companies for which a source is configured: a model is offered no other. */
export class CompanyTools {
  constructor(
    private readonly source: MarketDataSource,
    private readonly facts: CompanyFacts,
    private readonly news: CompanyNews,
  ) {}

  /** The bundled profiles have no market values. */
  offered() {
    const { provides } = this.source;
    return [
      ...(provides.has('profile') ? [new GetCompanyProfile(this.facts)] : []),
      ...(provides.has('profile') && this.source.mode === 'live' ? [new GetMarketCapDetails(this.facts)] : []),
      ...(provides.has('earnings') ? [new GetEarnings(this.facts)] : []),
      ...(provides.has('recommendations') ? [new GetAnalystRecommendations(this.facts)] : []),
      ...(provides.has('holders') ? [new GetInstitutionalHolders(this.facts)] : []),
      ...(provides.has('dividends') ? [new GetDividendsSplits(this.facts)] : []),
      ...(provides.has('financials') ? [new GetFinancials(this.facts)] : []),
      ...(this.news.isConfigured ? [new GetNews(this.news)] : []),
    ];
  }
}
