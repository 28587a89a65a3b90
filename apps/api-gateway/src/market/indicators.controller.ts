import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Forecast, ForecastQuery, Indicators, IndicatorsQuery, Ticker } from '@stocktool/contracts';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { ComputeIndicators } from './compute-indicators';
import { MakeForecast } from './make-forecast';

const unknown = ['symbol-not-found', 'market-data-unavailable', 'no-source-configured'] as const;

@ApiTags('market data')
@Controller('v1/stocks/:symbol')
export class IndicatorsController {
  constructor(
    private readonly computeIndicators: ComputeIndicators,
    private readonly makeForecast: MakeForecast,
  ) {}

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

  @Get('forecast')
  @Access('read')
  @Describe('getForecast', 'A forecast if some model has beaten a random walk, and how far prices usually move', {
    answer: Forecast,
    problems: [...unknown, 'too-few-prices'],
  })
  forecast(
    @CurrentCaller() { userId }: Caller,
    @Param('symbol', { schema: Ticker }) symbol: string,
    @Query({ schema: ForecastQuery }) query: ForecastQuery,
  ): Promise<Forecast> {
    return this.makeForecast.run(userId, symbol, query);
  }
}
