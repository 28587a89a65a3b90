import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { latestKnown, Tool, type ToolContext } from './tool';

export class GetStockQuote extends Tool<'get_stock_quote'> {
  readonly name = 'get_stock_quote';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(
    args: ChatToolArguments<'get_stock_quote'>,
    context: ToolContext,
  ): Promise<ChatToolResult<'get_stock_quote'>> {
    const quote = await this.market.quote(args.symbol, { userId: context.userId, asOf: latestKnown(args, context) });
    const { symbol, price, currency, change, changePercent, previousClose, asOf, source, stale } = quote;
    const units = `price, change and previousClose in ${currency}; changePercent in percent points`;
    return { symbol, price, currency, change, changePercent, previousClose, asOf, source, stale, units };
  }

  summary({ symbol, price, currency, asOf }: ChatToolResult<'get_stock_quote'>): string {
    return `${symbol} ${price.toFixed(2)} ${currency} on ${asOf.slice(0, 10)}`;
  }
}
