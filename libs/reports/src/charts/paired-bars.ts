import { percentText } from '../format';
import { markup, type Markup } from '../markup';
import { linear, pixel } from './scale';

export interface Pair {
  name: string;
  first: number;
  second: number | null;
}

const row = 44;
const bar = 14;

/** Two horizontal bars per name on one axis from zero, once for wide and once for narrow screens. */
export const pairedBars = (title: string, labels: readonly [string, string], pairs: readonly Pair[]): Markup =>
  markup`${(
    [
      ['wide', 760],
      ['narrow', 350],
    ] as const
  ).map(([className, width]) => drawing(title, labels, pairs, className, width))}`;

function drawing(
  title: string,
  labels: readonly [string, string],
  pairs: readonly Pair[],
  className: string,
  width: number,
): Markup {
  const values = pairs.flatMap(({ first, second }) => [first, second ?? 0]);
  const left = Math.max(56, Math.max(...pairs.map(({ name }) => name.length)) * 7.6 + 14);
  const low = Math.min(0, ...values);
  const x = linear([low, Math.max(...values, 1e-9)], [left + (low < 0 ? 52 : 0), width - 58]);
  const one = (value: number | null, y: number, name: string) => {
    if (value === null) return markup`<text x="${pixel(x(0) + 6)}" y="${y + 11}">n/a</text>`;
    const [from, to] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
    const text = value < 0 ? markup`x="${pixel(from - 6)}" text-anchor="end"` : markup`x="${pixel(to + 6)}"`;
    return markup`<rect class="${name}" x="${pixel(from)}" y="${y}" width="${pixel(Math.max(to - from, 1))}" height="${bar}" rx="2"/><text ${text} y="${y + 11}">${percentText(value)}</text>`;
  };
  const id = `bars-${className}`;
  const height = pairs.length * row + 4;
  return markup`<svg class="chart ${className}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${pairs.map(({ name, first, second }) => `${name}: ${labels[0]} ${percentText(first)}, ${labels[1]} ${second === null ? 'undefined' : percentText(second)}. `)}</desc>
${pairs.map(
  ({ name, first, second }, i) =>
    markup`<text class="name" x="0" y="${i * row + 24}">${name}</text>${one(first, i * row + 4, 'first')}${one(second, i * row + 6 + bar, 'second')}`,
)}
<line class="axis" x1="${pixel(x(0))}" x2="${pixel(x(0))}" y1="0" y2="${height}"/></svg>`;
}
