import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AsOfQuery, CompanyProfile, Dividends, Financials, News, NewsQuery, Ticker } from '@stocktool/contracts';
import { CompanyFacts, CompanyNews } from '@stocktool/market-data';
import { Access } from '../access/access';
import { Describe } from '../documentation/describe';

const unknown = ['symbol-not-found', 'market-data-unavailable', 'no-source-configured'] as const;

@ApiTags('market data')
@Controller('v1/stocks/:symbol')
export class CompanyController {
  constructor(
    private readonly facts: CompanyFacts,
    private readonly companyNews: CompanyNews,
  ) {}

  @Get('profile')
  @Access('read')
  @Describe('getProfile', 'Who a symbol is; as of an earlier date only its name, kind and currency', {
    answer: CompanyProfile,
    problems: unknown,
  })
  profile(
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: AsOfQuery }) { asOf }: AsOfQuery,
  ): Promise<CompanyProfile> {
    return this.facts.profile(symbol, asOf);
  }

  @Get('dividends')
  @Access('read')
  @Describe('getDividends', 'Dividends and splits, oldest first', { answer: Dividends, problems: unknown })
  dividends(
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: AsOfQuery }) { asOf }: AsOfQuery,
  ): Promise<Dividends> {
    return this.facts.dividends(symbol, asOf);
  }

  @Get('financials')
  @Access('read')
  @Describe('getFinancials', 'Reported statements by year and quarter, newest first', {
    answer: Financials,
    problems: unknown,
  })
  financials(
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: AsOfQuery }) { asOf }: AsOfQuery,
  ): Promise<Financials> {
    return this.facts.financials(symbol, asOf);
  }

  @Get('news')
  @Access('read')
  @Describe('getNews', 'News with their tone, each story once, newest first', { answer: News, problems: unknown })
  news(
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: NewsQuery }) query: NewsQuery,
  ): Promise<News> {
    return this.companyNews.about(symbol, query);
  }
}
