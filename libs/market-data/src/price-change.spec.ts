import fc from 'fast-check';
import { priceChange } from './price-change';

describe('a change of price', () => {
  it.each<[number, number, number]>([
    [125.674, 129.652, -3.978],
    [0.3, 0.1, 0.2],
    [6, 5, 1],
    [101.5, 100, 1.5],
    [1e-7, 3e-7, -2e-7],
  ])('from %d after %d is %d', (price, previousClose, change) => {
    expect(priceChange(price, previousClose).change).toBeCloseTo(change, 20);
  });

  it('is what integers of the smallest unit say, and its sign that of the percentage', () => {
    const cents = fc.integer({ min: 1, max: 100_000_000 });
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 0, max: 6 }), (now, before, decimals) => {
        const unit = 10 ** decimals;
        const { change, changePercent } = priceChange(now / unit, before / unit);
        expect(change).toBe((now - before) / unit);
        expect(Math.sign(changePercent!)).toBe(Math.sign(change!));
      }),
    );
  });

  it('is unknown without a close before', () => {
    expect(priceChange(5, null)).toEqual({ change: null, changePercent: null });
  });
});
