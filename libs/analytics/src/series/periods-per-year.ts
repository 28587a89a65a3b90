const millisecondsPerDay = 86_400_000;

/**
 * Periods in a year from the spacing of ISO dates: 252 for daily (trading days), 52 weekly, 12 monthly, 4 quarterly, 1 yearly.
 * The median gap decides, so that holidays and a missing stretch do not.
 */
export function periodsPerYear(dates: readonly string[]): number {
  const days = dates.map((date) => Date.parse(date) / millisecondsPerDay);
  const gaps = days.slice(1).map((day, i) => day - days[i]!);
  const median = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 1;
  if (median <= 5) return 252;
  if (median <= 15) return 52;
  if (median <= 45) return 12;
  return median <= 135 ? 4 : 1;
}
