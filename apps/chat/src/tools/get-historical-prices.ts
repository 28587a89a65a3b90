import { performanceOf, periodsPerYear, sampleOf, simpleReturns } from '@stocktool/analytics';
import { Problem, type ChatToolArguments, type ChatToolResult } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { pricesUpTo, spansYear } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_historical_prices'>;
const closesShown = 13;

/** A period in a few figures: a model is never given thousands of rows. */
export class GetHistoricalPrices extends Tool<'get_historical_prices'> {
  readonly name = 'get_historical_prices';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'get_historical_prices'>, context: ToolContext): Promise<Result> {
    const series = await pricesUpTo(this.market, args.symbol, args, context);
    const start = args.from === undefined ? 0 : series.dates.findIndex((date) => date >= args.from!);
    const dates = start < 0 ? [] : series.dates.slice(start);
    const [from, to] = [dates[0], dates.at(-1)];
    if (from === undefined || to === undefined || dates.length < 2) {
      const known = `${series.dates[0]} to ${series.dates.at(-1)}`;
      throw new Problem('no-date-overlap', `Too few prices of ${args.symbol} in that period: known are ${known}.`);
    }
    const closes = series.adjClose.subarray(start);
    const timeline = { dates, periodsPerYear: periodsPerYear(dates), riskFreeRate: 0 };
    const performance = performanceOf(sampleOf(simpleReturns(closes)), timeline);
    const at = (row: number) => ({ date: dates[row]!, value: closes[row]! });
    const { bestDay, worstDay } = performance;
    return {
      symbol: args.symbol,
      currency: series.currency,
      source: series.source,
      window: { from, to, observations: dates.length - 1 },
      firstClose: closes[0]!,
      lastClose: closes[dates.length - 1]!,
      highestClose: at(extreme(closes, (a, b) => a > b)),
      lowestClose: at(extreme(closes, (a, b) => a < b)),
      totalReturn: performance.totalReturn,
      annualReturn: spansYear({ from, to }) ? performance.cagr : null,
      annualVolatility: performance.annualVolatility,
      maxDrawdown: performance.maxDrawdown,
      bestDay: { date: bestDay.date, value: bestDay.return },
      worstDay: { date: worstDay.date, value: worstDay.return },
      calendarYears: calendarYears(series.dates, series.adjClose, from),
      closes: evenly(dates.length).map(at),
      units: `closes adjusted for splits and dividends, in ${series.currency}; returns, volatility and drawdown are fractions`,
    };
  }

  summary({ symbol, window }: Result): string {
    return `${symbol}: ${window.observations} daily returns, ${window.from} to ${window.to}`;
  }
}

function extreme(values: Float64Array, better: (a: number, b: number) => boolean): number {
  return values.reduce((best, value, row) => (better(value, values[best]!) ? row : best), 0);
}

/** Evenly spaced rows, first and last among them. */
function evenly(rows: number): number[] {
  const count = Math.min(rows, closesShown);
  return Array.from({ length: count }, (_, i) => Math.round((i * (rows - 1)) / Math.max(count - 1, 1)));
}

/**
 * Each year from its predecessor's last close, also where that lies before the period. A year counts as complete when both
 * its neighbours' ends are there: the close before it, and its own last days.
 */
function calendarYears(dates: readonly string[], closes: Float64Array, from: string): Result['calendarYears'] {
  const lastRows = new Map<number, number>();
  dates.forEach((date, row) => lastRows.set(Number(date.slice(0, 4)), row));
  return [...lastRows].flatMap(([year, last]) => {
    const before = lastRows.get(year - 1);
    if (dates[last]! < from || before === undefined) return [];
    const ended = lastRows.has(year + 1) || dates[last]! >= `${year}-12-29`;
    const whole = `${year}-01-05` >= from; // the period asked for begins no later than the year does
    return [{ year, return: closes[last]! / closes[before]! - 1, complete: ended && whole }];
  });
}
