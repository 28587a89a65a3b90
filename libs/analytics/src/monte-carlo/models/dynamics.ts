import { mean } from '../../statistics/moments';
import { fitGarch } from './garch';
import { lowerCovariances, lowerTriangle } from './lower-triangle';
import type { GaussianDynamics, ResampledDynamics } from '../simulation-plan';
import { degreesOfFreedom } from './student-freedom';

/** What is simulated: the assets when shares are held, or the portfolio as one where its own returns say all. */
export interface Simulated {
  readonly series: readonly Float64Array[];
  readonly weights: readonly number[];
  readonly sharesHeld: boolean;
}

/** The kernel's exponential is made for shocks of up to this; larger ones are halved and their growth squared again. */
const largestShock = 0.25;
const deviationsOfAShock = 7;
const daysOfABlock = 21;
const leastBlocks = 4;

/** Correlated geometric Brownian motion: log returns are normal, with the sample's means and covariances. */
export function lognormal({ series, weights, sharesHeld }: Simulated): GaussianDynamics {
  const logs = series.map((returns) => returns.map(Math.log1p));
  const lower = lowerTriangle(lowerCovariances(logs));
  const largest = Math.max(...lower.map((row) => Math.hypot(...row)));
  const doublings = Math.max(0, Math.ceil(Math.log2((deviationsOfAShock * largest) / largestShock)));
  const constants = logs.map((values) => Math.expm1(mean(values)));
  const scaled = lower.map((row) => row.map((value) => value / 2 ** doublings));
  const slopes = constants.map((constant) => 1 + constant);
  return gaussian({ weights, sharesHeld, lower: scaled, constants, slopes, doublings, degreesOfFreedom: 0 });
}

/** Multivariate Student-t: simple returns, with the sample's means and covariances and tails that are common to all assets. */
export function student({ series, weights, sharesHeld }: Simulated): GaussianDynamics {
  const lower = lowerTriangle(lowerCovariances(series));
  const [constants, slopes] = [series.map(mean), series.map(() => 1)];
  const freedom = degreesOfFreedom(series, lower);
  return gaussian({ weights, sharesHeld, lower, constants, slopes, doublings: 0, degreesOfFreedom: freedom });
}

/** Circular block bootstrap (Politis and Romano 1992): whole months of the past, all assets together. */
export function bootstrap({ series }: Simulated): ResampledDynamics {
  const rows = series[0]!.length;
  const blockLength = Math.max(1, Math.min(daysOfABlock, Math.floor(rows / leastBlocks)));
  return { kind: 'resampled', assets: series.length, rows, blockLength, table: tableOf(series) };
}

/**
 * Filtered historical simulation (Barone-Adesi, Giannopoulos, Vosper 1999): GARCH(1,1) residuals of a day drawn for all assets
 * together, scaled by a volatility that starts at today's and moves with the path.
 */
export function filteredHistorical({ series }: Simulated): ResampledDynamics {
  const fits = series.map(fitGarch);
  return {
    kind: 'resampled',
    assets: series.length,
    rows: series[0]!.length,
    blockLength: 1,
    table: tableOf(fits.map(({ residuals }) => residuals)),
    volatility: Float32Array.from(
      fits.flatMap(({ mean: centre, omega, alpha, beta, nextVariance }) => [centre, omega, alpha, beta, nextVariance]),
    ),
  };
}

interface GaussianParts extends Pick<Simulated, 'weights' | 'sharesHeld'> {
  readonly lower: readonly (readonly number[])[];
  readonly constants: readonly number[];
  readonly slopes: readonly number[];
  readonly doublings: number;
  readonly degreesOfFreedom: number;
}

/** As the kernel wants it: rows in pairs, the last filled up with an asset that nothing moves. */
function gaussian({ weights, sharesHeld, lower, ...parts }: GaussianParts): GaussianDynamics {
  const assets = lower.length + (lower.length % 2);
  const triangle: number[] = [];
  for (let row = 0; row < assets; row += 2)
    for (let column = 0; column <= row + 1; column++)
      triangle.push(lower[row]![column] ?? 0, lower[row + 1]?.[column] ?? 0);
  const share = (i: number) => (sharesHeld ? 1 : weights[i]!);
  const filled = (values: readonly number[]) =>
    Float32Array.from({ length: assets }, (_, i) => (i < values.length ? share(i) * values[i]! : 0));
  return {
    kind: 'gaussian',
    assets,
    triangle: Float32Array.from(triangle),
    slopes: filled(parts.slopes),
    constants: filled(parts.constants),
    constant: sharesHeld ? 0 : parts.constants.reduce((sum, constant, i) => sum + weights[i]! * constant, 0),
    doublings: parts.doublings,
    degreesOfFreedom: parts.degreesOfFreedom,
  };
}

function tableOf(series: readonly Float64Array[]): Float32Array {
  const table = new Float32Array(series.length * series[0]!.length);
  series.forEach((values, asset) => values.forEach((value, row) => (table[row * series.length + asset] = value)));
  return table;
}
