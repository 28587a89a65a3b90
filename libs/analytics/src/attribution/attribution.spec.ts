import { AnalysisRequest, AnalysisResult, Problem } from '@stocktool/contracts';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { analyse } from '../analyse';
import { series } from '../made-up-prices.fixture';

const symbols = ['A0', 'A1', 'B', 'MTUM', 'VLUE'];
const price = fc.oneof(
  fc.double({ min: 1, max: 200, noNaN: true }),
  fc.constantFrom(0, -5, 100, 100, 1e-12, 1e15, 5e-324, 1.7e308, Number.NaN, Number.POSITIVE_INFINITY),
);
/** Mostly prices that can be, so that there are returns enough for a regression. */
const likely = fc.double({ min: 1, max: 200, noNaN: true });
const rows = (each: fc.Arbitrary<number>, minLength: number, maxLength: number) =>
  fc.array(fc.tuple(each, each, each, each, each), { minLength, maxLength });
const anyPrices = fc.oneof(rows(price, 2, 40), rows(likely, 62, 90));

const request = (by: 'weight' | 'quantity') => {
  const holdings = ['A0', 'A1'].map((symbol, i) => ({ symbol, [by]: by === 'weight' ? 0.5 : 1 + i * 1e9 }));
  const attribution = {
    sectors: { A0: 'one', A1: 'two', B: 'two' },
    benchmarkHoldings: [
      { symbol: 'B', weight: 0.4 },
      { symbol: 'A0', weight: 0.6 },
    ],
  };
  const parsed = AnalysisRequest.parse({ holdings, benchmark: 'B', attribution, include: ['stress', 'attribution'] });
  return { ...parsed, holdings: parsed.holdings! };
};

/** undefined where there is nothing to analyse. */
function analysed(prices: number[][], by: 'weight' | 'quantity') {
  const all = symbols.map((symbol, i) =>
    series(
      symbol,
      prices.map((row) => row[i]!),
    ),
  );
  try {
    return analyse({ request: request(by), series: all.slice(0, 3), factors: all.slice(3) });
  } catch (error) {
    if (error instanceof Problem && error.code === 'no-date-overlap') return undefined;
    throw error;
  }
}

const nulls = (node: unknown, path: string): string[] => {
  if (node === null) return [path];
  if (typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, child]) => nulls(child, `${path}.${key}`));
};

describe('stress and attribution', () => {
  it('give no NaN and nothing infinite for any prices, fit their schema, and warn of every null', () =>
    fc.assert(
      fc.property(anyPrices, fc.constantFrom('weight', 'quantity'), (prices, by) => {
        const result = analysed(prices, by);
        if (!result) return;
        expect(isDeepStrictEqual(AnalysisResult.parse(result), result)).toBe(true);
        expect(isDeepStrictEqual(JSON.parse(JSON.stringify(result)), result)).toBe(true);
        const warned = result.warnings.map(({ path }) => path);
        for (const part of ['stress', 'attribution'] as const)
          for (const path of nulls(result[part], part))
            expect(warned.some((each) => path === each || path.startsWith(`${each}.`))).toBe(true);
      }),
      { numRuns: 300 },
    ));
});
