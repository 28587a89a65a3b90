import { dayNumber } from './day-number';

/** The longest gap in days that still is that many periods in a year. */
const spacings = [
  { days: 5, periods: 252 },
  { days: 15, periods: 52 },
  { days: 45, periods: 12 },
  { days: 135, periods: 4 },
];

/**
 * Periods in a year from the spacing of ISO dates: 252 for daily (trading days), 52 weekly, 12 monthly, 4 quarterly, 1 yearly.
 * The median gap decides, so that holidays and a missing stretch do not.
 */
export function periodsPerYear(dates: readonly string[]): number {
  if (dates.length < 2) return spacings[0]!.periods;
  const half = (dates.length - 1) >> 1;
  const within = spacings.map(() => 0);
  let day = dayNumber(dates[0]!);
  // Whatever comes after, more than half of the gaps are the shortest.
  for (let i = 1; i < dates.length && within[0]! <= half; i++) {
    const next = dayNumber(dates[i]!);
    for (let k = 0; k < spacings.length; k++) if (next - day <= spacings[k]!.days) within[k]!++;
    day = next;
  }
  return spacings.find((_, k) => within[k]! > half)?.periods ?? 1;
}
