import type { ChatToolResult } from '@stocktool/contracts';
import { money, percentPoints } from '../figures';

export function quoteAnswer(quote: ChatToolResult<'get_stock_quote'>, titled: (symbol: string) => string): string {
  const { symbol, price, currency, change, changePercent, previousClose, asOf } = quote;
  const index = symbol.startsWith('^');
  const value = index ? money(price, '').trim() : money(price, currency);
  const day = asOf.slice(0, 10);
  if (change === null || previousClose === null) return `**${titled(symbol)}** was at ${value} on ${day}.`;
  const direction = change > 0 ? 'up' : change < 0 ? 'down' : 'unchanged';
  const before = index ? money(previousClose, '').trim() : money(previousClose, currency);
  const moved = change === 0 ? direction : `${direction} ${percentPoints(changePercent)}`;
  return `**${titled(symbol)}** was at ${value} on ${day}, ${moved} from the previous close of ${before}.`;
}
