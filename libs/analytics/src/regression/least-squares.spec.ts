import fc from 'fast-check';
import { leastSquares } from './least-squares';
import { neweyWestErrors, neweyWestLags } from './newey-west';

// NIST StRD "Longley": a regression made to be ill-conditioned, with certified coefficients.
const employed = [
  60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551,
];
const longley = [
  employed.map(() => 1),
  [83, 88.5, 88.2, 89.5, 96.2, 98.1, 99, 100, 101.2, 104.6, 108.4, 110.8, 112.6, 114.2, 115.7, 116.9],
  [
    234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180, 442769, 444546, 482704, 502601,
    518173, 554894,
  ],
  [2356, 2325, 3682, 3351, 2099, 1932, 1870, 3578, 2904, 2822, 2936, 4681, 3813, 3931, 4806, 4007],
  [1590, 1456, 1616, 1650, 3099, 3594, 3547, 3350, 3048, 2857, 2798, 2637, 2552, 2514, 2572, 2827],
  [
    107608, 108632, 109773, 110929, 112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368,
    127852, 130081,
  ],
  employed.map((_, i) => 1947 + i),
];
const certified = [
  -3482258.63459582, 15.0618722713733, -0.03581917929259, -2.02022980381683, -1.03322686717359, -0.0511041056535807,
  1829.15146461355,
];

describe('leastSquares', () => {
  it('has the certified coefficients of an ill-conditioned problem to eight digits and more', () => {
    const { coefficients } = leastSquares(employed, longley)!;
    coefficients.forEach((each, i) => expect(Math.abs(each / certified[i]! - 1)).toBeLessThan(1e-8));
  });

  const column = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
  it('leaves residuals at right angles to every column', () =>
    fc.assert(
      fc.property(column, column, column, (y, x1, x2) => {
        const fit = leastSquares(y, [y.map(() => 1), x1, x2]);
        fc.pre(fit !== undefined);
        for (const each of [x1, x2, y.map(() => 1)])
          expect(Math.abs(each.reduce((sum, x, i) => sum + x * fit.residuals[i]!, 0))).toBeLessThan(1e-12);
      }),
    ));

  it('tells columns that depend on each other, and too few rows', () => {
    const x = [1, 2, 3, 4, 5];
    expect(leastSquares([1, 0, 1, 0, 1], [x, x.map((each) => 2 * each + 1), [1, 1, 1, 1, 1]])).toBeUndefined();
    expect(leastSquares([1, 0, 1, 0, 1], [x, x.map(() => 0)])).toBeUndefined();
    expect(
      leastSquares(
        [1, 2],
        [
          [1, 2],
          [3, 5],
        ],
      ),
    ).toBeUndefined();
  });
});

describe('Newey-West errors', () => {
  it('without lags are those of White: for a mean, sqrt(sum e^2) / n', () => {
    const y = [1, 2, 4, 8, 3];
    const fit = leastSquares(y, [y.map(() => 1)])!;
    const squares = y.reduce((sum, each) => sum + (each - 3.6) ** 2, 0);
    expect(neweyWestErrors(fit, 0)).toEqual([expect.closeTo(Math.sqrt(squares) / 5, 14)]);
  });

  it('grow where residuals follow each other, and shrink where they alternate', () => {
    const runs = Array.from({ length: 80 }, (_, i) => (i % 20 < 10 ? 1 : -1));
    const alternating = runs.map((_, i) => (i % 2 === 0 ? 1 : -1));
    const error = (y: number[], lags: number) => neweyWestErrors(leastSquares(y, [y.map(() => 1)])!, lags)[0]!;
    expect(error(runs, 4)).toBeGreaterThan(1.5 * error(runs, 0));
    expect(error(alternating, 4)).toBeLessThan(0.7 * error(alternating, 0));
  });

  it.each([
    [60, 3],
    [100, 4],
    [1000, 6],
    [2516, 8],
  ])('of %d observations look back %d lags', (observations, lags) => expect(neweyWestLags(observations)).toBe(lags));
});
