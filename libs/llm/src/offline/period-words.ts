import type { Period } from './period';

/** " since 2015-01-01", " from … to …", or nothing: the period as the question gave it. */
export function describePeriod({ from, to, on }: Period): string {
  if (on !== undefined) return ` on ${on}`;
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` since ${from}`;
  return to === undefined ? '' : ` until ${to}`;
}
