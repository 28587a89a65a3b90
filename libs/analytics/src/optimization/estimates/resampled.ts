import { splitMix } from '../random';
import { covarianceSpan, decayOf, returnSpan } from './exponential-weights';
import type { EstimationBasis, EstimationSettings } from './estimates';
import { deviationsOf } from './sample-moments';

/** Sums over the periods of one block, each weighted with decay^(periods to its end). */
interface BlockSums {
  readonly weight: number;
  readonly decay: number;
  readonly first: Float64Array[];
  /** Lower triangles. */
  readonly second: Float64Array[];
}

/**
 * Bootstrap of disjoint blocks (Carlstein 1986): blocks of consecutive periods drawn with replacement and put one after the other. Moments are
 * sums over blocks, so a draw adds up what was summed once instead of going over the periods again. Periods that fill no block, the
 * oldest, are not drawn.
 */
export class Resampling {
  /** Periods in a block, the cube root of all: so many that follow each other stay together. */
  readonly length: number;
  readonly blocks: number;
  private readonly count: number;
  private readonly means: Float64Array;
  private readonly plain: BlockSums;
  private readonly covariances: BlockSums | undefined;
  private readonly recent: BlockSums | undefined;
  private readonly random: () => number;

  constructor(
    series: readonly Float64Array[],
    { covariance, expectedReturns }: Pick<EstimationSettings, 'covariance' | 'expectedReturns'>,
    seed: number,
  ) {
    this.count = series[0]!.length;
    this.length = Math.max(1, Math.round(Math.cbrt(this.count)));
    this.blocks = Math.floor(this.count / this.length);
    const deviations = deviationsOf(series);
    this.means = Float64Array.from(series, (each, i) => each[0]! - deviations[i]![0]!);
    const sums = (decay: number) => blockSums(deviations, this.length, decay);
    this.plain = sums(1);
    if (covariance === 'exponential') this.covariances = sums(decayOf(covarianceSpan));
    if (expectedReturns === 'exponential') this.recent = sums(decayOf(returnSpan));
    this.random = splitMix(seed);
  }

  /** The blocks of the next draw, in order. */
  draw(): Uint32Array {
    return Uint32Array.from({ length: this.blocks }, () => Math.floor((this.random() / 2 ** 32) * this.blocks));
  }

  /** How often each period is in a draw. */
  countsOf(draw: Uint32Array): Float64Array {
    const counts = new Float64Array(this.count);
    const oldest = this.count - this.blocks * this.length;
    for (const block of draw) for (let t = 0; t < this.length; t++) counts[oldest + block * this.length + t]! += 1;
    return counts;
  }

  /** What the estimators need, of the periods of a draw. */
  basisOf(draw: Uint32Array): EstimationBasis {
    const n = this.means.length;
    const count = this.blocks * this.length;
    const { first, second } = totalOf(this.plain, draw);
    const covariance = spread(second, first, first, n).map((each) => (each * count) / (count - 1));
    const basis = { sample: { count, mean: this.means.map((each, i) => each + first[i]!), covariance } };
    const recent = this.recent && totalOf(this.recent, draw).first.map((each, i) => this.means[i]! + each);
    const weighted = this.covariances && totalOf(this.covariances, draw);
    return {
      ...basis,
      ...(recent && { exponentialMean: recent.subarray(0, n - 1) }),
      ...(weighted && {
        exponentialCovariance: spread(weighted.second, weighted.first, first, n - 1),
      }),
    };
  }
}

function blockSums(deviations: readonly Float64Array[], length: number, decay: number): BlockSums {
  const n = deviations.length;
  const count = deviations[0]!.length;
  const blocks = Math.floor(count / length);
  const first: Float64Array[] = [];
  const second: Float64Array[] = [];
  for (let block = 0; block < blocks; block++) {
    const sums = new Float64Array(n);
    const products = new Float64Array((n * (n + 1)) / 2);
    const begin = count - (blocks - block) * length;
    for (let t = begin; t < begin + length; t++) {
      const weight = decay ** (begin + length - 1 - t);
      for (let i = 0, at = 0; i < n; i++) {
        const value = weight * deviations[i]![t]!;
        sums[i]! += value;
        for (let j = 0; j <= i; j++) products[at++]! += value * deviations[j]![t]!;
      }
    }
    first.push(sums);
    second.push(products);
  }
  const weight = decay === 1 ? length : (1 - decay ** length) / (1 - decay);
  return { weight, decay: decay ** length, first, second };
}

/** Weighted means over the periods of a draw. */
function totalOf({ weight, decay, first, second }: BlockSums, draw: Uint32Array) {
  const firsts = new Float64Array(first[0]!.length);
  const seconds = new Float64Array(second[0]!.length);
  let total = 0;
  for (let k = draw.length - 1, factor = 1; k >= 0; k--, factor *= decay) {
    total += factor * weight;
    const [a, b] = [first[draw[k]!]!, second[draw[k]!]!];
    for (let i = 0; i < firsts.length; i++) firsts[i]! += factor * a[i]!;
    for (let i = 0; i < seconds.length; i++) seconds[i]! += factor * b[i]!;
  }
  return { first: firsts.map((each) => each / total), second: seconds.map((each) => each / total) };
}

/** Mean of (x - c)(x - c)' from means of x x' and x, c the centre; the square of the first n. */
function spread(second: Float64Array, first: Float64Array, centre: Float64Array, n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j <= i; j++, at++) {
      const value = second[at]! - centre[i]! * first[j]! - first[i]! * centre[j]! + centre[i]! * centre[j]!;
      matrix[i * n + j] = matrix[j * n + i] = value;
    }
  return matrix;
}
