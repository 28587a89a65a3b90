import { Problem, type Transaction } from '@stocktool/contracts';
import type { AssetPrices } from '../series/alignment';
import { ImpossibleTransactions, inOrder, sharesAfter } from './account-days';
import { sharePrices } from './share-prices';

export interface Positions {
  /** In shares of the last day, by symbol; only what is held. */
  readonly shares: ReadonlyMap<string, number>;
  /** What is held and whose prices do not show splits: the shares are those that were traded. */
  readonly withoutSplits: readonly string[];
}

/**
 * What the transactions up to `until`, that day included, leave: purchases less sales, in the order in which they happened, times the splits
 * since. A split of the day of a transaction is before it: shares are traded as they are on that day.
 * Refuses with `inconsistent-transactions` where more is sold than held.
 */
export function positionsAfter(
  transactions: readonly Transaction[],
  series: readonly AssetPrices[],
  until = '9999-12-31',
): Positions {
  const shares = new Map<string, number>();
  const withoutSplits: string[] = [];
  const trades = Map.groupBy(inOrder(transactions).filter(isTrade), ({ symbol }) => symbol);
  for (const [symbol, own] of trades) {
    const known = own.filter(({ date }) => date <= until);
    const prices = series.find((each) => each.symbol === symbol);
    const { splits, visible } = splitsOf(prices, until);
    const held = heldAfter(symbol, known, splits);
    if (held > 0) shares.set(symbol, held);
    if (held > 0 && !visible) withoutSplits.push(symbol);
  }
  return { shares, withoutSplits };
}

type Trade = Transaction & { symbol: string; quantity: number };
const isTrade = (one: Transaction): one is Trade => one.type === 'buy' || one.type === 'sell';

interface Split {
  date: string;
  ratio: number;
}

function splitsOf(prices: AssetPrices | undefined, until: string): { splits: Split[]; visible: boolean } {
  if (!prices) return { splits: [], visible: false };
  const { byDate, adjusted } = sharePrices(prices);
  const all = [...byDate].map(([date, { split }]) => ({ date, ratio: split }));
  return { splits: all.filter(({ date, ratio }) => ratio !== 1 && date <= until), visible: !adjusted };
}

function heldAfter(symbol: string, trades: readonly Trade[], splits: readonly Split[]): number {
  let held = 0;
  let next = 0;
  const splitUntil = (date: string): void => {
    while (next < splits.length && splits[next]!.date <= date) held *= splits[next++]!.ratio;
  };
  try {
    for (const { type, quantity, date } of trades) {
      splitUntil(date);
      held = sharesAfter(held, type === 'buy' ? quantity : -quantity, symbol, date);
    }
  } catch (error) {
    throw error instanceof ImpossibleTransactions ? new Problem('inconsistent-transactions', error.message) : error;
  }
  splitUntil('9999-12-31');
  return held;
}
