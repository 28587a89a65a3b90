import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyFacts } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_institutional_holders'>;

const shown = 10;

export class GetInstitutionalHolders extends Tool<'get_institutional_holders'> {
  readonly name = 'get_institutional_holders';

  constructor(private readonly facts: CompanyFacts) {
    super();
  }

  async run(args: ChatToolArguments<'get_institutional_holders'>, context: ToolContext): Promise<Result> {
    const { symbol, source, items } = await this.facts.holders(args.symbol, latestKnown(args, context));
    return {
      symbol,
      source,
      items: items.slice(0, shown),
      units: 'shares; value in the currency of the price; fraction of the shares outstanding',
    };
  }

  summary({ symbol, items }: Result): string {
    return `${symbol}: ${items.length} institutions`;
  }
}
