import { batchOf, pathsTogether } from './batches';

/**
 * Normal values that fill the distribution more evenly than random ones: the quantiles of van der Corput's sequence in base 2 (the first
 * dimension of Sobol's), scrambled as Owen (1995) with the hash of Laine and Karras (2011). Every batch has a scrambling of its own, so
 * batches are independent and their spread tells the error.
 * `path`: the first of a pair; the other has the value with the other sign. The pair's distance from the centre is drawn evenly, by chance the side of
 * the first: all paths together have one value in each of as many parts of the distribution.
 */
export function quasiNormal(
  path: number,
  { seed, paths, batches }: { seed: number; paths: number; batches: number },
): number {
  const { batch, first } = batchOf(path, paths, batches);
  const pair = firstsBefore(path) - firstsBefore(first);
  // Scrambling works on the digits from the last; reversed once, they are those of van der Corput's number.
  const scrambled = reversedBits(permuted(pair, hashed(seed, batch)));
  const lower = quickNormalQuantile((scrambled + 0.5) / 2 ** 33);
  return scrambled % 2 === 0 ? lower : -lower;
}

/** How many paths before this one are the first of a pair: the first half of those that are drawn together. */
const firstsBefore = (path: number): number =>
  Math.floor(path / pathsTogether) * (pathsTogether / 2) + (path % (pathsTogether / 2));

/** Each bit is flipped or not by those below it alone: a nested permutation of the digits. */
function permuted(index: number, seed: number): number {
  let x = (index + seed) | 0;
  x ^= Math.imul(x, 0x6c50b47c);
  x ^= Math.imul(x, 0xb82f1e52);
  x ^= Math.imul(x, 0xc7afe638);
  x ^= Math.imul(x, 0x8d22f6e6);
  return x;
}

function reversedBits(value: number): number {
  let x = value;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return ((x >>> 16) | (x << 16)) >>> 0;
}

/** Two numbers into one that looks like neither (the finaliser of MurmurHash3). */
function hashed(seed: number, batch: number): number {
  let x = (seed ^ Math.imul(batch + 1, 0x9e3779b9)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Quantile of the standard normal distribution to 1e-7 (Wichura 1988, algorithm AS 241, PPND7): enough for single precision, and quick. */
export function quickNormalQuantile(probability: number): number {
  const centred = probability - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    const above = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    return (centred * above) / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const root = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)));
  const size = root <= 5 ? nearTail(root - 1.6) : farTail(root - 5);
  return centred < 0 ? -size : size;
}

const nearTail = (r: number): number =>
  (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
  ((0.12021132975 * r + 0.7370016425) * r + 1);

const farTail = (r: number): number =>
  (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) /
  ((0.012258202635 * r + 0.24197894225) * r + 1);
