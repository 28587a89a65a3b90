import type { Sample } from './moments';

/** Values in ascending order by rank: a sorted array, or order statistics made on demand. */
interface Ranked {
  readonly length: number;
  at: (rank: number) => number | undefined;
}

/** Ascending copy. */
export const ascending = (values: Sample): Float64Array => new Float64Array(values).sort();

/** Quantile of an ascending sample with linear interpolation between ranks (Hyndman-Fan type 7, numpy's default). */
export function quantile(sorted: Ranked, probability: number): number {
  const rank = probability * (sorted.length - 1);
  const below = Math.floor(rank);
  const lower = sorted.at(below)!;
  const upper = sorted.at(Math.min(below + 1, sorted.length - 1))!;
  return lower + (upper - lower) * (rank - below);
}
