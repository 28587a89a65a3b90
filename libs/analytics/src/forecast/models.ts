import { backSubstitute, dot, leastSquares, takeOut, type LeastSquares } from '../regression/least-squares';
import { dampedTrend } from './damped-trend';

/** Log prices 1 to `horizon` days after a row of a window, from that row and those before it. */
export type Forecaster = (row: number, horizon: number) => Float64Array;

/** Parameters found in one window; the state is taken from the window that it is given. */
export type Fitted = (window: Float64Array) => Forecaster;

/** `fit` sees one window of log prices and nothing after it. */
export interface ForecastModel<Name extends string = string> {
  readonly name: Name;
  readonly fit: (window: Float64Array) => Fitted;
}

export type CandidateName = 'drift' | 'damped trend' | 'autoregression' | 'mean reversion';
type Candidate = ForecastModel<CandidateName>;

const mostLags = 5;

const steps = (horizon: number, at: (step: number) => number): Float64Array =>
  Float64Array.from({ length: horizon }, (_, step) => at(step + 1));

/** The price stays where it is. */
export const randomWalk: ForecastModel = {
  name: 'random walk',
  fit: () => (window) => (row, horizon) => new Float64Array(horizon).fill(window[row]!),
};

/** The mean daily change of the window goes on. */
const drift: Candidate = {
  name: 'drift',
  fit: (fitted) => {
    const daily = (fitted[fitted.length - 1]! - fitted[0]!) / (fitted.length - 1);
    return (window) => (row, horizon) => steps(horizon, (step) => window[row]! + step * daily);
  },
};

/** y(t) = c + phi y(t-1) on log prices by least squares: back to a mean. */
export const meanReversion: Candidate = {
  name: 'mean reversion',
  fit: (fitted) => {
    const [constant = 0, phi = 1] = autoregression(fitted, 1)?.coefficients ?? [];
    return (window) => (row, horizon) => {
      let value = window[row]!;
      return steps(horizon, () => (value = constant + phi * value));
    };
  },
};

/** ARIMA(p,1,0) with constant: an autoregression of daily log changes by least squares, p from 1 to 5 by Akaike's criterion. */
export const autoregressive: Candidate = {
  name: 'autoregression',
  fit: (fitted) => {
    const [constant = 0, ...weights] = bestAutoregression(changesOf(fitted)) ?? [];
    return (window) => (row, horizon) => {
      const recent = weights.map((_, lag) => (row > lag ? window[row - lag]! - window[row - lag - 1]! : 0));
      let value = window[row]!;
      return steps(horizon, () => {
        const change = weights.reduce((sum, weight, lag) => sum + weight * recent[lag]!, constant);
        recent.pop();
        recent.unshift(change);
        return (value += change);
      });
    };
  },
};

export const candidates: readonly Candidate[] = [
  drift,
  { name: 'damped trend', fit: dampedTrend },
  autoregressive,
  meanReversion,
];

export const changesOf = (values: Float64Array): Float64Array =>
  values.subarray(1).map((value, row) => value - values[row]!);

/** Constant first, then the weight of the last value, of the one before it, and so on; rows from `skipped` on. */
export function autoregression(values: Float64Array, lags: number, skipped = lags): LeastSquares | undefined {
  const rows = values.length - skipped;
  if (rows <= lags + 1) return undefined;
  const regressors = Array.from({ length: lags }, (_, lag) =>
    values.subarray(skipped - 1 - lag, skipped - 1 - lag + rows),
  );
  return leastSquares(values.subarray(skipped), [new Float64Array(rows).fill(1), ...regressors]);
}

/** undefined for values that do not vary. */
function bestAutoregression(values: Float64Array): number[] | undefined {
  for (let lags = mostLags; lags > 0; lags--) {
    const fit = autoregression(values, lags, mostLags);
    if (fit) return bestOrder(values.subarray(mostLags), fit);
  }
  return undefined;
}

/** The lags come one by one, so the first columns of the factorisation are those of the lower orders: one fit judges all, on the same rows. */
function bestOrder(values: Float64Array, { q, r }: LeastSquares): number[] {
  const residuals = values.slice();
  const projection: number[] = [];
  let best: number[] = [];
  let lowest = Infinity;
  for (const direction of q) {
    const along = dot(direction, residuals);
    takeOut(residuals, along, direction);
    projection.push(along);
    const lags = projection.length - 1;
    const criterion = residuals.length * Math.log(dot(residuals, residuals) / residuals.length) + 2 * (lags + 1);
    if (lags > 0 && criterion < lowest) [lowest, best] = [criterion, backSubstitute(r, projection)];
  }
  return best;
}
