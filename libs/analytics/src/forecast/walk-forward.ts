import { changesOf, type Fitted, type ForecastModel } from './models';

/** Rows that a model is fitted to and forecasts from. */
export const windowRows = 500;
/** Days between two fits; the state is always that of the day. */
const refitDays = 20;
/** Fewer forecasts that do not overlap tell nothing. */
export const fewestOrigins = 30;

/** A day from which all models have forecast the days up to the next one. */
export interface Origin {
  /** Row of the log prices. */
  readonly row: number;
  /** The last `windowRows` log prices up to it. */
  readonly window: Float64Array;
}

/** From the last possible one backwards, `horizon` days apart, so that no two forecasts overlap. Oldest first. */
export function originsOf(logPrices: Float64Array, horizon: number): Origin[] {
  const origins: Origin[] = [];
  for (let row = logPrices.length - 1 - horizon; row >= windowRows - 1; row -= horizon)
    origins.push({ row, window: logPrices.subarray(row - windowRows + 1, row + 1) });
  return origins.reverse();
}

/** At each origin the parameters of the last fit, which saw nothing later. */
export function fittedAlong(model: ForecastModel, origins: readonly Origin[]): Fitted[] {
  let fitted: Fitted | undefined;
  let fittedAt = -Infinity;
  return origins.map(({ row, window }) => {
    if (fitted === undefined || row - fittedAt >= refitDays) [fitted, fittedAt] = [model.fit(window), row];
    return fitted;
  });
}

/**
 * The mean absolute error of each origin's forecast over its days, in units of the mean absolute daily change of its window
 * (MASE of Hyndman and Koehler 2006), so that calm and wild years count alike. 0 where the window never moved.
 */
export function scaledErrors(
  logPrices: Float64Array,
  origins: readonly Origin[],
  fitted: readonly Fitted[],
  horizon: number,
): Float64Array {
  return Float64Array.from(origins, ({ row, window }, i) => {
    const path = fitted[i]!(window)(window.length - 1, horizon);
    let error = 0;
    for (let step = 0; step < horizon; step++) error += Math.abs(logPrices[row + 1 + step]! - path[step]!) / horizon;
    const scale = meanSize(changesOf(window));
    return scale === 0 ? 0 : error / scale;
  });
}

const meanSize = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
