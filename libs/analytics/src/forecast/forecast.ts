import { dieboldMariano, type LossTest } from './diebold-mariano';
import { intervalsOf, type Interval } from './intervals';
import { candidates, randomWalk, type CandidateName, type Fitted, type ForecastModel } from './models';
import { fewestOrigins, fittedAlong, originsOf, scaledErrors, windowRows } from './walk-forward';

/** Rows looked at, some twelve years: older prices say little of today, and the time that it takes is bounded. */
export const mostRows = 3000;
export const significance = 0.05;

export interface ModelTest extends LossTest {
  readonly model: CandidateName;
  /** Mean scaled error; that of the random walk is `baselineError`. */
  readonly error: number;
  /** The p-value times the number of models tried (Bonferroni), at most 1: the best of several is good by luck more often than one. */
  readonly adjustedPValue: number;
}

export interface PriceForecast {
  readonly origins: number;
  readonly baselineError: number;
  readonly tests: ModelTest[];
  /** The model with the smallest p-value, if that is below `significance` after adjustment. */
  readonly skilled: CandidateName | null;
  /** Prices, day by day; null without skill. */
  readonly path: number[] | null;
  /** Of the skilled model, or else of the random walk. */
  readonly intervals: Interval[];
}

/** How many prices a forecast of so many days needs. */
export const rowsNeeded = (horizon: number): number => windowRows + fewestOrigins * horizon;

/**
 * Lets each model forecast the past again from days that do not overlap, each time from the rows before that day alone, and
 * compares its scaled absolute errors with those of a random walk. Only a model that is better beyond luck forecasts the next
 * `horizon` days. Prices are positive, oldest first, at least `rowsNeeded`.
 */
export function forecastPrices(prices: Float64Array, horizon: number): PriceForecast {
  if (prices.length < rowsNeeded(horizon)) throw new RangeError(`${prices.length} prices are too few`);
  const logPrices = prices.subarray(-mostRows).map(Math.log);
  const origins = originsOf(logPrices, horizon);
  const errorsOf = (model: ForecastModel) => {
    const fitted = fittedAlong(model, origins);
    return { fitted, errors: scaledErrors(logPrices, origins, fitted, horizon) };
  };
  const baseline = errorsOf(randomWalk);
  const tried = candidates.map((model) => {
    const { fitted, errors } = errorsOf(model);
    const { statistic, pValue } = dieboldMariano(baseline.errors.map((error, i) => error - errors[i]!));
    const adjustedPValue = Math.min(1, pValue * candidates.length);
    return { model, fitted, test: { model: model.name, error: meanOf(errors), statistic, pValue, adjustedPValue } };
  });
  const best = tried.reduce((a, b) => (b.test.pValue < a.test.pValue ? b : a));
  const skilled = best.test.adjustedPValue < significance ? best : undefined;
  const { model, fitted }: { model: ForecastModel; fitted: Fitted[] } = skilled ?? {
    model: randomWalk,
    fitted: baseline.fitted,
  };
  const window = logPrices.subarray(-windowRows);
  const current = model.fit(window);
  return {
    origins: origins.length,
    baselineError: meanOf(baseline.errors),
    tests: tried.map(({ test }) => test),
    skilled: skilled?.model.name ?? null,
    path: skilled ? Array.from(current(window)(window.length - 1, horizon).map(Math.exp)) : null,
    intervals: intervalsOf(logPrices, origins, fitted, { window, current, horizon }),
  };
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
