import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { moveUnits, movesOf } from './market-moves';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_market_summary'>;

export class GetMarketSummary extends Tool<'get_market_summary'> {
  readonly name = 'get_market_summary';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'get_market_summary'>, context: ToolContext): Promise<Result> {
    const { dataMode, session, asOf, indices, gainers, losers } = await this.market.summary({
      asOf: latestKnown(args, context),
    });
    const moves = { indices: movesOf(indices), gainers: movesOf(gainers), losers: movesOf(losers) };
    return { dataMode, session, asOf, ...moves, units: moveUnits };
  }

  summary({ session, asOf }: Result): string {
    return `the market on ${asOf.slice(0, 10)}, ${session} now`;
  }
}
