import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  AsOfQuery,
  HistoryQuery,
  MarketSummary,
  pageOf,
  PriceHistory,
  Quote,
  Quotes,
  QuoteStreamQuery,
  QuotesQuery,
  RiskQuery,
  SymbolMatch,
  SymbolQuery,
  Ticker,
  type Page,
} from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe, Resumable } from '../documentation/describe';
import { AssessRisk, RiskAssessment } from './assess-risk';
import { StreamQuotes } from './stream-quotes';

const unknown = ['symbol-not-found', 'market-data-unavailable', 'no-source-configured'] as const;

@ApiTags('market data')
@Controller('v1')
export class MarketController {
  constructor(
    private readonly market: MarketData,
    private readonly assessRisk: AssessRisk,
    private readonly streamQuotes: StreamQuotes,
  ) {}

  @Get('quotes/:symbol')
  @Access('read')
  @Describe('getQuote', 'The last price of a symbol', { answer: Quote, problems: unknown })
  quote(
    @CurrentCaller() { userId }: Caller,
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: AsOfQuery }) { asOf }: AsOfQuery,
  ): Promise<Quote> {
    return this.market.quote(symbol, { userId, asOf });
  }

  @Get('quotes')
  @Access('read')
  @Describe('getQuotes', 'The last prices of up to 50 symbols', { answer: Quotes, problems: unknown })
  quotes(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: QuotesQuery }) { symbols, asOf }: QuotesQuery,
  ): Promise<Quotes> {
    return this.market.quotes(symbols, { userId, asOf });
  }

  @Get('quotes/stream')
  @Access('read')
  @Resumable()
  @Describe('watchQuotes', 'Events `quote`: the present quote of each symbol, then every change', {
    stream: 'text/event-stream',
    problems: unknown,
  })
  changes(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: QuoteStreamQuery }) { symbols }: QuoteStreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.streamQuotes.run(userId, symbols, lastEventId, reply);
  }

  @Get('stocks/:symbol/history')
  @Access('read')
  @Describe('getHistory', 'Prices by day, week or month', { answer: PriceHistory, problems: unknown })
  history(
    @CurrentCaller() { userId }: Caller,
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: HistoryQuery }) query: HistoryQuery,
  ): Promise<PriceHistory> {
    return this.market.history(symbol, { ...query, userId });
  }

  @Get('stocks/:symbol/risk')
  @Access('read')
  @Describe('getRisk', 'Performance and risk of a symbol beside a benchmark, as in an analysis', {
    answer: RiskAssessment,
    problems: [...unknown, 'no-date-overlap', 'currency-mismatch'],
  })
  risk(
    @CurrentCaller() { userId }: Caller,
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: RiskQuery }) query: RiskQuery,
  ): Promise<RiskAssessment> {
    return this.assessRisk.run(userId, symbol, query);
  }

  @Get('market/summary')
  @Access('read')
  @Describe('getMarketSummary', 'Indices, movers, session and data mode', { answer: MarketSummary, problems: unknown })
  summary(@Query({ schema: AsOfQuery }) { asOf }: AsOfQuery): Promise<MarketSummary> {
    return this.market.summary({ asOf });
  }

  @Get('symbols')
  @Access('read')
  @Describe('searchSymbols', 'Symbols by name or ticker; `~` lists own series', { answer: pageOf(SymbolMatch) })
  async search(
    @CurrentCaller() { userId }: Caller,
    @Query({ schema: SymbolQuery }) { q, limit, asOf }: SymbolQuery,
  ): Promise<Page<SymbolMatch>> {
    return { items: await this.market.search(q, limit, { userId, asOf }), nextCursor: null };
  }
}
