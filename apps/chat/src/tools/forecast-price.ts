import { describeForecast, forecastablePrices } from '@stocktool/analytics';
import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import type { ComputeLine } from '../compute/compute-line';
import { adjustedRows } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'forecast_price'>;

export class ForecastPrice extends Tool<'forecast_price'> {
  readonly name = 'forecast_price';

  constructor(
    private readonly market: MarketData,
    private readonly computing: ComputeLine,
  ) {
    super();
  }

  async run(args: ChatToolArguments<'forecast_price'>, context: ToolContext): Promise<Result> {
    const { symbol, days } = args;
    const history = await adjustedRows(this.market, symbol, args, context);
    const prices = forecastablePrices(history, days);
    context.signal.throwIfAborted();
    const found = await this.computing.forecast(context.userId, { prices, days });
    const { currency, source, asOf, lastPrice, skill, statement, path, intervals } = describeForecast(
      history,
      days,
      found,
    );
    return {
      symbol,
      currency,
      source,
      asOf,
      lastPrice,
      days,
      skill,
      statement,
      forecast: path?.at(-1) ?? null,
      intervals: intervals.map(({ level, lower, upper, coverageAtEnd }) => ({
        level,
        lower: lower.at(-1)!,
        upper: upper.at(-1)!,
        coverage: coverageAtEnd,
      })),
      units: `prices in ${currency}, adjusted for splits and dividends, for the last of the trading days; level and coverage are fractions, coverage as measured on the past`,
    };
  }

  summary({ symbol, days, skill }: Result): string {
    return `${symbol}, ${days} days ahead: ${skill ? 'some skill' : 'no skill'}`;
  }
}
