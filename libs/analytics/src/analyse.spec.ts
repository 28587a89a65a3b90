import { AnalysisRequest, AnalysisResult, isAvailable, Problem, type Performance } from '@stocktool/contracts';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { analyse } from './analyse';
import { assess } from './assess';
import { day, pathOf, series as prices } from './made-up-prices.fixture';

const request = (holdings: object[], over: object = {}) => {
  const parsed = AnalysisRequest.parse({ holdings, benchmark: 'B', ...over });
  return { ...parsed, holdings: parsed.holdings! };
};

const market = prices('B', [100, 101, 99, 102, 103, 101, 104, 105]);
const rising = prices('UP', [50, 51, 50, 53, 52, 54, 55, 57]);
const falling = prices('DOWN', [80, 79, 80, 76, 77, 75, 76, 73]);
const both = [
  { symbol: 'UP', weight: 0.5 },
  { symbol: 'DOWN', weight: 0.5 },
];

const performanceIn = (part: AnalysisResult['portfolio']): Performance => {
  if (!isAvailable<Performance>(part.performance)) throw new Error('no performance');
  return part.performance;
};
const problemOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'none';
};

describe('analyse', () => {
  it('joins by date, not by position', () => {
    const gap = prices('UP', [50, 51, 53, 52], { dates: [day(0), day(1), day(3), day(4)] });
    const { window, portfolio, warnings } = analyse({
      request: request([{ symbol: 'UP', weight: 1 }]),
      series: [gap, market],
    });
    expect(window).toEqual({ from: day(0), to: day(4), observations: 3, periodsPerYear: 252 });
    expect(performanceIn(portfolio).bestDay).toEqual({ date: day(3), return: expect.closeTo(2 / 51, 14) });
    expect(warnings.map(({ code }) => code)).toContain('dates-dropped');
  });

  it('values shares back from the raw close at the end', () => {
    // 10 shares at 20 and 5 at 60: 200 and 300 at the end. Adjusted prices 8 -> 10 and 30 -> 25, so 160 and 360 at the start.
    const a = prices('UP', [8, 10], { close: [16, 20] });
    const b = prices('DOWN', [30, 25], { close: [72, 60] });
    const holdings = [
      { symbol: 'UP', quantity: 10 },
      { symbol: 'DOWN', quantity: 5 },
    ];
    const { portfolio, assets } = analyse({ request: request(holdings), series: [a, b, market] });
    expect(performanceIn(portfolio).totalReturn).toBeCloseTo(500 / 520 - 1, 14);
    expect(assets.map(({ weight }) => weight)).toEqual([0.4, 0.6]);
  });

  it('says where the adjusted close had to stand for a raw one', () => {
    const noClose = { ...rising, close: rising.dates.map(() => null) };
    const { warnings } = analyse({
      request: request([{ symbol: 'UP', quantity: 3 }]),
      series: [noClose, market],
    });
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'close-missing', path: 'assets' }));
  });

  it('answers only what was asked for', () => {
    const only = analyse({
      request: request(both, { include: ['correlation', 'monteCarlo', 'optimization'] }),
      series: [rising, falling, market],
    });
    expect(only.portfolio.performance).toBeUndefined();
    expect(only.assets[0]!.risk).toBeUndefined();
    expect(only.correlation).toMatchObject({ symbols: ['UP', 'DOWN'] });
    expect(only.monteCarlo).toMatchObject({ unavailable: { code: 'too-few-returns' } });
    expect(only.optimization).toMatchObject({ equalWeight: { weights: { UP: 0.5, DOWN: 0.5 } } });
    expect([only.stress, only.attribution]).toEqual([undefined, undefined]);
  });

  it('gives wealth from 1, with the first and last date, in at most 260 points', () => {
    const long = pathOf(Array.from({ length: 1000 }, (_, i) => Math.sin(i) / 100));
    const { portfolio } = analyse({
      request: request([{ symbol: 'UP', weight: 1 }]),
      series: [prices('UP', long), prices('B', long)],
    });
    const { dates, portfolio: own, benchmark } = portfolio.wealth!;
    expect([dates.length, dates[0], dates.at(-1), own[0]]).toEqual([260, day(0), day(1000), 1]);
    expect(own.at(-1)).toBeCloseTo(long.at(-1)! / 100, 12);
    expect(benchmark).toEqual(own);
  });

  it('keeps to the period asked for and says when the data are shorter', () => {
    const { window, warnings } = analyse({
      request: request(both, { from: '2019-06-01', to: day(5) }),
      series: [rising, falling, market],
    });
    expect(window).toMatchObject({ from: day(0), to: day(5) });
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'window-narrowed', path: 'window.from' }));
  });

  it('names the convention of every figure and the source of every series', () => {
    const { conventions, sources } = analyse({ request: request(both), series: [rising, falling, market] });
    for (const figure of [
      'sharpe',
      'sortino',
      'omega',
      'var',
      'cvar',
      'alpha',
      'annualization',
      'portfolio',
      'riskFree',
    ])
      expect(conventions[figure]).toEqual(expect.any(String));
    expect(sources).toContainEqual({ symbol: 'B', source: 'test', asOf: day(7) });
  });

  describe('refuses what has no answer', () => {
    it.each([
      ['no common date', 'no-date-overlap', [prices('UP', [1, 2], { dates: ['2010-01-04', '2010-01-05'] }), market]],
      ['one common date', 'no-date-overlap', [prices('UP', [1, 2], { dates: ['2010-01-04', day(0)] }), market]],
      ['an empty series', 'no-date-overlap', [prices('UP', []), market]],
      ['two currencies', 'currency-mismatch', [prices('UP', [1, 2], { currency: 'EUR' }), market]],
      ['a symbol without prices', 'unknown-symbol', [market]],
    ])('%s', (_, code, series) =>
      expect(problemOf(() => analyse({ request: request([{ symbol: 'UP', weight: 1 }]), series }))).toBe(code),
    );

    it('dates that do not ascend, which is a fault of the caller', () => {
      const twice = prices('UP', [1, 2], { dates: [day(1), day(1)] });
      expect(() => assess(twice, market)).toThrow(RangeError);
    });
  });

  describe('leaves undefined what is undefined', () => {
    const flat = prices(
      'FLAT',
      market.dates.map(() => 42),
    );

    it('a constant price has a volatility of 0 and no ratio', () => {
      const { performance, risk, warnings } = assess(flat, market);
      expect(performance).toMatchObject({ totalReturn: 0, cagr: 0, annualVolatility: 0, ulcer: 0 });
      expect(performance).toMatchObject({ sharpe: null, sortino: null, calmar: null, omega: null, skewness: null });
      expect(performance.maxDrawdown).toEqual({ value: 0, peak: null, trough: null, recovery: null });
      expect(risk).toMatchObject({ beta: 0, alpha: 0, rSquared: null, upCapture: 0 });
      expect(risk.var.historical).toEqual({ '0.95': 0, '0.99': 0 });
      const paths = warnings.filter(({ code }) => code === 'undefined-figure').map(({ path }) => path);
      expect(paths).toEqual(expect.arrayContaining(['performance.sharpe', 'risk.rSquared', 'risk.var.cornishFisher']));
    });

    it('a price that grows by the same rate every day has no Sharpe ratio made of rounding', () => {
      const steady = prices(
        'STEADY',
        market.dates.map((_, i) => 100 * 1.01 ** i),
      );
      const { performance } = assess(steady, market);
      expect(performance).toMatchObject({ sharpe: null, skewness: null, kurtosis: null, probabilisticSharpe: null });
      expect(performance.arithmeticReturn).toBeCloseTo(2.52, 12);
    });

    it('a constant benchmark leaves beta and alpha undefined', () => {
      const { risk } = assess(
        rising,
        prices(
          'B',
          market.dates.map(() => 7),
        ),
      );
      expect(risk).toMatchObject({ beta: null, alpha: null, rSquared: null, upCapture: null, downCapture: null });
    });

    it('two prices make one return, and what needs more is null', () => {
      const { performance, risk, window } = assess(prices('UP', [10, 11]), prices('B', [10, 12]));
      expect(window.observations).toBe(1);
      expect(performance).toMatchObject({ annualVolatility: null, sharpe: null, totalReturn: expect.closeTo(0.1, 14) });
      expect(risk.var.historical['0.95']).toBeCloseTo(-0.1, 14);
      expect(risk).toMatchObject({ beta: null, trackingError: null });
    });

    it('a portfolio of constant prices has no risk contributions, with a warning each', () => {
      const { assets, correlation, warnings } = analyse({
        request: request([{ symbol: 'FLAT', weight: 1 }]),
        series: [flat, market],
      });
      expect(assets[0]!.riskContribution).toBeNull();
      expect(correlation).toEqual({ symbols: ['FLAT'], matrix: [[null]] });
      const paths = warnings.map(({ path }) => path);
      expect(paths).toEqual(expect.arrayContaining(['assets.0.riskContribution', 'correlation.matrix.0']));
    });

    it('unusable prices count as missing dates and are named', () => {
      const holes = prices('UP', [50, 0, 50, -1, Number.NaN, 54, 55, 57]);
      const { window, warnings } = assess(holes, market);
      expect(window.observations).toBe(4);
      expect(warnings).toContainEqual(expect.objectContaining({ code: 'unusable-price' }));
    });
  });

  it('gives no NaN and nothing infinite for any prices, and always fits its schema', () => {
    const price = fc.oneof(
      fc.double({ min: 1, max: 200, noNaN: true }),
      fc.constantFrom(0, -5, 100, 100, 1e-12, 1e15, 5e-324, 1.7e308, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const series = fc.array(fc.tuple(price, price, price), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(
        series,
        fc.boolean(),
        fc.double({ min: -0.5, max: 1, noNaN: true }).map((rate) => Number(rate.toFixed(20))),
        (rows, weighted, riskFreeRate) => {
          const [a, b, c] = ['UP', 'DOWN', 'B'].map((symbol, i) =>
            prices(
              symbol,
              rows.map((row) => row[i]!),
            ),
          );
          const holdings = weighted ? both : both.map(({ symbol }, i) => ({ symbol, quantity: 1 + i * 1e9 }));
          const run = () => analyse({ request: request(holdings, { riskFreeRate }), series: [a!, b!, c!] });
          if (problemOf(run) === 'no-date-overlap') return;
          const result = run();
          expect(isDeepStrictEqual(AnalysisResult.parse(result), result)).toBe(true);
          expect(isDeepStrictEqual(JSON.parse(JSON.stringify(result)), result)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
