import { alignByDate, correlationMatrix, simpleReturns } from '@stocktool/analytics';
import { Problem, type ChatToolArguments, type ChatToolResult } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { pricesUpTo } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'calculate_correlation'>;

export class CalculateCorrelation extends Tool<'calculate_correlation'> {
  readonly name = 'calculate_correlation';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'calculate_correlation'>, context: ToolContext): Promise<Result> {
    const symbols = [...new Set(args.symbols)];
    if (symbols.length < 2) throw new Problem('validation-failed', 'A correlation needs two different symbols.');
    const series = await Promise.all(symbols.map((symbol) => pricesUpTo(this.market, symbol, args, context)));
    const { dates, prices } = alignByDate(series, { from: args.from, to: args.to });
    const matrix = correlationMatrix(prices.map(simpleReturns));
    const [from, to] = [dates[0]!, dates.at(-1)!];
    return {
      window: { from, to, observations: dates.length - 1 },
      pairs: symbols.flatMap((first, i) =>
        symbols.slice(i + 1).map((second, j) => ({ first, second, correlation: matrix[i]?.[i + 1 + j] ?? null })),
      ),
      sources: series.map(({ symbol, source }) => ({ symbol, source, asOf: to })),
      units: 'Pearson correlation of daily simple returns on adjusted closes, no unit',
    };
  }

  summary({ pairs, window }: Result): string {
    return `${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'}, ${window.from} to ${window.to}`;
  }
}
