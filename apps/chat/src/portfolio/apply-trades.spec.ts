import fc from 'fast-check';
import { applyTrades } from './apply-trades';

const prices = new Map([['AAPL', 130], ['KO', 60], ['MSFT', 240]]); // prettier-ignore
const shares = [{ symbol: 'AAPL', quantity: 100 }, { symbol: 'KO', quantity: 50 }]; // prettier-ignore
const weights = [{ symbol: 'AAPL', weight: 0.6 }, { symbol: 'KO', weight: 0.4 }]; // prettier-ignore
const problem = (code: string) => expect.objectContaining({ code });
const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('trades of shares', () => {
  it('are by number, money, part of the portfolio or part of what is held, one after the other', () => {
    const { holdings, trades, paidIn } = applyTrades(
      shares,
      [
        { action: 'sell', symbol: 'AAPL', fraction: 0.5 },
        { action: 'sell', symbol: 'AAPL', quantity: 10 },
        { action: 'buy', symbol: 'MSFT', amount: 2400 },
        { action: 'buy', symbol: 'KO', weight: 0.25 },
      ],
      prices,
    );
    // worth 16 000 before; a quarter of it buys 66 2/3 shares of KO
    expect(holdings).toEqual([{ symbol: 'AAPL', quantity: 40 }, { symbol: 'KO', quantity: 50 + 4000 / 60 }, { symbol: 'MSFT', quantity: 10 }]); // prettier-ignore
    expect(trades[0]).toEqual({ action: 'sell', symbol: 'AAPL', quantity: 50, amount: 6500, weight: 6500 / 16_000 });
    expect(paidIn).toBeCloseTo(-6500 - 1300 + 2400 + 4000, 9);
  });

  it('leave no position behind that was sold whole', () => {
    const { holdings } = applyTrades(shares, [{ action: 'sell', symbol: 'KO', fraction: 1 }], prices);
    expect(holdings).toEqual([{ symbol: 'AAPL', quantity: 100 }]);
  });

  it('never make more or less than was traded', () => {
    const size = fc.double({ min: 0.01, max: 50, noNaN: true });
    fc.assert(
      fc.property(size, size, (sold, bought) => {
        const trades = [{ action: 'sell', symbol: 'AAPL', quantity: sold }, { action: 'buy', symbol: 'AAPL', quantity: bought }] as const; // prettier-ignore
        const { holdings, paidIn } = applyTrades(shares, trades, prices);
        expect(holdings[0]!.quantity).toBeCloseTo(100 - sold + bought, 9);
        expect(paidIn).toBeCloseTo((bought - sold) * 130, 6);
      }),
    );
  });
});

describe('trades of weights', () => {
  it('leave weights of what is held then', () => {
    const { holdings, paidIn } = applyTrades(weights, [{ action: 'sell', symbol: 'AAPL', weight: 0.2 }], prices);
    expect(holdings).toEqual([{ symbol: 'AAPL', weight: 0.5 }, { symbol: 'KO', weight: 0.5 }].map(({ symbol, weight }) => ({ symbol, weight: expect.closeTo(weight, 12) }))); // prettier-ignore
    expect(paidIn).toBeNull();
  });

  it('say nothing of shares or money', () => {
    const trade = { action: 'sell', symbol: 'AAPL', quantity: 1 } as const;
    expect(thrownBy(() => applyTrades(weights, [trade], prices))).toEqual(problem('validation-failed'));
  });
});

describe('trades that cannot be', () => {
  it.each([
    ['more than is held', shares, { action: 'sell', symbol: 'AAPL', quantity: 100.01 }, 'insufficient-holdings'],
    ['what is not held', shares, { action: 'sell', symbol: 'MSFT', amount: 1 }, 'insufficient-holdings'],
    ['a part of what is not held', shares, { action: 'sell', symbol: 'MSFT', fraction: 0.5 }, 'insufficient-holdings'],
    ['more than its weight', weights, { action: 'sell', symbol: 'KO', weight: 0.41 }, 'insufficient-holdings'],
    ['all there is', [shares[0]!], { action: 'sell', symbol: 'AAPL', fraction: 1 }, 'portfolio-empty'],
  ] as const)('are refused: %s', (_, holdings, trade, code) => {
    expect(thrownBy(() => applyTrades(holdings, [trade], prices))).toEqual(problem(code));
  });
});
