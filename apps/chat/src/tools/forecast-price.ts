import type { OnApplicationShutdown } from '@nestjs/common';
import { describeForecast, forecastablePrices, type PriceForecast } from '@stocktool/analytics';
import { startThread, ThreadLine } from '@stocktool/bootstrap';
import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { adjustedRows } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'forecast_price'>;

export interface ForecastJob {
  readonly prices: Float64Array;
  readonly days: number;
}

const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 96 };

/** Half a second of computing: done in a thread, so that other replies go on. */
export class ForecastPrice extends Tool<'forecast_price'> implements OnApplicationShutdown {
  readonly name = 'forecast_price';
  private readonly line = new ThreadLine<ForecastJob, PriceForecast>({
    what: 'a forecast',
    mostWaiting: 16,
    mostOfOneUser: 4,
    timeoutMs: 20_000,
    idleMs: 30_000,
    start: () => startThread('forecast', import.meta.url, resourceLimits),
  });

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'forecast_price'>, context: ToolContext): Promise<Result> {
    const { symbol, days } = args;
    const history = await adjustedRows(this.market, symbol, args, context);
    const prices = forecastablePrices(history, days);
    context.signal.throwIfAborted();
    const found = await this.line.run(context.userId, () => Promise.resolve({ prices, days }));
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

  onApplicationShutdown(): Promise<void> {
    return this.line.close();
  }
}
