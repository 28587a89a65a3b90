import { barsOf, indicatorsOf } from '@stocktool/analytics';
import { Problem, type ChatToolArguments, type ChatToolResult, type Indicators } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { adjustedRows } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'check_golden_cross'>;
const [fastDays, slowDays] = [50, 200];
const crossingsShown = 10;

export class CheckGoldenCross extends Tool<'check_golden_cross'> {
  readonly name = 'check_golden_cross';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'check_golden_cross'>, context: ToolContext): Promise<Result> {
    const { symbol, from } = args;
    const history = await adjustedRows(this.market, symbol, args, context);
    const names = { cross: `cross:${fastDays}:${slowDays}`, fast: `sma:${fastDays}`, slow: `sma:${slowDays}` };
    const { dates, series } = indicatorsOf(barsOf(history), Object.values(names), { from });
    const cross = series[names.cross]!;
    if ('unavailable' in cross) throw new Problem('too-few-prices', cross.unavailable.reason);
    if (dates.length === 0 || !('crossings' in cross))
      throw new Problem('no-date-overlap', `There are no prices of ${symbol} in that period.`);
    return {
      symbol,
      currency: history.currency,
      source: history.source,
      window: { from: dates[0]!, to: dates.at(-1)!, observations: dates.length },
      fastDays,
      slowDays,
      fastAverage: lastOf(series[names.fast]),
      slowAverage: lastOf(series[names.slow]),
      state: cross.state,
      total: cross.crossings.length,
      latest: cross.crossings.slice(-crossingsShown).reverse(),
      units: `closes and averages in ${history.currency}, adjusted for splits and dividends`,
    };
  }

  summary({ symbol, total, window }: Result): string {
    return `${symbol}: ${total} crossings, ${window.from} to ${window.to}`;
  }
}

const lastOf = (series: Indicators['series'][string] | undefined): number | null =>
  Array.isArray(series) ? (series.at(-1) ?? null) : null;
