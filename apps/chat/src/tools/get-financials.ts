import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyFacts } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_financials'>;

const periods = 4;

export class GetFinancials extends Tool<'get_financials'> {
  readonly name = 'get_financials';

  constructor(private readonly facts: CompanyFacts) {
    super();
  }

  async run(args: ChatToolArguments<'get_financials'>, context: ToolContext): Promise<Result> {
    const all = await this.facts.financials(args.symbol, latestKnown(args, context));
    const { symbol, currency, source, annual, quarterly } = all;
    const units = `money in ${currency ?? 'the currency of the report'}; eps for one diluted share`;
    return {
      symbol,
      currency,
      source,
      annual: annual.slice(0, periods),
      quarterly: quarterly.slice(0, periods),
      units,
    };
  }

  summary({ symbol, annual, quarterly }: Result): string {
    return `${symbol}: ${annual.length} years, ${quarterly.length} quarters`;
  }
}
