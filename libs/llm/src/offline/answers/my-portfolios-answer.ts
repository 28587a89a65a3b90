import type { ChatToolResult } from '@stocktool/contracts';
import { count, listed, money, percent, percentPoints, ratio } from '../figures';

type Mine = ChatToolResult<'get_my_portfolios'>;

const rowsShown = 15;

export function myPortfoliosAnswer({ portfolios, watchlists, notes }: Mine): string {
  if (portfolios.length === 0 && watchlists.length === 0) return 'You keep no portfolio and no watchlist here yet.';
  return [
    ...portfolios.map(portfolioText),
    ...watchlists.map(watchlistText),
    ...(notes.length > 0 ? [`Left out: ${listed(notes)}.`] : []),
  ].join('\n\n');
}

function portfolioText({ name, currency, value, asOf, holdings, notes }: Mine['portfolios'][number]): string {
  const worth = value === null ? '' : `, value ${money(value, currency)}${asOf === null ? '' : ` on ${asOf}`}`;
  const rows = holdings.slice(0, rowsShown).map((row) => {
    const shares = Number.isInteger(row.quantity) ? count(row.quantity) : ratio(row.quantity);
    const priced = row.price === null || row.value === null ? '' : ` at ${money(row.price, currency)}, value ${money(row.value, currency)}`; // prettier-ignore
    return `- ${row.symbol}: ${shares} shares${priced}${row.weight === null ? '' : `, weight ${percent(row.weight)}`}`;
  });
  return [
    `**Your portfolio ${name}**${worth}${holdings.length === 0 ? ': it holds nothing.' : ':'}`,
    ...rows,
    ...(holdings.length > rowsShown ? ['- and smaller ones'] : []),
    ...notes.map((note) => `- Note: ${note}`),
  ].join('\n');
}

function watchlistText({ name, items }: Mine['watchlists'][number]): string {
  const rows = items.slice(0, rowsShown).map(({ symbol, price, currency, changePercent }) => {
    if (price === null || currency === null) return `- ${symbol}: no price`;
    const value = symbol.startsWith('^') ? money(price, '').trim() : money(price, currency);
    if (changePercent === null) return `- ${symbol} ${value}`;
    return `- ${symbol} ${value}, ${changePercent < 0 ? 'down' : 'up'} ${percentPoints(changePercent)}`;
  });
  return [`**Your watchlist ${name}**${items.length === 0 ? ' is empty.' : ':'}`, ...rows].join('\n');
}
