import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { moveUnits, movesOf } from './market-moves';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_market_indices'>;

export class GetMarketIndices extends Tool<'get_market_indices'> {
  readonly name = 'get_market_indices';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'get_market_indices'>, context: ToolContext): Promise<Result> {
    const { dataMode, asOf, indices } = await this.market.summary({ asOf: latestKnown(args, context) });
    return { dataMode, asOf, indices: movesOf(indices), units: moveUnits };
  }

  summary({ indices, asOf }: Result): string {
    return `${indices.length} indices on ${asOf.slice(0, 10)}`;
  }
}
