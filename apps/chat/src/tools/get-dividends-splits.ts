import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyFacts } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_dividends_splits'>;

const listed = 12;

export class GetDividendsSplits extends Tool<'get_dividends_splits'> {
  readonly name = 'get_dividends_splits';

  constructor(private readonly facts: CompanyFacts) {
    super();
  }

  async run(args: ChatToolArguments<'get_dividends_splits'>, context: ToolContext): Promise<Result> {
    const all = await this.facts.dividends(args.symbol, latestKnown(args, context));
    const { symbol, currency, source, dividends, splits } = all;
    return {
      symbol,
      currency,
      source,
      total: dividends.length,
      dividends: dividends.slice(-listed).reverse(),
      splits: splits.slice(-listed).reverse(),
      units: `amounts for one share in ${currency ?? 'its currency'}, as paid at the time`,
    };
  }

  summary({ symbol, total, splits }: Result): string {
    return `${symbol}: ${total} dividends, ${splits.length} splits`;
  }
}
