/** Shocks from a normal or Student distribution: an asset returns its constant + slope * f(y), y = L z. */
export interface GaussianDynamics {
  readonly kind: 'gaussian';
  /** Even: an odd number of assets is filled up with one that nothing moves. */
  readonly assets: number;
  /** L by pairs of rows, column by column up to the diagonal of the second. */
  readonly triangle: Float32Array;
  readonly slopes: Float32Array;
  readonly constants: Float32Array;
  /** Where weights are kept: the sum of the weighted constants. */
  readonly constant: number;
  /** f(y) = exp(y 2^doublings) - 1, unless there are degrees of freedom: then f(y) = y * sqrt((n - 2) / chi-squared). */
  readonly doublings: number;
  readonly degreesOfFreedom: number;
}

/** Days drawn from a table of past ones. */
export interface ResampledDynamics {
  readonly kind: 'resampled';
  readonly assets: number;
  /** Row by row: returns, or standardised residuals where there is a volatility. */
  readonly table: Float32Array;
  readonly rows: number;
  /** Consecutive rows that are drawn together. */
  readonly blockLength: number;
  /** An asset: mean, omega, alpha, beta of GARCH(1,1), and the variance of the first step. */
  readonly volatility?: Float32Array;
}

/** All that a simulation needs; it can be sent to a thread. The same plan gives the same paths, bit for bit. */
export interface SimulationPlan {
  readonly seed: number;
  readonly paths: number;
  readonly steps: number;
  /** Steps at which the fan is taken, ascending; the last is `steps`. */
  readonly fanSteps: Int32Array;
  /** Shares are held, without trades; otherwise the portfolio is brought back to its weights at every step. */
  readonly sharesHeld: boolean;
  /**
   * Not 0: the first asset is the portfolio itself, without weight, and what moves it over all steps is drawn evenly instead of at random,
   * anew in each of so many batches of paths. Normal and Student models only.
   */
  readonly quasiBatches: number;
  /** At the start, of `dynamics.assets` assets. */
  readonly weights: Float32Array;
  readonly dynamics: GaussianDynamics | ResampledDynamics;
}

/** Paths that share their streams of random numbers: the piece of work of a thread. */
export const pathsPerBlock = 256;
/** Beyond so many paths the fan would not become finer to the eye; it is then taken from the first of them. */
const mostFanPaths = 512 * pathsPerBlock;

export const blocksOf = ({ paths }: SimulationPlan): number => Math.ceil(paths / pathsPerBlock);

/** What is kept of the paths: where each ends, its deepest fall, and where it is at the days of the fan but the last. */
export interface SimulatedPaths {
  readonly terminal: Float32Array;
  readonly deepestFall: Float32Array;
  readonly fan: readonly Float32Array[];
}

const keptValues = ({ paths, fanSteps }: SimulationPlan): number =>
  2 * paths + (fanSteps.length - 1) * Math.min(paths, mostFanPaths);

export const bytesOf = (plan: SimulationPlan): number => keptValues(plan) * Float32Array.BYTES_PER_ELEMENT;

/** Views into one memory, which threads may share. */
export function pathsIn(buffer: ArrayBufferLike, plan: SimulationPlan): SimulatedPaths {
  const { paths, fanSteps } = plan;
  const width = Math.min(paths, mostFanPaths);
  const view = (from: number, count: number) => new Float32Array(buffer, from * Float32Array.BYTES_PER_ELEMENT, count);
  return {
    terminal: view(0, paths),
    deepestFall: view(paths, paths),
    fan: Array.from({ length: fanSteps.length - 1 }, (_, day) => view(2 * paths + day * width, width)),
  };
}
