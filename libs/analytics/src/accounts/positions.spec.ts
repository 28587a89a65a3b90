import { Transaction } from '@stocktool/contracts';
import type { AssetPrices } from '../series/alignment';
import { positionsAfter } from './positions';

const day = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
const prices = (close: (number | null)[], adjClose: number[], symbol = 'A'): AssetPrices => ({
  symbol,
  currency: 'USD',
  source: 'test',
  dates: adjClose.map((_, i) => day(i)),
  close,
  adjClose,
});
const trade = (type: 'buy' | 'sell', at: number, quantity: number, symbol = 'A') =>
  Transaction.parse({ date: day(at), type, symbol, quantity, price: 1 });

/** Four for one between the second and the third day. */
const split = prices([100, 102, 25.5, 26], [25, 25.5, 25.5, 26]);

describe('positions after transactions', () => {
  it('are purchases less sales, split as the shares were since', () => {
    const { shares, withoutSplits } = positionsAfter([trade('buy', 0, 10), trade('sell', 1, 4)], [split]);
    expect(Object.fromEntries(shares)).toEqual({ A: 24 });
    expect(withoutSplits).toEqual([]);
  });

  it('count a trade of the day of the split, and one after it, in new shares', () => {
    const { shares } = positionsAfter([trade('buy', 0, 10), trade('sell', 2, 30), trade('buy', 3, 1)], [split]);
    expect(shares.get('A')).toBe(11);
  });

  it('know nothing of what comes after the day that is asked for: neither trade nor split', () => {
    const all = [trade('buy', 0, 10), trade('sell', 3, 40)];
    expect(positionsAfter(all, [split], day(1)).shares.get('A')).toBe(10);
    expect(positionsAfter(all, [split], day(2)).shares.get('A')).toBe(40);
    expect(positionsAfter(all, [split]).shares.size).toBe(0);
  });

  it('say whose splits cannot be seen: no prices, or adjusted ones only', () => {
    const adjustedOnly = prices([null, null, null, null], [25, 25.5, 25.5, 26]);
    const { shares, withoutSplits } = positionsAfter([trade('buy', 0, 10), trade('buy', 0, 2, 'B')], [adjustedOnly]);
    expect(Object.fromEntries(shares)).toEqual({ A: 10, B: 2 });
    expect(withoutSplits).toEqual(['A', 'B']);
  });

  it('are refused where more is sold than held', () => {
    expect(() => positionsAfter([trade('buy', 0, 1), trade('sell', 1, 2)], [split])).toThrow(
      expect.objectContaining({ code: 'inconsistent-transactions' }),
    );
  });

  it('of cash and dividends there are none', () => {
    const dividend = Transaction.parse({ date: day(0), type: 'dividend', symbol: 'A', amount: 3 });
    expect(positionsAfter([dividend], [split]).shares.size).toBe(0);
  });
});
