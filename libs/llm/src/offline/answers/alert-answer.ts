import type { ChatToolResult } from '@stocktool/contracts';
import { money } from '../figures';

type Alert = ChatToolResult<'set_price_alert'>;

/** What is asked of the user stands behind every answer, and is not ours to say. */
export function alertAnswer(result: Alert, titled: (symbol: string) => string): string {
  const { status, alert, price, currency, priceAsOf, link } = result;
  if (status === 'set') return `The alert on **${titled(alert.symbol)}** is set: ${link ?? ''}`.trim();
  if (price === null || currency === null || priceAsOf === null) return `An alert on **${titled(alert.symbol)}**.`;
  const shown = alert.symbol.startsWith('^') ? money(price, '').trim() : money(price, currency);
  return `**${titled(alert.symbol)}** was at ${shown} on ${priceAsOf}.`;
}
