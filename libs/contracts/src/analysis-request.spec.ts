import fc from 'fast-check';
import { AnalysisRequest } from './analysis-request';

const faultsOf = (request: unknown): string[] => {
  const parsed = AnalysisRequest.safeParse(request);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
};
const holdings = [
  { symbol: 'AAPL', weight: 0.6 },
  { symbol: 'MSFT', weight: 0.4 },
];

const named = { AAPL: 'technology', MSFT: 'technology', KO: 'staples' };
const compared = (sectors: Record<string, string>, ...benchmark: [string, number][]) => ({
  sectors,
  benchmarkHoldings: benchmark.map(([symbol, weight]) => ({ symbol, weight })),
});

describe('AnalysisRequest', () => {
  it('fills in the defaults of the contract', () => {
    expect(AnalysisRequest.parse({ holdings })).toEqual({
      kind: 'portfolio',
      holdings,
      benchmark: '^GSPC',
      riskFreeRate: 0,
      include: ['performance', 'risk', 'correlation'],
      compat: 'none',
    });
  });

  it('takes any weights that sum to one within a millionth', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }), (parts) => {
        const total = parts.reduce((sum, part) => sum + part, 0);
        const weighted = parts.map((part, index) => ({ symbol: `A${index}`, weight: part / total }));
        expect(faultsOf({ holdings: weighted })).toEqual([]);
        expect(faultsOf({ holdings: weighted.map((row) => ({ ...row, weight: row.weight * 0.99 })) })).toEqual([
          'holdings',
        ]);
      }),
    ));

  it.each([
    ['a symbol given twice', { holdings: [holdings[0], { symbol: 'AAPL', weight: 0.4 }] }, 'holdings.1.symbol'],
    ['weights beside quantities', { holdings: [holdings[0], { symbol: 'MSFT', quantity: 3 }] }, 'holdings'],
    ['both for one holding', { holdings: [{ symbol: 'AAPL', weight: 1, quantity: 1 }] }, 'holdings.0'],
    ['neither holdings nor a portfolio', {}, 'holdings'],
    ['both holdings and a portfolio', { holdings, portfolioId: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f' }, 'holdings'],
    ['dates the wrong way round', { holdings, from: '2020-01-02', to: '2019-01-02' }, 'to'],
    ['a day that does not exist', { holdings, from: '2021-02-29' }, 'from'],
    ['a part named twice', { holdings, include: ['risk', 'risk'] }, 'include'],
    ['more paths than allowed', { holdings, monteCarlo: { paths: 1_000_001 } }, 'monteCarlo.paths'],
    ['a symbol in small letters', { holdings: [{ symbol: 'aapl', weight: 1 }] }, 'holdings.0.symbol'],
  ])('refuses %s', (_what, request, path) => expect(faultsOf(request)).toContain(path));

  it.each([
    ['sectors without a benchmark portfolio', { sectors: { AAPL: 'a', MSFT: 'a' } }, 'attribution.benchmarkHoldings'],
    [
      'a benchmark portfolio without sectors',
      { benchmarkHoldings: [{ symbol: 'KO', weight: 1 }] },
      'attribution.sectors',
    ],
    ['a holding without a sector', compared({ AAPL: 'a', KO: 'b' }, ['KO', 1]), 'holdings.1.symbol'],
    ['a benchmark holding without a sector', compared(named, ['XOM', 1]), 'attribution.benchmarkHoldings.0.symbol'],
    [
      'a benchmark holding given twice',
      compared(named, ['KO', 0.5], ['KO', 0.5]),
      'attribution.benchmarkHoldings.1.symbol',
    ],
    ['benchmark weights that do not sum to one', compared(named, ['KO', 0.9]), 'attribution.benchmarkHoldings'],
    ['a day to explain that does not exist', { explainDate: '2021-02-29' }, 'attribution.explainDate'],
  ])('refuses %s', (_what, attribution, path) => expect(faultsOf({ holdings, attribution })).toEqual([path]));

  it('takes a benchmark portfolio with the sectors of all', () =>
    expect(faultsOf({ holdings, attribution: compared(named, ['KO', 0.5], ['AAPL', 0.5]) })).toEqual([]));

  it('refuses a field it does not know', () =>
    expect(AnalysisRequest.safeParse({ holdings, leverage: 2 }).success).toBe(false));

  const tiny = { holdings: [{ symbol: 'AAPL', weight: 1 }] };
  it.each([
    ['riskFreeRate', { ...tiny, riskFreeRate: 1e-200 }],
    ['riskFreeRate', { ...tiny, riskFreeRate: -5e-324 }],
    ['holdings.1.weight', { holdings: [...tiny.holdings, { symbol: 'MSFT', weight: 5e-324 }] }],
    ['holdings.0.quantity', { holdings: [{ symbol: 'AAPL', quantity: 5e-324 }] }],
    ['monteCarlo.target', { ...tiny, monteCarlo: { target: 1e-200 } }],
    ['optimization.cash', { ...tiny, optimization: { cash: 1e-200 } }],
    ['optimization.views.0.return', { ...tiny, optimization: { views: [{ symbol: 'AAPL', return: 1e-200 }] } }],
  ])('refuses a %s that the store could not keep', (path, request) => expect(faultsOf(request)).toEqual([path]));

  it('takes no number that the store could not keep', () => {
    const number = fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(0.25, 0.5, 1) },
      { weight: 1, arbitrary: fc.double() },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    );
    const maybe = fc.option(number, { nil: undefined });
    const asked = fc.record({
      holdings: fc.oneof(
        fc.tuple(fc.record({ symbol: fc.constant('AAPL'), quantity: number })),
        number.map((weight) => [
          { symbol: 'AAPL', weight },
          { symbol: 'MSFT', weight: 1 - weight },
        ]),
      ),
      riskFreeRate: maybe,
      monteCarlo: fc.record({ target: maybe }),
      optimization: fc.record({
        maxWeight: maybe,
        turnoverLimit: maybe,
        cash: maybe,
        groups: fc.tuple(fc.record({ name: fc.constant('g'), symbols: fc.constant(['AAPL']), min: maybe, max: maybe })),
        views: fc.tuple(fc.record({ symbol: fc.constant('AAPL'), return: number, confidence: maybe })),
      }),
    });
    const numbersOf = (value: unknown): number[] =>
      typeof value === 'string'
        ? []
        : typeof value === 'number'
          ? [value]
          : Object.values(value ?? {}).flatMap(numbersOf);
    const storable = (value: number) => value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) < 1e126);
    let taken = 0;
    fc.assert(
      fc.property(asked, (request) => {
        const { data } = AnalysisRequest.safeParse(request);
        if (data === undefined) return;
        taken++;
        expect(numbersOf(data).filter((value) => !storable(value))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(10);
  });
});
