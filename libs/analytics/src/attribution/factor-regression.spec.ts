import fc from 'fast-check';
import { day, pathOf, series } from '../made-up-prices.fixture';
import { attributed } from './attribution.fixture';

const wave = (speed: number, height: number, length = 100) =>
  pathOf(Array.from({ length }, (_, i) => Math.sin(i * speed + speed) * height));
const market = series('B', wave(1.7, 0.01));
const momentum = series('MTUM', wave(0.9, 0.008));
const value = series('VLUE', wave(2.3, 0.012));
const holding = (path: number[]) => series('A0', path);
const holdings = [{ symbol: 'A0', weight: 1 }];

describe('the factor regression', () => {
  it('finds the exposures that a portfolio was made of, and no residual', () => {
    const moves = market.dates.slice(1).map((_, i) => {
      const earned = ({ adjClose }: typeof market) => adjClose[i + 1]! / adjClose[i]! - 1;
      return 0.0002 + 0.5 * earned(market) + 0.3 * earned(momentum) - 0.2 * earned(value);
    });
    const { attribution, result } = attributed({ holdings }, [holding(pathOf(moves)), market], [value, momentum]);
    expect(attribution.factors).toMatchObject({
      alpha: expect.closeTo(0.0002 * 252, 10),
      betas: { B: expect.closeTo(0.5, 10), MTUM: expect.closeTo(0.3, 10), VLUE: expect.closeTo(-0.2, 10) },
      rSquared: expect.closeTo(1, 12),
    });
    expect(attribution.explainedMove).toMatchObject({ residual: expect.closeTo(0.0002, 12) });
    expect(result.sources.map(({ symbol }) => symbol)).toEqual(['A0', 'B', 'VLUE', 'MTUM']);
  });

  it('explains the day asked for, in parts that sum to its return', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (asked) => {
        const path = wave(0.4, 0.02);
        const { attribution } = attributed(
          { holdings, attribution: { explainDate: day(asked) } },
          [holding(path), market],
          [momentum, value],
        );
        const { explainedMove } = attribution as { explainedMove: Move };
        const sum = Object.values(explainedMove.byFactor).reduce((total, each) => total + each, explainedMove.residual);
        expect(explainedMove.date).toBe(day(asked));
        expect(explainedMove.return).toBeCloseTo(path[asked]! / path[asked - 1]! - 1, 12);
        expect(sum).toBeCloseTo(explainedMove.return, 14);
        expect(explainedMove.byHolding['A0']).toBeCloseTo(explainedMove.return, 14);
      }),
    ));

  it('keeps to the dates that the factors have, and compounds over those they lack', () => {
    const kept = momentum.dates.map((_, i) => i).filter((i) => i >= 20 && i !== 50);
    const gap = series(
      'MTUM',
      kept.map((i) => momentum.adjClose[i]!),
      { dates: kept.map(day) },
    );
    const { attribution } = attributed(
      { holdings, attribution: { explainDate: day(51) } },
      [holding(wave(0.4, 0.02)), market],
      [gap],
    );
    expect(attribution.factors).toMatchObject({ window: { from: day(20), to: day(100), observations: 79 } });
    const path = wave(0.4, 0.02);
    expect(attribution.explainedMove).toMatchObject({ return: expect.closeTo(path[51]! / path[49]! - 1, 12) });
  });

  it.each([
    ['factors-missing', []],
    ['currency-mismatch', [{ ...momentum, currency: 'EUR' }]],
    ['too-few-observations', [series('MTUM', wave(0.9, 0.01, 59))]],
    ['factors-not-distinct', [momentum, { ...momentum, symbol: 'QUAL' }]],
    [
      'factors-not-distinct',
      [
        series(
          'MTUM',
          momentum.dates.map(() => 10),
        ),
      ],
    ],
  ])('says %s where there is nothing to regress on', (code, factors) => {
    const { attribution } = attributed({ holdings }, [holding(wave(0.4, 0.02)), market], factors);
    expect(attribution).toMatchObject({ factors: { unavailable: { code } }, explainedMove: { unavailable: { code } } });
  });

  it('says that there is no return on a day outside the period', () => {
    for (const explainDate of [day(0), '1999-01-04']) {
      const { attribution } = attributed(
        { holdings, attribution: { explainDate } },
        [holding(wave(0.4, 0.02)), market],
        [momentum],
      );
      expect(attribution.explainedMove).toMatchObject({ unavailable: { code: 'no-return-on-date' } });
    }
  });

  it('has no t-statistics, and says so, where nothing is left to measure errors by', () => {
    const flat = holding(market.dates.map(() => 10));
    const { attribution, result } = attributed({ holdings }, [flat, market], [momentum]);
    expect(attribution.factors).toMatchObject({ alpha: 0, tStats: { alpha: null, MTUM: null }, rSquared: null });
    const paths = result.warnings.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['attribution.factors.tStats', 'attribution.factors.rSquared']));
  });
});

interface Move {
  date: string;
  return: number;
  byFactor: Record<string, number>;
  residual: number;
  byHolding: Record<string, number>;
}
