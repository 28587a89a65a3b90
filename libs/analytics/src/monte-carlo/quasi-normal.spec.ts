import { normalCumulative, normalQuantile } from '../statistics/normal-distribution';
import { batchesOf, batchOf, firstPathOf, pathsTogether } from './batches';
import { quasiNormal, quickNormalQuantile } from './quasi-normal';

describe('quasiNormal', () => {
  const [paths, batches] = [16_384, 8];
  /** Of the first path of each pair. */
  const values = (seed: number) =>
    Array.from({ length: paths / 2 }, (_, pair) => Math.floor(pair / 8) * 16 + (pair % 8)).map((path) =>
      quasiNormal(path, { seed, paths, batches }),
    );

  it('with its mirror image has exactly one value of each batch of 2048 in each 2048th of the distribution, also of its first halves', () => {
    const drawn = values(42);
    for (let batch = 0; batch < batches; batch++)
      for (const pairs of [1, 2, 16, 512, 1024]) {
        const firsts = drawn.slice(batch * 1024, batch * 1024 + pairs);
        const both = [...firsts, ...firsts.map((value) => -value)].map(normalCumulative);
        expect(new Set(both.map((u) => Math.floor(u * 2 * pairs))).size).toBe(2 * pairs);
      }
  });

  it('begins a pair on either side as often', () => {
    const above = values(42).filter((value) => value > 0).length;
    expect(Math.abs(above - 4096)).toBeLessThan(5 * Math.sqrt(8192 / 4));
  });

  it('differs between batches and between seeds', () => {
    const firsts = [1, 2, 3].flatMap((seed) =>
      Array.from({ length: batches }, (_, batch) => quasiNormal(batch * 2048, { seed, paths, batches })),
    );
    expect(new Set(firsts).size).toBe(24);
  });

  it('is uniform within a cell: the place of a value there depends on its scrambling', () => {
    const places = Array.from({ length: 2000 }, (_, seed) =>
      normalCumulative(quasiNormal(5, { seed, paths, batches })),
    );
    const mean = places.reduce((sum, place) => sum + place, 0) / 2000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / 2000));
  });
});

describe('quickNormalQuantile', () => {
  it('is the quantile to 2e-7, relative to its size, also far out', () => {
    const probabilities = [2e-10, 1e-8, 1e-5, 1e-3, 0.02, 0.0749, 0.0751, 0.3, 0.5, 0.77, 0.99, 1 - 1e-9];
    for (const probability of probabilities) {
      const exact = normalQuantile(probability);
      expect(Math.abs(quickNormalQuantile(probability) - exact)).toBeLessThan(2e-7 * Math.max(1, Math.abs(exact)));
    }
  });
});

describe('batchOf', () => {
  it.each([250, 1000, 9999, 100_000])('puts each of %d paths into the batch that begins before it', (paths) => {
    const batches = Math.max(1, batchesOf(paths));
    for (let path = 0; path < paths; path += 7) {
      const { batch, first } = batchOf(path, paths, batches);
      expect(first).toBe(firstPathOf(batch, paths, batches));
      expect(first).toBeLessThanOrEqual(path);
      expect(first % pathsTogether).toBe(0);
      expect(firstPathOf(batch + 1, paths, batches)).toBeGreaterThan(path);
    }
  });
});
