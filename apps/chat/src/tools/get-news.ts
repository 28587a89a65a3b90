import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { CompanyNews } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_news'>;

const stories = 8;

export class GetNews extends Tool<'get_news'> {
  readonly name = 'get_news';

  constructor(private readonly news: CompanyNews) {
    super();
  }

  async run(args: ChatToolArguments<'get_news'>, context: ToolContext): Promise<Result> {
    const { symbol, items, unavailable } = await this.news.about(args.symbol, {
      asOf: latestKnown(args, context),
      limit: stories,
    });
    return {
      symbol,
      items: items.map(({ id: _, ...item }) => item),
      unavailable,
      units: 'score from minus one, bad, to one, good; confidence as a fraction',
    };
  }

  summary({ symbol, items }: Result): string {
    return `${symbol}: ${items.length} stories`;
  }
}
