import { AnalysisRequest, isAvailable, type AnalysisResult, type Holding, type Risk } from '@stocktool/contracts';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { analyse } from './analyse';
import { pathOf, series } from './made-up-prices.fixture';
import type { AssetPrices } from './series/alignment';

const change = fc.integer({ min: -100_000, max: 100_000 }).map((millionths) => millionths / 1e6);
/** Four paths of one length: three assets and the benchmark. */
const paths = fc.integer({ min: 20, max: 60 }).chain((periods) => {
  const walk = fc.array(change, { minLength: periods, maxLength: periods });
  return fc.tuple(walk, walk, walk, walk);
});
const symbols = ['A0', 'A1', 'A2'] as const;
const pricesOf = (walks: readonly (readonly number[])[]): AssetPrices[] =>
  walks.map((walk, i) => series(symbols[i] ?? 'B', pathOf(walk)));
const weights = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .map((parts) => parts.map((part) => part / parts.reduce((sum, each) => sum + each, 0)));

const holdingsOf = (parts: readonly number[], shares: boolean) =>
  symbols.map((symbol, i) => (shares ? { symbol, quantity: 1 + parts[i]! } : { symbol, weight: parts[i]! }));

function run(holdings: Holding[], prices: AssetPrices[], over: object = {}): AnalysisResult {
  const request = AnalysisRequest.parse({ holdings, benchmark: 'B', ...over });
  return analyse({ request: { ...request, holdings }, series: prices });
}
const riskOf = ({ risk }: { risk?: AnalysisResult['portfolio']['risk'] }): Risk => {
  if (!isAvailable<Risk>(risk)) throw new Error('no risk');
  return risk;
};

const every = {
  include: ['performance', 'risk', 'correlation', 'optimization', 'monteCarlo', 'stress', 'attribution'],
  monteCarlo: { paths: 300, horizonDays: 3 },
  optimization: { frontierPoints: 4 },
  attribution: {
    sectors: { A0: 'one', A1: 'two', A2: 'one' },
    benchmarkHoldings: [
      { symbol: 'A0', weight: 0.5 },
      { symbol: 'A1', weight: 0.5 },
    ],
  },
};

/** What is in the order of the holdings, by their names. */
function byName({ assets, correlation, sources: _, stress, warnings, ...rest }: AnalysisResult): object {
  const { symbols: names, matrix } = correlation as { symbols: string[]; matrix: (number | null)[][] };
  const named = (row: readonly unknown[]) => Object.fromEntries(names.map((name, i) => [name, row[i]]));
  return {
    ...rest,
    stress: (stress as { uncovered: string[] }[]).map((row) => ({ ...row, uncovered: row.uncovered.toSorted() })),
    assets: Object.fromEntries(assets.map((asset) => [asset.symbol, asset])),
    correlation: named(matrix.map((row) => named(row))),
    warnings: [...new Set(warnings.map(({ code }) => code))].sort(),
  };
}

/** Days of equal returns may be either of them. */
const mayTie = /(Day\.date|peak|trough|recovery|days|from|to)$/;

/** Where two values differ by more than rounding: relative for what is large. */
function apart(actual: unknown, expected: unknown, path = ''): string[] {
  if (typeof expected === 'number') {
    const close = typeof actual === 'number' && Math.abs(actual - expected) <= 1e-8 * Math.max(1, Math.abs(expected));
    return close || mayTie.test(path) ? [] : [`${path}: ${String(actual)} beside ${expected}`];
  }
  if (expected === null || typeof expected !== 'object')
    return actual === expected || mayTie.test(path) ? [] : [`${path}: ${String(actual)} beside ${String(expected)}`];
  return Object.entries(expected).flatMap(([key, value]) =>
    apart((actual as Record<string, unknown>)[key], value, `${path}.${key}`),
  );
}

