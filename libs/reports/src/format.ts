const formats = new Map<number, Intl.NumberFormat>();

function formatOf(decimals: number): Intl.NumberFormat {
  const known = formats.get(decimals);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  formats.set(decimals, made);
  return made;
}

/** A true minus sign is as wide as a digit; a rounded -0 is 0. */
function fixed(value: number, decimals: number): string {
  const text = formatOf(decimals).format(value);
  return /[1-9]/.test(text) ? text.replace('-', '\u2212') : text.replace('-', '');
}

/** Fewer decimals for what is large: nobody reads 1,234.56 %. */
export const percentText = (value: number): string =>
  `${fixed(value * 100, Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2)}%`;
export const ratioText = (value: number): string => fixed(value, Math.abs(value) >= 100 ? 0 : 2);
export const countText = (value: number): string => fixed(value, 0);
/** A p-value, which is never quite 0. */
export const pValueText = (value: number): string => (value < 0.0005 ? '< 0.001' : fixed(value, 3));

/** A share as people write it: 25%, 12.5%, not 25.00%. */
export const shareText = (value: number): string =>
  percentText(value)
    .replace(/(\.\d*?)0+%$/, '$1%')
    .replace('.%', '%');

export const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** 2014-01-02 as 2 Jan 2014. */
export function day(date: string): string {
  const [year, month, dayOfMonth] = date.slice(0, 10).split('-').map(Number);
  return `${dayOfMonth} ${months[month! - 1]} ${year}`;
}

/** 2026-01-05T14:30:00.000Z as 5 Jan 2026, 14:30 UTC. */
export const instant = (time: string): string => `${day(time)}, ${time.slice(11, 16)} UTC`;

export const monthAndYear = (date: string): string => `${months[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}`;
