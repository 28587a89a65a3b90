import fc from 'fast-check';
import { wholeShares } from './whole-shares';

/** What is missed plus what is left over. */
function distance(weights: number[], prices: number[], cash: number, quantities: number[]): number {
  const spent = quantities.reduce((sum, each, i) => sum + each * prices[i]!, 0);
  const missed = weights.reduce((sum, each, i) => sum + Math.abs(each * cash - quantities[i]! * prices[i]!), 0);
  return missed + cash - spent;
}

const holdings = fc
  .array(fc.record({ part: fc.integer({ min: 1, max: 9 }), cents: fc.integer({ min: 500, max: 40_000 }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((rows) => {
    const total = rows.reduce((sum, { part }) => sum + part, 0);
    return { weights: rows.map(({ part }) => part / total), prices: rows.map(({ cents }) => cents / 100) };
  });

describe('whole shares', () => {
  it('spend no more than there is, and nothing is lost', () => {
    fc.assert(
      fc.property(holdings, fc.integer({ min: 100, max: 5000 }), ({ weights, prices }, cash) => {
        const { quantities, leftover } = wholeShares(weights, prices, cash);
        const spent = quantities.reduce((sum, each, i) => sum + each * prices[i]!, 0);
        expect(quantities.every((each) => Number.isInteger(each) && each >= 0)).toBe(true);
        expect(leftover).toBeGreaterThanOrEqual(0);
        expect(spent + leftover).toBeCloseTo(cash, 6);
      }),
    );
  });

  it('are as near as any that differ by one share of one position or of two', () => {
    fc.assert(
      fc.property(holdings, fc.integer({ min: 100, max: 5000 }), ({ weights, prices }, cash) => {
        const { quantities } = wholeShares(weights, prices, cash);
        const own = distance(weights, prices, cash, quantities);
        for (let i = 0; i < weights.length; i++)
          for (const by of [-1, 1])
            for (let j = 0; j < weights.length; j++)
              for (const other of j === i ? [0] : [-1, 0, 1]) {
                const moved = quantities.map((each, k) => each + (k === i ? by : k === j ? other : 0));
                const spent = moved.reduce((sum, each, k) => sum + each * prices[k]!, 0);
                if (spent <= cash && moved.every((each) => each >= 0))
                  expect(distance(weights, prices, cash, moved)).toBeGreaterThan(own - 1e-6);
              }
      }),
    );
  });

  it('sell none short of what is to be held, also where that would come nearer', () => {
    expect(wholeShares([0.2, 0.8], [20.01, 100.01], 100)).toEqual({ quantities: [1, 0], leftover: 79.99 });
  });

  it('sell negative weights short and spend what that brings in', () => {
    expect(wholeShares([1.5, -0.5], [10, 7], 1000)).toEqual({ quantities: [150, -72], leftover: 4 });
  });
});