describe('properties of a whole result', () => {
  it('the order of the holdings changes nothing but the order', () =>
    fc.assert(
      fc.property(paths, weights, fc.boolean(), (walks, parts, shares) => {
        const holdings = holdingsOf(parts, shares);
        const [a, b, c] = holdings as [(typeof holdings)[0], (typeof holdings)[0], (typeof holdings)[0]];
        const [one, other] = [holdings, [c, a, b]].map((order) => byName(run(order, pricesOf(walks), every)));
        expect(apart(other, one)).toEqual([]);
      }),
      { numRuns: 20 },
    ));

  it('the unit of all prices changes nothing at all', () =>
    fc.assert(
      fc.property(paths, weights, fc.boolean(), fc.integer({ min: -8, max: 8 }), (walks, parts, shares, power) => {
        // A power of two scales without rounding, so the result must be the very same.
        const scaled = pricesOf(walks).map((each) =>
          series(
            each.symbol,
            Array.from(each.adjClose, (price) => price! * 2 ** power),
          ),
        );
        const holdings = holdingsOf(parts, shares);
        expect(isDeepStrictEqual(run(holdings, scaled, every), run(holdings, pricesOf(walks), every))).toBe(true);
      }),
      { numRuns: 20 },
    ));
});

describe('value at risk by holding', () => {
  it('components sum to the VaR of the portfolio, so does weight times marginal, and no incremental is above its component', () =>
    fc.assert(
      fc.property(paths, weights, fc.boolean(), (walks, parts, shares) => {
        const result = run(holdingsOf(parts, shares), pricesOf(walks));
        const risk = riskOf(result.portfolio);
        const [component, marginal, incremental] = [risk.componentVar, risk.marginalVar, risk.incrementalVar] as [
          Record<string, number>,
          Record<string, number>,
          Record<string, number>,
        ];
        const total = risk.var.parametric['0.95']!;
        const sum = (of: (symbol: string, weight: number) => number) =>
          result.assets.reduce((all, { symbol, weight }) => all + of(symbol, weight), 0);
        expect(sum((symbol) => component[symbol]!)).toBeCloseTo(total, 13);
        expect(sum((symbol, weight) => weight * marginal[symbol]!)).toBeCloseTo(total, 13);
        for (const { symbol } of result.assets)
          expect(incremental[symbol]!).toBeLessThanOrEqual(component[symbol]! + 1e-13);
      }),
    ));
});

describe('properties of the figures', () => {
  it('a portfolio of one asset has the figures of that asset, by weight and by quantity', () =>
    fc.assert(
      fc.property(paths, (walks) => {
        for (const holding of [{ weight: 1 }, { quantity: 17 }]) {
          const { portfolio, assets } = run([{ symbol: 'A0', ...holding }], pricesOf(walks));
          expect(apart(portfolio.performance, assets[0]!.performance)).toEqual([]);
          expect(apart(portfolio.risk, assets[0]!.risk)).toEqual([]);
        }
      }),
    ));

  it('value at risk grows with confidence, and the expected loss beyond it is no smaller', () =>
    fc.assert(
      fc.property(paths, weights, (walks, parts) => {
        const { portfolio } = run(holdingsOf(parts, false), pricesOf(walks));
        const { var: loss, cvar } = riskOf(portfolio);
        expect(loss.historical['0.99']!).toBeGreaterThanOrEqual(loss.historical['0.95']!);
        expect(loss.parametric['0.99']!).toBeGreaterThanOrEqual(loss.parametric['0.95']!);
        expect(cvar.historical['0.95']!).toBeGreaterThanOrEqual(loss.historical['0.95']! - 1e-12);
        expect(cvar.parametric['0.99']!).toBeGreaterThanOrEqual(loss.parametric['0.99']!);
      }),
    ));

  it('the historical expected loss of a mixture is at most the mixture of the losses', () =>
    fc.assert(
      fc.property(paths, weights, (walks, parts) => {
        const { portfolio, assets } = run(holdingsOf(parts, false), pricesOf(walks));
        for (const confidence of ['0.95', '0.99'] as const) {
          const mixed = assets.reduce(
            (sum, asset) => sum + asset.weight * riskOf(asset).cvar.historical[confidence]!,
            0,
          );
          expect(riskOf(portfolio).cvar.historical[confidence]!).toBeLessThanOrEqual(mixed + 1e-12);
        }
      }),
    ));

  it('risk contributions sum to 1', () =>
    fc.assert(
      fc.property(paths, weights, fc.boolean(), (walks, parts, shares) => {
        const contributions = run(holdingsOf(parts, shares), pricesOf(walks)).assets.map(
          ({ riskContribution }) => riskContribution,
        );
        if (contributions.includes(null)) return;
        const size = contributions.reduce<number>((sum, each) => sum + Math.abs(each!), 1);
        const sum = contributions.reduce<number>((all, each) => all + each!, 0);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-10 * size);
      }),
    ));
});
