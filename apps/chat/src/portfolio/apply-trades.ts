import { Problem, type ChatToolArguments, type ChatToolResult, type Holding } from '@stocktool/contracts';

type Trade = ChatToolArguments<'what_if'>['trades'][number];
type Traded = ChatToolResult<'what_if'>['trades'][number];

export interface AfterTrades {
  readonly holdings: readonly Holding[];
  readonly trades: readonly Traded[];
  /** Money for purchases less money from sales; null where weights say nothing of money. */
  readonly paidIn: number | null;
}

/** What rounding leaves of a position that was sold whole. */
const dust = 1e-9;

/**
 * Holdings after trades, one after the other, at the last prices. Purchases are paid with money from outside, and money from sales leaves
 * the portfolio: weights afterwards are of what is held then. Problem `insufficient-holdings` when more is sold than held.
 */
export function applyTrades(
  holdings: readonly Holding[],
  trades: readonly Trade[],
  prices: ReadonlyMap<string, number>,
): AfterTrades {
  return holdings.some(({ quantity }) => quantity !== undefined)
    ? byQuantity(holdings, trades, prices)
    : byWeight(holdings, trades);
}

function byQuantity(
  holdings: readonly Holding[],
  trades: readonly Trade[],
  prices: ReadonlyMap<string, number>,
): AfterTrades {
  const held = new Map(holdings.map(({ symbol, quantity = 0 }) => [symbol, quantity]));
  const priceOf = (symbol: string) => prices.get(symbol) ?? Number.NaN;
  const total = [...held].reduce((sum, [symbol, quantity]) => sum + quantity * priceOf(symbol), 0);
  let paidIn = 0;
  const traded = trades.map(({ action, symbol, quantity, amount, weight, fraction }): Traded => {
    const before = held.get(symbol) ?? 0;
    const price = priceOf(symbol);
    const shares = quantity ?? (fraction === undefined ? (amount ?? (weight ?? 0) * total) / price : fraction * before);
    const after = moved(before, shares, action, symbol, 'shares');
    if (after === 0) held.delete(symbol);
    else held.set(symbol, after);
    paidIn += (after - before) * price;
    return { action, symbol, quantity: shares, amount: shares * price, weight: (shares * price) / total };
  });
  refuseNothing(held);
  return { holdings: [...held].map(([symbol, quantity]) => ({ symbol, quantity })), trades: traded, paidIn };
}

function byWeight(holdings: readonly Holding[], trades: readonly Trade[]): AfterTrades {
  const held = new Map(holdings.map(({ symbol, weight = 0 }) => [symbol, weight]));
  const traded = trades.map(({ action, symbol, weight, fraction }, i): Traded => {
    const before = held.get(symbol) ?? 0;
    const share = fraction === undefined ? weight : fraction * before;
    if (share === undefined) throw valueUnknown(i);
    const after = moved(before, share, action, symbol, 'of the portfolio');
    if (after === 0) held.delete(symbol);
    else held.set(symbol, after);
    return { action, symbol, quantity: null, amount: null, weight: share };
  });
  refuseNothing(held);
  const total = [...held.values()].reduce((sum, weight) => sum + weight, 0);
  const after = [...held].map(([symbol, weight]) => ({ symbol, weight: weight / total }));
  return { holdings: after, trades: traded, paidIn: null };
}

function moved(before: number, size: number, action: Trade['action'], symbol: string, of: string): number {
  if (action === 'buy') return before + size;
  if (before === 0) throw soldTooMuch(before, size, symbol, of);
  const left = before - size;
  if (left < -dust * before) throw soldTooMuch(before, size, symbol, of);
  return left <= dust * before ? 0 : left;
}

function soldTooMuch(before: number, size: number, symbol: string, of: string): Problem {
  const shown = (value: number) => Number(value.toPrecision(9));
  const held = before === 0 ? `no ${symbol} is held` : `${shown(before)} ${of} of ${symbol} are held`;
  const sold = before === 0 && size === 0 ? 'A part' : String(shown(size));
  return new Problem('insufficient-holdings', `${sold} is to be sold, and ${held}.`);
}

function refuseNothing(held: ReadonlyMap<string, number>): void {
  if (held.size === 0) throw new Problem('portfolio-empty', 'Nothing would be left, and nothing has no risk figures.');
}

function valueUnknown(trade: number): Problem {
  const message = 'holdings by weight have no known value: give the trade as a weight, or the holdings by quantity';
  return new Problem('validation-failed', message, { errors: [{ path: `trades.${trade}`, message }] });
}
