import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyFacts } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_earnings'>;

const announcements = 12;

export class GetEarnings extends Tool<'get_earnings'> {
  readonly name = 'get_earnings';

  constructor(private readonly facts: CompanyFacts) {
    super();
  }

  async run(args: ChatToolArguments<'get_earnings'>, context: ToolContext): Promise<Result> {
    const { symbol, source, items } = await this.facts.earnings(args.symbol, latestKnown(args, context));
    return {
      symbol,
      source,
      items: items.slice(0, announcements),
      units: 'earnings for one share in the currency of the report; surprise in percent points',
    };
  }

  summary({ symbol, items }: Result): string {
    return `${symbol}: ${items.length} announcements of earnings`;
  }
}
