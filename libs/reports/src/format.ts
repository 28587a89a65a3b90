import { markup, type Markup } from './markup';

type Figure = number | null | undefined;

/** A true minus sign is as wide as a digit; a rounded -0 is 0. */
function fixed(value: number, decimals: number): string {
  const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return /[1-9]/.test(text) ? text.replace('-', '\u2212') : text.replace('-', '');
}

/** Fewer decimals for what is large: nobody reads 1,234.56 %. */
export const percentText = (value: number): string =>
  `${fixed(value * 100, Math.abs(value) >= 10 ? 0 : Math.abs(value) >= 1 ? 1 : 2)}%`;
export const ratioText = (value: number): string => fixed(value, Math.abs(value) >= 100 ? 0 : 2);

/** A share as people write it: 25%, 12.5%, not 25.00%. */
export const shareText = (value: number): string =>
  percentText(value)
    .replace(/(\.\d*?)0+%$/, '$1%')
    .replace('.%', '%');

const undefinedFigure = markup`<abbr title="undefined for these data, see the warnings">n/a</abbr>`;

export const percent = (value: Figure): Markup =>
  typeof value === 'number' ? markup`${percentText(value)}` : undefinedFigure;
export const ratio = (value: Figure): Markup =>
  typeof value === 'number' ? markup`${ratioText(value)}` : undefinedFigure;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 2014-01-02 as 2 Jan 2014. */
export function day(date: string): string {
  const [year, month, dayOfMonth] = date.slice(0, 10).split('-').map(Number);
  return `${dayOfMonth} ${months[month! - 1]} ${year}`;
}

/** 2026-01-05T14:30:00.000Z as 5 Jan 2026, 14:30 UTC. */
export const instant = (time: string): string => `${day(time)}, ${time.slice(11, 16)} UTC`;

export const monthAndYear = (date: string): string => `${months[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}`;
