import fc from 'fast-check';
import { pathOf, series } from '../made-up-prices.fixture';
import { attributed, returns, weights } from './attribution.fixture';

const market = series('B', pathOf(Array.from({ length: 12 }, (_, i) => Math.sin(i) / 50)));
const summed = (contribution: Record<string, number | null>) =>
  Object.values(contribution).reduce<number>((sum, each) => sum + each!, 0);
const threeAssets = fc.tuple(returns, returns, returns).map((each) => each.map(pathOf));

describe('contributions by holding', () => {
  it('are those of Cariño in a case done by hand', () => {
    // Half and half; A +20 % then 0, B 0 then -10 %: the portfolio +10 % then -5 %, 4.5 % in all.
    const { attribution } = attributed(
      {
        holdings: [
          { symbol: 'A1', weight: 0.5 },
          { symbol: 'A2', weight: 0.5 },
        ],
      },
      [series('A1', [100, 120, 120]), series('A2', [100, 100, 90]), series('B', [1, 2, 3])],
    );
    const whole = Math.log(1.045) / 0.045;
    expect(attribution.contribution['A1']).toBeCloseTo(Math.log(1.1) / whole, 14);
    expect(attribution.contribution['A2']).toBeCloseTo(Math.log(0.95) / whole, 14);
  });

  it('sum to the total return, by weight', () =>
    fc.assert(
      fc.property(threeAssets, weights(3), (paths, parts) => {
        const holdings = parts.map((weight, i) => ({ symbol: `A${i}`, weight }));
        const prices = paths.map((path, i) => series(`A${i}`, path));
        const { attribution, totalReturn } = attributed({ holdings }, [...prices, market]);
        expect(Math.abs(summed(attribution.contribution) - totalReturn)).toBeLessThan(1e-9);
      }),
    ));

  it('sum to the total return, by quantity', () =>
    fc.assert(
      fc.property(threeAssets, weights(3), (paths, parts) => {
        const holdings = parts.map((quantity, i) => ({ symbol: `A${i}`, quantity }));
        const prices = paths.map((path, i) => series(`A${i}`, path));
        const { attribution, totalReturn } = attributed({ holdings }, [...prices, market]);
        expect(Math.abs(summed(attribution.contribution) - totalReturn)).toBeLessThan(1e-9);
      }),
    ));

  it('do not depend on the order of the holdings, nor do the scenarios', () =>
    fc.assert(
      fc.property(threeAssets, weights(3), (paths, parts) => {
        const holdings = parts.map((weight, i) => ({ symbol: `A${i}`, weight }));
        const prices = [...paths.map((path, i) => series(`A${i}`, path)), market];
        const [one, other] = [
          attributed({ holdings }, prices),
          attributed({ holdings: holdings.toReversed() }, prices),
        ];
        for (const { symbol } of holdings)
          expect(other.attribution.contribution[symbol]).toBeCloseTo(one.attribution.contribution[symbol]!, 12);
        const scenarios = (each: typeof one) =>
          (each.result.stress as { portfolioReturn: number | null }[]).map((row) => row.portfolioReturn);
        scenarios(other).forEach((each, i) => {
          if (each === null) expect(scenarios(one)[i]).toBeNull();
          else expect(each).toBeCloseTo(scenarios(one)[i]!, 12);
        });
      }),
    ));

  it('are null, with a warning, where everything was lost', () => {
    const prices = [series('A0', [1e15, 1e-12, 1e-12]), series('B', [1, 2, 3])];
    const { attribution, result } = attributed({ holdings: [{ symbol: 'A0', weight: 1 }] }, prices);
    expect(attribution.contribution).toEqual({ A0: null });
    expect(result.warnings).toContainEqual(
      expect.objectContaining({ code: 'undefined-figure', path: 'attribution.contribution' }),
    );
  });
});
