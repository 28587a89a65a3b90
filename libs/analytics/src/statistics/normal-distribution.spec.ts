import fc from 'fast-check';
import { normalCumulative, normalQuantile } from './normal-distribution';

describe('normal distribution', () => {
  // scipy.stats.norm.cdf and .ppf
  it.each([
    [-10, 7.619853024160495e-24],
    [-5, 2.866515718791933e-7],
    [-3, 0.0013498980316300933],
    [-2.9999, 0.001350341282954925],
    [-1, 0.15865525393145705],
    [0, 0.5],
    [1.959963984540054, 0.975],
    [3.2, 0.9993128620620841],
  ])('cumulative of %d', (x, expected) => expect(Math.abs(normalCumulative(x) / expected - 1)).toBeLessThan(1e-13));

  it.each([
    [0.05, -1.6448536269514729],
    [0.01, -2.3263478740408408],
    [0.5, 0],
    [0.975, 1.959963984540054],
    [1e-12, -7.034483825301131],
  ])('quantile of %d', (probability, expected) => expect(normalQuantile(probability)).toBeCloseTo(expected, 12));

  it('quantile and cumulative undo each other', () =>
    fc.assert(
      fc.property(fc.double({ min: 1e-10, max: 0.9999, noNaN: true }), (probability) => {
        expect(Math.abs(normalCumulative(normalQuantile(probability)) / probability - 1)).toBeLessThan(1e-12);
      }),
    ));

  it.each([0, 1, -1, Number.NaN])('has no quantile of %d', (probability) =>
    expect(() => normalQuantile(probability)).toThrow(RangeError),
  );
});
