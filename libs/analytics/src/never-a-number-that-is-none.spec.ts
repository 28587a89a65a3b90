import { AnalysisRequest, AnalysisResult, Problem, Transaction } from '@stocktool/contracts';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { analyse } from './analyse';
import { day, pathOf } from './made-up-prices.fixture';
import type { AssetPrices } from './series/alignment';

/** Ways in which a series can be awkward; `walk` is what it would be otherwise, `other` the returns of another series. */
const shapes: Record<string, (walk: readonly number[], other: readonly number[]) => readonly (number | null)[]> = {
  usual: (walk) => pathOf(walk),
  constant: (walk) => pathOf(walk.map(() => 0)),
  steady: (walk) => pathOf(walk.map(() => 0.01)),
  duplicate: (_, other) => pathOf(other),
  doubled: (_, other) => pathOf(other.map((each) => 2 * each)),
  opposite: (_, other) => pathOf(other.map((each) => -each)),
  still: (walk) => pathOf(walk.map((each, i) => (i % 3 === 0 ? each : 0))),
  tiny: (walk) => pathOf(walk).map((price) => price * 1e-12),
  huge: (walk) => pathOf(walk).map((price) => price * 1e11),
  lost: (walk) => pathOf(walk).map((price, i) => (i > walk.length / 2 ? 1e-12 : price)),
  multiplied: (walk) => pathOf(walk).map((price, i) => (i > walk.length / 2 ? price * 1e12 : price)),
  holes: (walk) => pathOf(walk).map((price, i) => (i % 4 === 1 ? null : i % 7 === 2 ? 0 : price)),
};
const seriesOf = (symbol: string, closes: readonly (number | null)[], every: number): AssetPrices => ({
  symbol,
  currency: 'USD',
  source: 'test',
  dates: closes.map((_, i) => day(i * every)),
  adjClose: closes,
  close: symbol === 'A1' ? closes.map(() => null) : closes,
});

const change = fc.integer({ min: -200, max: 200 }).map((thousandths) => thousandths / 1000);
const shape = fc.constantFrom(...Object.keys(shapes));
const inputs = fc
  .record({ periods: fc.constantFrom(1, 2, 3, 4, 7, 12, 29, 70, 150), assets: fc.integer({ min: 1, max: 4 }) })
  .chain(({ periods, assets }) =>
    fc.record({
      walks: fc.array(fc.array(change, { minLength: periods, maxLength: periods }), { minLength: 6, maxLength: 6 }),
      kinds: fc.array(shape, { minLength: assets, maxLength: assets }),
      benchmarkKind: shape,
      every: fc.constantFrom(1, 1, 7, 31),
      parts: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: assets, maxLength: assets }),
      shares: fc.boolean(),
      riskFreeRate: fc.constantFrom(0, 0.02, -0.4, 0.9),
      model: fc.constantFrom('gbm', 'studentT', 'bootstrap', 'filteredHistorical'),
      sampling: fc.constantFrom('pseudo', 'quasi'),
      paths: fc.constantFrom(1, 40),
      covariance: fc.constantFrom('sample', 'exponential', 'ledoitWolf', 'ledoitWolfIdentity', 'oas'),
      expectedReturns: fc.constantFrom('historical', 'exponential', 'capm', 'jamesStein', 'blackLitterman'),
      longOnly: fc.boolean(),
      turnoverLimit: fc.constantFrom(null, 0, 0.4),
      transactionCost: fc.constantFrom(0, 0.01),
      compat: fc.constantFrom('none', 'none', 'quantstats', 'empyrical', 'skfolio', 'pyportfolioopt'),
    }),
  );
type Inputs = typeof inputs extends fc.Arbitrary<infer Value> ? Value : never;

function inputOf(drawn: Inputs) {
  const { walks, kinds, benchmarkKind, every, parts, shares, riskFreeRate, model, sampling, paths, compat } = drawn;
  const { covariance, expectedReturns, longOnly, turnoverLimit, transactionCost } = drawn;
  const symbols = kinds.map((_, i) => `A${i}`);
  const total = parts.reduce((sum, each) => sum + each, 0);
  const weights = parts.map((each, i) => (total === 0 ? Number(i === 0) : each / total));
  const holdings = symbols.map((symbol, i) =>
    shares ? { symbol, quantity: 1 + parts[i]! } : { symbol, weight: weights[i]! },
  );
  const request = AnalysisRequest.parse({
    holdings,
    benchmark: 'B',
    riskFreeRate,
    compat,
    include: ['performance', 'risk', 'correlation', 'optimization', 'monteCarlo', 'stress', 'attribution'],
    monteCarlo: { paths, horizonDays: 4, model, sampling, target: 1.1 },
    optimization: {
      frontierPoints: 3,
      covariance,
      expectedReturns,
      longOnly,
      turnoverLimit,
      transactionCost,
      targetReturn: 0.1,
      targetVolatility: 0.2,
      cash: 1000,
      views: expectedReturns === 'blackLitterman' ? [{ symbol: 'A0', return: 0.1 }] : [],
    },
    attribution: {
      sectors: Object.fromEntries(symbols.map((symbol, i) => [symbol, `sector ${i % 2}`])),
      benchmarkHoldings: [{ symbol: 'A0', weight: 1 }],
    },
  });
  const prices = (symbol: string, kind: string, i: number) =>
    seriesOf(symbol, shapes[kind]!(walks[i]!, walks[0]!), every);
  const transactions = [
    { date: day(0), type: 'buy', symbol: 'A0', quantity: 2, price: 100 },
    { date: day(every), type: 'sell', symbol: 'A0', quantity: 1 },
  ].map((each) => Transaction.parse(each));
  return {
    request: { ...request, holdings },
    series: [...symbols.map((symbol, i) => prices(symbol, kinds[i]!, i)), prices('B', benchmarkKind, 4)],
    factors: [prices('MTUM', 'usual', 5)],
    transactions,
  };
}

/** Dates that are null by their meaning (no drawdown, not recovered). */
const mayBeNull = /\.(peak|trough|recovery)$/;

/** What breaks the promise of a result: a number that is none, a null that no warning is about, a refusal without words. */
function faultsOf(result: AnalysisResult): string[] {
  const paths = result.warnings.map(({ path }) => path);
  const faults: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'number' && !Number.isFinite(value)) faults.push(`${path} is ${value}`);
    if (value === null && !mayBeNull.test(path) && !paths.some((known) => path.startsWith(known)))
      faults.push(`${path} is null`);
    if (value === undefined) faults.push(`${path} is undefined`);
    if (typeof value !== 'object' || value === null) return;
    if ('unavailable' in value) {
      const { code, reason } = value.unavailable as { code: string; reason: string };
      if (!/^[a-z-]+$/.test(code) || reason.length < 10) faults.push(`${path} has no reason`);
    }
    for (const [key, child] of Object.entries(value)) visit(child, path === '' ? key : `${path}.${key}`);
  };
  const { warnings: _, ...figures } = result;
  visit(figures, '');
  return faults;
}

describe('of a whole result, whatever the prices', () => {
  it('every number is one, every null has a reason and every refusal a code', () => {
    fc.assert(
      fc.property(inputs, (drawn) => {
        let result: AnalysisResult;
        try {
          result = analyse(inputOf(drawn));
        } catch (error) {
          if (error instanceof Problem && error.code === 'no-date-overlap') return;
          throw error;
        }
        expect(faultsOf(result)).toEqual([]);
        expect(isDeepStrictEqual(AnalysisResult.parse(result), result)).toBe(true);
        expect(isDeepStrictEqual(JSON.parse(JSON.stringify(result)), result)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
