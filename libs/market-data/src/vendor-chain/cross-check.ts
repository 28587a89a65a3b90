import type { SourceQuote } from '../market-data-source';

export interface CrossCheckSettings {
  /** The share of fetched quotes that a second vendor is asked for too, from 0 to 1. */
  readonly share: number;
  /** How far apart two prices may be: 100 are one per cent of the first. */
  readonly basisPoints: number;
}

/** Prices further apart in time may differ for good reasons. */
const comparableMs = 15 * 60_000;

/** How far apart in basis points of the first; undefined where the two cannot be compared. */
export function differenceInBasisPoints(first: SourceQuote, second: SourceQuote): number | undefined {
  const apartMs = Math.abs(Date.parse(first.asOf) - Date.parse(second.asOf));
  if (first.currency !== second.currency || apartMs > comparableMs) return undefined;
  return (Math.abs(second.price - first.price) / first.price) * 10_000;
}
