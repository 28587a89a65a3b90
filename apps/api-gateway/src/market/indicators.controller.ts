import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Indicators, IndicatorsQuery, Ticker } from '@stocktool/contracts';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { ComputeIndicators } from './compute-indicators';

const unknown = ['symbol-not-found', 'market-data-unavailable', 'no-source-configured'] as const;

@ApiTags('market data')
@Controller('v1/stocks/:symbol')
export class IndicatorsController {
  constructor(private readonly computeIndicators: ComputeIndicators) {}

  @Get('indicators')
  @Access('read')
  @Describe('getIndicators', 'Technical indicators by day: sma, ema, rsi, macd, bbands, atr, adx, stoch, obv, cross', {
    answer: Indicators,
    problems: unknown,
  })
  indicators(
    @CurrentCaller() { userId }: Caller,
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: IndicatorsQuery }) query: IndicatorsQuery,
  ): Promise<Indicators> {
    return this.computeIndicators.run(userId, symbol, query);
  }
}
