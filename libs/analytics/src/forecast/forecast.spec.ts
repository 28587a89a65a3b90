import { readFileSync } from 'node:fs';
import { bundled } from '../bundled.fixture';
import { normalQuantile } from '../statistics/normal-distribution';
import { seededUniform } from '../statistics/seeded-random';
import { studentUpperTail } from '../statistics/student-distribution';
import { smoothedStates, trendForecaster } from './damped-trend';
import { dieboldMariano } from './diebold-mariano';
import { forecastPrices, rowsNeeded } from './forecast';
import { autoregression, autoregressive, changesOf, meanReversion, type Fitted } from './models';
import { originsOf } from './walk-forward';

// reference/forecast/values.json: statsmodels and scipy (generate.py, versions inside)
const reference = JSON.parse(
  readFileSync(new URL('../../reference/forecast/values.json', import.meta.url), 'utf8'),
) as {
  logPrices: number[];
  autoregression: { coefficients: Record<string, number[]>; order: number; path: number[] };
  meanReversion: { path: number[] };
  dampedTrends: { alpha: number; beta: number; phi: number; path: number[]; sse: number }[];
  tests: { differences: number[]; overlap: number; statistic: number; pValue: number }[];
  studentTails: [number, number, number][];
};
const logPrices = Float64Array.from(reference.logPrices);
const pathOf = (fitted: Fitted) => fitted(logPrices)(logPrices.length - 1, 20);
const expectNear = (actual: ArrayLike<number>, expected: number[], relative = 1e-9) => {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(relative * Math.abs(value)));
};

/** Prices whose daily log changes are made from standard normal shocks. */
function simulated(seed: number, rows: number, next: (shock: number, before: number, level: number) => number) {
  const uniform = seededUniform(seed);
  let [level, change] = [0, 0];
  return Float64Array.from({ length: rows }, () => {
    change = next(normalQuantile(Math.max(uniform(), 2 ** -33)), change, level);
    return Math.exp((level += change));
  });
}
const randomWalkOf = (seed: number, rows: number) => simulated(seed, rows, (shock) => 0.012 * shock);

describe('the models agree with statsmodels', () => {
  it('autoregressions of every order, and the order chosen', () => {
    const changes = changesOf(logPrices);
    for (const [order, coefficients] of Object.entries(reference.autoregression.coefficients))
      expectNear(autoregression(changes, Number(order), 5)!.coefficients, coefficients, 1e-8);
    expectNear(pathOf(autoregressive.fit(logPrices)), reference.autoregression.path);
  });

  it('the regression to a mean', () => expectNear(pathOf(meanReversion.fit(logPrices)), reference.meanReversion.path));

  it.each(reference.dampedTrends)(
    'the damped trend: alpha $alpha, beta $beta, phi $phi',
    ({ path, sse, ...parameters }) => {
      expectNear(pathOf(trendForecaster(parameters)), path);
      expectNear([smoothedStates(logPrices, parameters).squaredErrors], [sse], 1e-8);
    },
  );
});

describe('the test of skill', () => {
  it.each(reference.tests)('has the statistic of its definition, $overlap days overlapping', (test) => {
    const { statistic, pValue } = dieboldMariano(Float64Array.from(test.differences), test.overlap);
    expectNear([statistic!, pValue], [test.statistic, test.pValue]);
  });

  it('takes tails of the t distribution as scipy has them', () => {
    for (const [t, freedom, tail] of reference.studentTails) expectNear([studentUpperTail(t, freedom)], [tail], 1e-10);
  });

  it('finds nothing where losses never differ', () => {
    expect(dieboldMariano(new Float64Array(40))).toEqual({ statistic: null, pValue: 1 });
  });

  it('finds skill in at most one of twenty random walks', () => {
    const walks = Array.from({ length: 40 }, (_, seed) => randomWalkOf(seed, 900));
    const lucky = walks.filter((prices) => forecastPrices(prices, 5).skilled !== null);
    expect(lucky.length / walks.length).toBeLessThanOrEqual(0.05);
  }, 120_000);

  it.each([1, 2, 3])('finds the autoregression that is there (series %i), and forecasts with it', (seed) => {
    const prices = simulated(seed, 1500, (shock, before) => 0.7 * before + 0.01 * shock);
    const forecast = forecastPrices(prices, 3);
    expect(forecast.skilled).toBe('autoregression');
    expect(forecast.path).toHaveLength(3);
    const { adjustedPValue, error } = forecast.tests.find(({ model }) => model === 'autoregression')!;
    expect(adjustedPValue).toBeLessThan(0.001);
    expect(error).toBeLessThan(forecast.baselineError);
  });

  it('finds a price that returns to its mean', () => {
    const prices = simulated(4, 1500, (shock, _, level) => -0.3 * level + 0.02 * shock);
    expect(forecastPrices(prices, 5).skilled).toBe('mean reversion');
  });
});

describe('a forecast', () => {
  const apple = Float64Array.from(bundled('AAPL').adjClose as number[]);

  it('lets no forecast of the past overlap another or see what comes after it', () => {
    const origins = originsOf(apple.slice(-2000), 20);
    origins.forEach(({ row, window }, i) => {
      expect(window.at(-1)).toBe(apple.at(row - 2000));
      if (i > 0) expect(row - origins[i - 1]!.row).toBe(20);
    });
    expect(origins.at(-1)!.row).toBe(1979);
  });

  it('without skill gives no path, and intervals of a random walk with their coverage', () => {
    const { skilled, path, intervals, tests, origins } = forecastPrices(randomWalkOf(99, 2500), 10);
    expect([skilled, path]).toEqual([null, null]);
    expect(tests.map(({ model }) => model)).toEqual(['drift', 'damped trend', 'autoregression', 'mean reversion']);
    expect(origins).toBe(200);
    for (const { level, coverage, coverageAtEnd, lower, upper } of intervals) {
      expect(Math.abs(coverage - level)).toBeLessThan(0.06);
      expect(Math.abs(coverageAtEnd - level)).toBeLessThan(0.12);
      expect(upper[9]! - lower[9]!).toBeGreaterThan(upper[0]! - lower[0]!);
    }
    for (const step of [0, 9]) expect(intervals[0]!.lower[step]).toBeGreaterThan(intervals[2]!.lower[step]!);
  });

  it('depends on the past alone: the same prices give the same answer, later ones or far older ones change nothing before', () => {
    const past = apple.slice(0, 4000);
    expect(forecastPrices(past, 20)).toEqual(forecastPrices(apple.subarray(0, 4000), 20));
    expect(forecastPrices(past, 20)).toEqual(forecastPrices(past.slice(1000), 20));
  });

  it('of prices that never move is that they stay', () => {
    const { skilled, intervals } = forecastPrices(new Float64Array(rowsNeeded(5)).fill(7), 5);
    expect(skilled).toBeNull();
    intervals.flatMap(({ lower, upper }) => [...lower, ...upper]).forEach((price) => expect(price).toBeCloseTo(7, 9));
  });

  it('needs enough of a past to be judged', () => {
    expect(() => forecastPrices(new Float64Array(rowsNeeded(20) - 1).fill(1), 20)).toThrow(RangeError);
  });
});
