import type { Transaction } from '@stocktool/contracts';
import type { SharePrice } from './share-prices';

/** One day of an account after its transactions: its worth at the close and the money that came in and went out. */
export interface AccountDay {
  date: string;
  value: number;
  deposits: number;
  withdrawals: number;
  /** What the deposits of the day have become at its close: a purchase is rarely at the close. */
  depositsAtClose: number;
}

/** Transactions that cannot have happened in this order. */
export class ImpossibleTransactions extends Error {}

/** Within a day: money comes before it is spent. */
const order: readonly Transaction['type'][] = ['deposit', 'sell', 'dividend', 'buy', 'withdrawal'];
const dust = 1e-9;

/**
 * Replays the transactions day by day (`dates` ascending, with every date of a transaction among them).
 * With deposits or withdrawals the account has cash: they are the flows, and what a purchase lacks is a deposit of that day. Without any, purchases are
 * deposits, and proceeds and dividends are withdrawn.
 */
export function accountDays(
  transactions: readonly Transaction[],
  dates: readonly string[],
  prices: ReadonlyMap<string, ReadonlyMap<string, SharePrice>>,
): AccountDay[] {
  const account = new Account(
    prices,
    transactions.some(({ type }) => type === 'deposit' || type === 'withdrawal'),
  );
  const sorted = inOrder(transactions);
  let next = 0;
  return dates.map((date) => {
    account.begin(date);
    while (sorted[next]?.date === date) account.apply(sorted[next++]!);
    return { date, ...account.flows, value: account.value() };
  });
}

/** As they happened: by date, and within a day money before what it is spent on. */
export const inOrder = (transactions: readonly Transaction[]): Transaction[] =>
  [...transactions].sort((a, b) => a.date.localeCompare(b.date) || order.indexOf(a.type) - order.indexOf(b.type));

/** The shares after so many were bought or, negative, sold. Throws ImpossibleTransactions where more are sold than held. */
export function sharesAfter(held: number, change: number, symbol: string, date: string): number {
  const after = held + change;
  if (after < -dust * Math.max(held, 1))
    throw new ImpossibleTransactions(`${date}: ${-change} ${symbol} sold, ${held} held`);
  // What rounding leaves of a position that was closed is no position.
  return after <= dust * held ? 0 : after;
}

class Account {
  flows = { deposits: 0, withdrawals: 0, depositsAtClose: 0 };
  private cash = 0;
  private readonly shares = new Map<string, number>();
  private readonly lastPrice = new Map<string, number>();

  constructor(
    private readonly prices: ReadonlyMap<string, ReadonlyMap<string, SharePrice>>,
    private readonly hasCash: boolean,
  ) {}

  begin(date: string): void {
    this.flows = { deposits: 0, withdrawals: 0, depositsAtClose: 0 };
    for (const [symbol, byDate] of this.prices) {
      const today = byDate.get(date);
      if (!today) continue;
      this.lastPrice.set(symbol, today.price);
      const held = this.shares.get(symbol);
      if (held !== undefined && today.split !== 1) this.shares.set(symbol, held * today.split);
    }
  }

  apply({ type, symbol = '', quantity = 0, price, amount, date }: Transaction): void {
    const traded = amount ?? quantity * (price ?? this.lastPrice.get(symbol) ?? Number.NaN);
    if (!(traded > 0)) throw new ImpossibleTransactions(`no price of ${symbol} on or before ${date}`);
    if (type === 'buy') {
      this.hold(symbol, quantity, date);
      if (!this.lastPrice.has(symbol)) this.lastPrice.set(symbol, traded / quantity);
      this.spend(traded, (quantity * this.lastPrice.get(symbol)!) / traded);
    } else if (type === 'sell') {
      this.hold(symbol, -quantity, date);
      this.receive(traded);
    } else if (type === 'dividend') this.receive(traded);
    else if (type === 'deposit') {
      this.flows.deposits += traded;
      this.flows.depositsAtClose += traded;
      this.cash += traded;
    } else this.withdraw(traded, date);
  }

  value(): number {
    let worth = this.cash;
    for (const [symbol, held] of this.shares) worth += held * this.lastPrice.get(symbol)!;
    return worth;
  }

  private hold(symbol: string, change: number, date: string): void {
    this.shares.set(symbol, sharesAfter(this.shares.get(symbol) ?? 0, change, symbol, date));
  }

  private spend(amount: number, growthToClose: number): void {
    const missing = Math.max(amount - this.cash, 0);
    this.flows.deposits += missing;
    this.flows.depositsAtClose += missing * growthToClose;
    this.cash += missing - amount;
  }

  private receive(amount: number): void {
    if (this.hasCash) this.cash += amount;
    else this.flows.withdrawals += amount;
  }

  private withdraw(amount: number, date: string): void {
    if (amount > this.cash * (1 + dust) + dust)
      throw new ImpossibleTransactions(`${date}: ${amount} withdrawn, ${this.cash} there`);
    this.flows.withdrawals += amount;
    this.cash = Math.max(this.cash - amount, 0);
  }
}
