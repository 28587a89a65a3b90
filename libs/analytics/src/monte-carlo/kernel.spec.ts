import { readFileSync } from 'node:fs';
import { normalCumulative } from '../statistics/normal-distribution';
import { Kernel } from './kernel';

const reference = JSON.parse(
  readFileSync(new URL('../../reference/monte-carlo/values.json', import.meta.url), 'utf8'),
) as { kernelNormals: { seed: number; block: number; values: number[] } };

const perBlock = 1 << 16;

/** Normal values of some blocks, in the order in which the kernel makes them: pairs of vectors of four lanes. */
function normals(seed: number, blocks: readonly number[]): Float32Array {
  const kernel = new Kernel();
  const at = kernel.room(perBlock * 4);
  const all = new Float32Array(blocks.length * perBlock);
  blocks.forEach((block, i) => {
    kernel.exports.seedStreams(seed, block);
    kernel.exports.fillNormals(at, perBlock / 4);
    all.set(kernel.floats(at, perBlock), i * perBlock);
  });
  return all;
}
const blocks = Array.from({ length: 24 }, (_, i) => i);
const sample = normals(42, blocks); // 1.6 million
const count = sample.length;
const average = (of: (value: number, i: number) => number, from = 0) => {
  let total = 0;
  for (let i = from; i < count; i++) total += of(sample[i]!, i);
  return total / (count - from);
};
/** Of an average of values with this variance, in standard errors: under 4.5 but for one time in 150 000. */
const deviations = (mean: number, expected: number, variance: number) =>
  Math.abs(mean - expected) / Math.sqrt(variance / count);
const unlikely = 4.5;

describe('the normal values of the kernel', () => {
  it('are those of an independent computation from the same streams', () => {
    const { seed, block, values } = reference.kernelNormals; // numpy, double precision: simulate.py
    const mine = normals(seed, [block]);
    values.forEach((value, i) => expect(Math.abs(mine[i]! - value)).toBeLessThan(3e-6));
  });

  it('have the moments of the normal distribution, up to the sixth', () => {
    const variances = [1, 2, 15, 96, 945, 10_170]; // of z^k: E z^2k - (E z^k)^2
    const expected = [0, 1, 0, 3, 0, 15];
    variances.forEach((variance, i) =>
      expect(
        deviations(
          average((z) => z ** (i + 1)),
          expected[i]!,
          variance,
        ),
      ).toBeLessThan(unlikely),
    );
  });

  it('fill 256 cells of equal probability evenly', () => {
    const cells = new Uint32Array(256);
    for (const z of sample.subarray(0, 1 << 20)) cells[Math.min(255, Math.floor(normalCumulative(z) * 256))]!++;
    const expected = (1 << 20) / 256;
    const chiSquared = cells.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeGreaterThan(160); // chi-squared with 255 degrees of freedom: 1e-6 on either side
    expect(chiSquared).toBeLessThan(372);
  });

  it.each([1, 2, 3, 4, 4.5])('have the tails of the normal distribution beyond %d', (limit) => {
    const tail = normalCumulative(-limit);
    for (const side of [1, -1]) {
      const share = average((z) => (z * side > limit ? 1 : 0));
      expect(deviations(share, tail, tail * (1 - tail))).toBeLessThan(unlikely + 1);
    }
  });

  it.each([1, 2, 3, 4, 5, 7, 8, 16, 64, perBlock])('do not depend on the value %d places before', (lag) => {
    // Of z z', and of z^2 z'^2 about 1: the second sees two values that come of one radius.
    expect(
      deviations(
        average((z, i) => z * sample[i - lag]!, lag),
        0,
        1,
      ),
    ).toBeLessThan(unlikely);
    const squares = average((z, i) => (z * z - 1) * (sample[i - lag]! ** 2 - 1), lag);
    expect(deviations(squares, 0, 4)).toBeLessThan(unlikely);
    const sizes = average((z, i) => (Math.abs(z) > 2 && Math.abs(sample[i - lag]!) > 2 ? 1 : 0), lag);
    const both = (2 * normalCumulative(-2)) ** 2;
    expect(deviations(sizes, both, both * (1 - both))).toBeLessThan(unlikely);
  });

  it('are finite, and different with every seed and block', () => {
    expect(sample.every(Number.isFinite)).toBe(true);
    const starts = [1, 2, 3, 4_294_967_295].flatMap((seed) =>
      [0, 1, 2, 4_294_967_295].map((block) => normals(seed, [block])[0]!),
    );
    expect(new Set(starts).size).toBe(16);
  });
});
