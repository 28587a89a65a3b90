import { ascending, quantile } from '../statistics/quantile';
import type { Fitted } from './models';
import type { Origin } from './walk-forward';

export const levels = [0.5, 0.8, 0.95] as const;

/** Of RiskMetrics (1996). */
const decay = 0.94;
const leastVolatility = 1e-12;
/** Rows of a window whose volatility and state are not yet settled. */
const unsettledRows = 50;
/** Origins at which intervals are made again: as many tell a coverage to two percent points. */
const mostJudged = 500;

export interface Interval {
  readonly level: (typeof levels)[number];
  readonly lower: number[];
  readonly upper: number[];
  /** Fraction of later prices that lay inside, over all origins and days, each interval made from what was known at its origin. */
  readonly coverage: number;
  /** The same for the last day alone. */
  readonly coverageAtEnd: number;
}

/** Volatility of daily changes by exponential weights: of each row, from the changes up to it. */
function volatilities(logPrices: Float64Array): Float64Array {
  const line = new Float64Array(logPrices.length);
  let variance = (logPrices[1]! - logPrices[0]!) ** 2;
  for (let row = 1; row < logPrices.length; row++) {
    variance = decay * variance + (1 - decay) * (logPrices[row]! - logPrices[row - 1]!) ** 2;
    line[row] = Math.max(Math.sqrt(variance), leastVolatility);
  }
  line[0] = line[1]!;
  return line;
}

/**
 * Half widths in units of volatility, level by level and day by day: the quantiles of the absolute errors that the same
 * parameters would have made from the earlier rows of the window, each over the volatility of its row.
 */
function halfWidths(window: Float64Array, fitted: Fitted, volatility: Float64Array, horizon: number): number[][] {
  const forecast = fitted(window);
  const errors = Array.from({ length: horizon }, () => [] as number[]);
  for (let row = unsettledRows; row < window.length - 1; row++) {
    const path = forecast(row, Math.min(horizon, window.length - 1 - row));
    path.forEach((value, step) => errors[step]!.push(Math.abs(window[row + 1 + step]! - value) / volatility[row]!));
  }
  const sorted = errors.map((sizes) => ascending(sizes));
  return levels.map((level) => sorted.map((sizes) => quantile(sizes, level)));
}

/** The intervals of a model from the last origin on, in prices, and how they did at the earlier origins. */
export function intervalsOf(
  logPrices: Float64Array,
  origins: readonly Origin[],
  fitted: readonly Fitted[],
  { window, current, horizon }: { window: Float64Array; current: Fitted; horizon: number },
): Interval[] {
  const volatility = volatilities(logPrices);
  const around = (origin: Origin, model: Fitted) => {
    const past = volatility.subarray(origin.row - origin.window.length + 1, origin.row + 1);
    const widths = halfWidths(origin.window, model, past, horizon);
    return { path: model(origin.window)(origin.window.length - 1, horizon), widths, unit: volatility[origin.row]! };
  };
  const inside = levels.map(() => new Float64Array(horizon));
  const every = Math.ceil(origins.length / mostJudged);
  const judged = origins.flatMap((origin, i) =>
    (origins.length - 1 - i) % every === 0 ? [{ origin, model: fitted[i]! }] : [],
  );
  judged.forEach(({ origin, model }) => {
    const { path, widths, unit } = around(origin, model);
    widths.forEach((width, level) =>
      width.forEach((half, step) => {
        if (Math.abs(logPrices[origin.row + 1 + step]! - path[step]!) <= half * unit) inside[level]![step]! += 1;
      }),
    );
  });
  const { path, widths, unit } = around({ row: logPrices.length - 1, window }, current);
  return levels.map((level, i) => ({
    level,
    lower: Array.from(path, (value, step) => Math.exp(value - widths[i]![step]! * unit)),
    upper: Array.from(path, (value, step) => Math.exp(value + widths[i]![step]! * unit)),
    coverage: inside[i]!.reduce((sum, hits) => sum + hits, 0) / (horizon * judged.length),
    coverageAtEnd: inside[i]![horizon - 1]! / judged.length,
  }));
}
