import type { Fitted } from './models';

export interface TrendParameters {
  /** Weight of the newest value in the level. */
  readonly alpha: number;
  /** Weight of the newest change of level in the trend. */
  readonly beta: number;
  /** What is left of the trend a day later. */
  readonly phi: number;
}

const alphas = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1];
const betas = [0.005, 0.02, 0.05, 0.1, 0.2, 0.4];
const phis = [0.8, 0.9, 0.95, 0.98];
const grid = alphas.flatMap((alpha) => betas.flatMap((beta) => phis.map((phi) => ({ alpha, beta, phi }))));

interface States {
  readonly levels: Float64Array;
  readonly trends: Float64Array;
  readonly squaredErrors: number;
}

/** Holt's linear smoothing with a damped trend (Gardner and McKenzie 1985), begun at the first value without a trend. */
export function smoothedStates(window: Float64Array, { alpha, beta, phi }: TrendParameters): States {
  const levels = new Float64Array(window.length);
  const trends = new Float64Array(window.length);
  let level = window[0]!;
  let trend = 0;
  let squaredErrors = 0;
  levels[0] = level;
  for (let row = 1; row < window.length; row++) {
    const expected = level + phi * trend;
    const error = window[row]! - expected;
    squaredErrors += error * error;
    const next = expected + alpha * error;
    trend = beta * (next - level) + (1 - beta) * phi * trend;
    level = next;
    levels[row] = level;
    trends[row] = trend;
  }
  return { levels, trends, squaredErrors };
}

/** The parameters of a grid with the smallest squared errors one day ahead. */
function bestParameters(window: Float64Array): TrendParameters {
  let best = grid[0]!;
  let least = Infinity;
  for (let i = 0; i < grid.length; i += 2) {
    const pair = [grid[i]!, grid[i + 1]!] as const;
    const errors = squaredErrorsOfPair(window, ...pair);
    for (const side of [0, 1] as const) if (errors[side] < least) [least, best] = [errors[side], pair[side]];
  }
  return best;
}

/** `squaredErrors` of `smoothedStates` for two parameters at once: each step waits for the one before it, but not for the other's. */
function squaredErrorsOfPair(window: Float64Array, a: TrendParameters, b: TrendParameters): [number, number] {
  let [levelA, trendA, squaresA] = [window[0]!, 0, 0];
  let [levelB, trendB, squaresB] = [window[0]!, 0, 0];
  for (let row = 1; row < window.length; row++) {
    const value = window[row]!;
    const dampedA = a.phi * trendA;
    const dampedB = b.phi * trendB;
    const errorA = value - (levelA + dampedA);
    const errorB = value - (levelB + dampedB);
    squaresA += errorA * errorA;
    squaresB += errorB * errorB;
    // The level moves by the damped trend and alpha of the error; beta of that movement goes into the trend.
    const movedA = dampedA + a.alpha * errorA;
    const movedB = dampedB + b.alpha * errorB;
    trendA = dampedA + a.beta * (movedA - dampedA);
    trendB = dampedB + b.beta * (movedB - dampedB);
    levelA += movedA;
    levelB += movedB;
  }
  return [squaresA, squaresB];
}

export const trendForecaster =
  (parameters: TrendParameters): Fitted =>
  (window) => {
    const { levels, trends } = smoothedStates(window, parameters);
    return (row, horizon) => {
      let damping = 0;
      return Float64Array.from({ length: horizon }, (_, step) => {
        damping += parameters.phi ** (step + 1);
        return levels[row]! + damping * trends[row]!;
      });
    };
  };

export const dampedTrend = (window: Float64Array): Fitted => trendForecaster(bestParameters(window));
