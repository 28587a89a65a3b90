import { barsOf, indicatorsOf } from '@stocktool/analytics';
import type { ChatToolArguments, ChatToolResult, IndicatorSeries } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { adjustedRows } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_technical_indicators'>;

/** The values of the last day: a model is never given thousands of rows. */
export class GetTechnicalIndicators extends Tool<'get_technical_indicators'> {
  readonly name = 'get_technical_indicators';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'get_technical_indicators'>, context: ToolContext): Promise<Result> {
    const history = await adjustedRows(this.market, args.symbol, args, context);
    const { date, adjClose } = history.rows.at(-1)!;
    const names = [...new Set(args.names)];
    const { series } = indicatorsOf(barsOf(history), names, { from: date });
    return {
      symbol: args.symbol,
      currency: history.currency,
      source: history.source,
      asOf: date,
      close: adjClose!,
      indicators: names.map((name) => ({ name, ...latest(series[name]!) })),
      units: `close, averages, bands, true range and MACD in ${history.currency}, adjusted for splits and dividends; RSI, stochastic and directional index from zero to a hundred; volume balance in shares`,
    };
  }

  summary({ symbol, indicators, asOf }: Result): string {
    return `${symbol}: ${indicators.map(({ name }) => name).join(', ')} on ${asOf}`;
  }
}

function latest(series: IndicatorSeries): Omit<Result['indicators'][number], 'name'> {
  if (Array.isArray(series)) return { values: [{ line: 'value', value: series.at(-1) ?? null }] };
  if ('unavailable' in series) return { values: [], unavailable: series.unavailable.reason };
  if ('crossings' in series) return { values: [], unavailable: 'Crosses have a tool of their own.' };
  const lines = Object.entries<(number | null)[]>(series);
  return { values: lines.map(([line, values]) => ({ line, value: values.at(-1) ?? null })) };
}
