import fc from 'fast-check';
import type { Moments } from '../statistics/moments';
import { cornishFisherWarnings, keepsOrder } from './cornish-fisher-domain';

/** Of variance 1, so that skewness and kurtosis are the third and the fourth. */
const momentsWith = (S: number, K: number): Moments => ({ count: 1000, mean: 0, second: 1, third: S, fourth: K + 3 });
const corrected = (z: number, S: number, K: number) =>
  z + ((z ** 2 - 1) * S) / 6 + ((z ** 3 - 3 * z) * K) / 24 - ((2 * z ** 3 - 5 * z) * S ** 2) / 36;
const quantiles = Array.from({ length: 2401 }, (_, i) => (i - 1200) / 300);

describe('the domain of the Cornish-Fisher correction', () => {
  it('is where the corrected quantiles ascend', () =>
    fc.assert(
      fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: -1, max: 12, noNaN: true }), (S, K) => {
        const values = quantiles.map((z) => corrected(z, S, K));
        const least = Math.min(...values.slice(1).map((value, i) => (value - values[i]!) * 300));
        fc.pre(Math.abs(least) > 2e-2);
        expect(keepsOrder(momentsWith(S, K))).toBe(least > 0);
      }),
    ));

  it('has the normal distribution inside, and the tails of a crash outside', () => {
    expect(cornishFisherWarnings(momentsWith(0, 0), [momentsWith(0.2, 1)])).toEqual([]);
    const [both] = cornishFisherWarnings(momentsWith(-0.5, 16), [momentsWith(0, 1), momentsWith(0, 9)]);
    expect(both).toMatchObject({ path: 'portfolio.risk.var.cornishFisher' });
    expect(both!.message).toContain('of the portfolio and of 1 of 2 holdings are beyond');
    expect(cornishFisherWarnings(momentsWith(0, 1), [momentsWith(0, 9)])).toMatchObject([{ path: 'assets' }]);
  });
});
