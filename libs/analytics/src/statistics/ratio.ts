import { isNegligible } from './moments';

/** Null instead of a division by nothing or by rounding noise. */
export function ratio(numerator: number, denominator: number | null): number | null {
  if (denominator === null || isNegligible(Math.abs(denominator))) return null;
  return finite(numerator / denominator);
}

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
