import { normalQuantile } from './normal-distribution';

/** Uniform in [0, 1) with 32 bits, the same sequence for a seed on every machine: a Weyl sequence, mixed (mulberry32, public domain). */
export function seededUniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Random numbers of a seed in equally likely strata: one from each, so ascending, and far nearer to their distribution than as many without
 * strata. Normals are made when asked for, and kept.
 */
export class StratifiedRandom {
  readonly uniforms: Float64Array;
  private readonly normals: Float64Array;

  constructor(
    readonly seed: number,
    readonly strata: number,
  ) {
    const uniform = seededUniform(seed);
    // Never 0, of which the normal quantile is infinite.
    this.uniforms = Float64Array.from({ length: strata }, (_, i) => (i + Math.max(uniform(), 2 ** -33)) / strata);
    this.normals = new Float64Array(strata).fill(Number.NaN);
  }

  normal(stratum: number): number {
    const known = this.normals[stratum]!;
    return Number.isNaN(known) ? (this.normals[stratum] = normalQuantile(this.uniforms[stratum]!)) : known;
  }
}
