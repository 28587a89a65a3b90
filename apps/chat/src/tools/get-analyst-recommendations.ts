import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyFacts } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_analyst_recommendations'>;

const months = 12;

export class GetAnalystRecommendations extends Tool<'get_analyst_recommendations'> {
  readonly name = 'get_analyst_recommendations';

  constructor(private readonly facts: CompanyFacts) {
    super();
  }

  async run(args: ChatToolArguments<'get_analyst_recommendations'>, context: ToolContext): Promise<Result> {
    const { symbol, source, items } = await this.facts.recommendations(args.symbol, latestKnown(args, context));
    return { symbol, source, items: items.slice(0, months), units: 'analysts' };
  }

  summary({ symbol, items }: Result): string {
    return `${symbol}: ${items.length} months of recommendations`;
  }
}
