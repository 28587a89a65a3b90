import fc from 'fast-check';
import { covariance } from '../../statistics/covariance';
import { lowerCovariances, lowerTriangle } from './lower-triangle';

const series = (assets: number) =>
  fc.array(fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 40, maxLength: 40 }), {
    minLength: assets,
    maxLength: assets,
  });

describe('lowerTriangle', () => {
  it('multiplied with its transpose gives the sample covariances back, also of series that repeat one another', () =>
    fc.assert(
      fc.property(series(4), fc.double({ min: 0.1, max: 3, noNaN: true }), (random, factor) => {
        const all = [...random, random[0]!.map((value) => value * factor)]; // rank 4 of 5
        const lower = lowerTriangle(lowerCovariances(all));
        const scale = Math.max(...all.map((each) => covariance(each, each)!));
        for (let i = 0; i < 5; i++)
          for (let j = 0; j <= i; j++) {
            const product = lower[j]!.reduce((sum, value, k) => sum + value * lower[i]![k]!, 0);
            expect(Math.abs(product - covariance(all[i]!, all[j]!)!)).toBeLessThanOrEqual(1e-6 * scale);
          }
      }),
    ));

  it('leaves nothing of its own to an asset that another explains', () => {
    const values = [0.01, -0.02, 0.03, 0.01, -0.01];
    const lower = lowerTriangle(lowerCovariances([values, values]));
    expect(lower[1]![1]).toBe(0);
    expect(lower[1]![0]).toBe(lower[0]![0]);
  });
});
