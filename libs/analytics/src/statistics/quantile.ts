import type { Sample } from './moments';

/** Ascending copy. */
export const ascending = (values: Sample): Float64Array => new Float64Array(values).sort();

/** Quantile of an ascending sample with linear interpolation between ranks (Hyndman-Fan type 7, numpy's default). */
export function quantile(sorted: Sample, probability: number): number {
  const rank = probability * (sorted.length - 1);
  const below = Math.floor(rank);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (upper - lower) * (rank - below);
}
