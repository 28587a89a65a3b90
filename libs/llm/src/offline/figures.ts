/**
 * Figures as text. Only rounding, no arithmetic beyond the shift of a percentage: whoever checks an answer finds each number
 * in a tool result. An undefined figure is "n/a".
 */
const undefinedFigure = 'n/a';

const grouped = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: 'negative', // what is rounded to nothing has no sign
  });

/** A fraction as percent: one decimal, two below ten percent. Losses given as positive numbers stay positive. */
export function percent(fraction: number | null): string {
  if (fraction === null) return undefinedFigure;
  const points = fraction * 100;
  return `${grouped(points, Math.abs(points) < 9.995 ? 2 : 1)}%`;
}

/** The same with a sign for gains too. */
export const signedPercent = (fraction: number | null): string =>
  fraction !== null && fraction > 0 ? `+${percent(fraction)}` : percent(fraction);

/** The size of a move, already in percent; words beside it say the direction. */
export const percentPoints = (points: number | null): string =>
  points === null ? undefinedFigure : `${grouped(Math.abs(points), 2)}%`;

export const ratio = (value: number | null): string => (value === null ? undefinedFigure : grouped(value, 2));

export const count = (value: number): string => grouped(value, 0);

/** A price: cents, more decimals for small ones. */
export function money(value: number, currency: string): string {
  const decimals = Math.abs(value) < 1 ? 4 : 2;
  return currency === 'USD' ? `$${grouped(value, decimals)}` : `${grouped(value, decimals)} ${currency}`;
}

export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1] ?? ''}`;
