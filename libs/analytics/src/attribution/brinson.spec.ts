import { isAvailable } from '@stocktool/contracts';
import fc from 'fast-check';
import { day, pathOf, series } from '../made-up-prices.fixture';
import { attributed, returns, weights } from './attribution.fixture';

const market = series('B', pathOf(Array.from({ length: 12 }, (_, i) => Math.sin(i) / 50)));
const asked = (holdings: object[], compared: [string, number][], sectors: Record<string, string>) => ({
  holdings,
  attribution: { sectors, benchmarkHoldings: compared.map(([symbol, weight]) => ({ symbol, weight })) },
});
const brinsonOf = (...input: Parameters<typeof attributed>) => {
  const { brinson } = attributed(...input).attribution;
  if (!isAvailable(brinson)) throw new Error('no attribution by sector');
  return brinson;
};

describe('Brinson-Fachler', () => {
  it('takes one period apart as a textbook does', () => {
    // Portfolio 0.7 equity at 8 %, 0.3 bonds at 2 %; benchmark 0.6 at 5 %, 0.4 at 3 %, so 4.2 % in all.
    const { sectors, activeReturn } = brinsonOf(
      asked(
        [
          { symbol: 'A0', weight: 0.7 },
          { symbol: 'A1', weight: 0.3 },
        ],
        [
          ['A2', 0.6],
          ['A3', 0.4],
        ],
        { A0: 'equity', A2: 'equity', A1: 'bonds', A3: 'bonds' },
      ),
      [series('A0', [100, 108]), series('A1', [100, 102]), series('A2', [100, 105]), series('A3', [100, 103]), market],
    );
    expect(sectors).toEqual([
      {
        sector: 'bonds',
        allocation: expect.closeTo(-0.1 * (0.03 - 0.042), 14),
        selection: expect.closeTo(0.4 * -0.01, 14),
        interaction: expect.closeTo(-0.1 * -0.01, 14),
      },
      {
        sector: 'equity',
        allocation: expect.closeTo(0.1 * (0.05 - 0.042), 14),
        selection: expect.closeTo(0.6 * 0.03, 14),
        interaction: expect.closeTo(0.1 * 0.03, 14),
      },
    ]);
    expect(activeReturn).toBeCloseTo(0.062 - 0.042, 14);
  });

  it('adds up to the active return, by weight and by quantity, with sectors that one side lacks', () =>
    fc.assert(
      fc.property(
        fc.tuple(returns, returns, returns, returns),
        weights(3),
        weights(3),
        fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: 4, maxLength: 4 }),
        fc.constantFrom('weight', 'quantity'),
        (moves, own, other, names, by) => {
          const prices = [...moves.map((each, i) => series(`A${i}`, pathOf(each))), market];
          const sectors = Object.fromEntries(names.map((name, i) => [`A${i}`, name]));
          const brinson = brinsonOf(
            asked(
              own.map((each, i) => ({ symbol: `A${i}`, [by]: each })),
              other.map((each, i) => [`A${i + 1}`, each]),
              sectors,
            ),
            prices,
          );
          const effects = brinson.sectors.reduce(
            (sum, { allocation, selection, interaction }) => sum + allocation + selection + interaction,
            0,
          );
          expect(Math.abs(effects - brinson.activeReturn)).toBeLessThan(1e-9);
          expect(Math.abs(brinson.portfolioReturn - brinson.benchmarkReturn - brinson.activeReturn)).toBeLessThan(
            1e-12,
          );
        },
      ),
    ));

  it('adds up to what the portfolio earned beyond its benchmark also where weights sum to 1 only nearly', () => {
    const paths = [1, 2, 3].map((k) => pathOf(Array.from({ length: 12 }, (_, i) => Math.sin(i * k) / 10)));
    const [thirds, sectors] = [0.3333331, { A0: 'one', A1: 'two', A2: 'three' }];
    const request = asked(
      [0, 1, 2].map((i) => ({ symbol: `A${i}`, weight: thirds })),
      [
        ['A0', 0.5],
        ['A1', 0.5],
      ],
      sectors,
    );
    const prices = [...paths.map((path, i) => series(`A${i}`, path)), market];
    const { sectors: rows, portfolioReturn, activeReturn } = brinsonOf(request, prices);
    const effects = rows.reduce((sum, each) => sum + each.allocation + each.selection + each.interaction, 0);
    expect(Math.abs(effects - activeReturn)).toBeLessThan(1e-12);
    expect(portfolioReturn).toBeCloseTo(attributed(request, prices).totalReturn, 14);
  });

  it('finds nothing between a portfolio and itself', () => {
    const prices = [series('A0', pathOf([0.1, -0.2, 0.05])), series('A1', pathOf([0.02, 0.01, -0.1])), market];
    const parts: [string, number][] = [
      ['A0', 0.3],
      ['A1', 0.7],
    ];
    const holdings = parts.map(([symbol, weight]) => ({ symbol, weight }));
    const { sectors, activeReturn } = brinsonOf(asked(holdings, parts, { A0: 'one', A1: 'two' }), prices);
    expect(activeReturn).toBe(0);
    for (const { allocation, selection, interaction } of sectors)
      expect([allocation, selection, interaction]).toEqual([0, 0, 0].map((zero) => expect.closeTo(zero, 15)));
  });

  it('keeps to the dates that the benchmark portfolio has, and says which', () => {
    const late = series('A1', [50, 51, 50], { dates: [day(5), day(7), day(9)] });
    const prices = [series('A0', pathOf(Array.from({ length: 12 }, () => 0.01))), late, market];
    const request = asked([{ symbol: 'A0', weight: 1 }], [['A1', 1]], { A0: 'one', A1: 'one' });
    const { window, portfolioReturn } = brinsonOf(request, prices);
    expect(window).toEqual({ from: day(5), to: day(9), observations: 2 });
    expect(portfolioReturn).toBeCloseTo(1.01 ** 4 - 1, 14);
  });

  it('is not there unless it was asked for, and says why it cannot be', () => {
    const [a, apart] = [series('A0', [100, 101, 102]), series('A1', [5, 6], { dates: ['1990-01-02', '1990-01-03'] })];
    const holdings = [{ symbol: 'A0', weight: 1 }];
    expect(attributed({ holdings }, [a, market]).attribution.brinson).toBeUndefined();
    const request = asked(holdings, [['A1', 1]], { A0: 'one', A1: 'one' });
    expect(attributed(request, [a, apart, market]).attribution.brinson).toMatchObject({
      unavailable: { code: 'no-date-overlap' },
    });
    const lost = series('A1', [1e15, 1e-12, 1e-12]);
    expect(attributed(request, [a, lost, market]).attribution.brinson).toMatchObject({
      unavailable: { code: 'total-loss' },
    });
  });
});
