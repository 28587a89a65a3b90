import { percentText } from '../format';
import { isNarrow, roomFor, segment, textAt, type Chart, type Drawing, type Shape, type Tone } from './drawing';
import { linear } from './scale';

export interface BarRow {
  name: string;
  /** As many as there are series; null is undefined. */
  values: readonly (number | null)[];
}

export interface Bars extends Omit<Chart, 'draw' | 'description'> {
  /** Colour of each series below zero and above. */
  tones: readonly { below: Tone; above: Tone }[];
  rows: readonly BarRow[];
  /** Of each series, for the description. */
  names: readonly string[];
}

/** Horizontal bars from one zero, one below the other for each series. */
export function bars({ tones, rows, names, ...about }: Bars): Chart {
  const text = (value: number | null) => (value === null ? 'undefined' : percentText(value));
  const told = rows.map(({ name, values }) => {
    const figures = values.map((value, i) => `${names[i]} ${text(value)}`);
    return `${name}: ${figures.join(', ')}.`;
  });
  return { ...about, description: told.join(' '), draw: (width) => drawing(tones, rows, width) };
}

/** Less of each where there are many rows. */
const measuresFor = (rows: number) =>
  rows > 12 ? { bar: 10, barGap: 2, rowGap: 7, size: 10 } : { bar: 12, barGap: 3, rowGap: 10, size: 11 };

function drawing(tones: Bars['tones'], rows: Bars['rows'], width: number): Drawing {
  const { bar, barGap, rowGap, size } = measuresFor(rows.length);
  const left = nameRoom(rows, width);
  const x = scaleOf(rows, left, width);
  const block = tones.length * (bar + barGap);
  const shapes = rows.flatMap(({ name, values }, i): Shape[] => {
    const top = i * (block + rowGap) + rowGap / 2;
    const series = values.flatMap((value, k) => {
      const tone = tones[k]![(value ?? 0) < 0 ? 'below' : 'above'];
      return barOf({ name, value, tone, x, y: top + k * (bar + barGap), height: bar, size, right: width });
    });
    return [textAt([0, top + block / 2 + 3], shortened(name, left - nameGap), 'ink', { bold: true }), ...series];
  });
  const height = rows.length * (block + rowGap);
  const axis = segment([x(0), 0], [x(0), height], 'muted');
  return { width, height, shapes: [...shapes, axis] };
}

const nameGap = 12;
const boldRoom = (text: string): number => roomFor(text, undefined, { bold: true });

function nameRoom(rows: Bars['rows'], width: number): number {
  const longest = Math.max(...rows.map(({ name }) => boldRoom(name)));
  return Math.max(48, Math.min(longest, width * (isNarrow(width) ? 0.36 : 0.3)) + nameGap);
}

/** Leaves room for the figures at the ends of the bars, on the sides that have bars. */
function scaleOf(rows: Bars['rows'], left: number, width: number): (value: number) => number {
  const values = rows.flatMap((row) => row.values.map((value) => value ?? 0));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const room = Math.max(...values.map((value) => roomFor(percentText(value)))) + 8;
  const onlyLosses = high === 0 && low < 0;
  return linear(
    [low, onlyLosses ? 0 : Math.max(high, 1e-9)],
    [left + (low < 0 ? room : 0), width - (onlyLosses ? 8 : room)],
  );
}

interface Bar {
  name: string;
  value: number | null;
  tone: Tone;
  x: (value: number) => number;
  y: number;
  height: number;
  size: number;
  /** The edge of the drawing. */
  right: number;
}

function barOf({ name, value, tone, x, y, height, size, right }: Bar): Shape[] {
  const base = y + height - 2;
  if (value === null) return [textAt([x(0) - 6, base], '\u2013', 'muted', { anchor: 'end' })];
  const [from, to] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
  const text = percentText(value);
  const before = value < 0 || to + 6 + roomFor(text, size) > right;
  return [
    { kind: 'box', x: from, y, width: Math.max(to - from, 1), height, tone, radius: 2, hint: `${name}: ${text}` },
    before
      ? textAt([from - 6, base], text, 'muted', { anchor: 'end', size })
      : textAt([to + 6, base], text, 'muted', { size }),
  ];
}

function shortened(text: string, room: number): string {
  if (boldRoom(text) <= room) return text;
  let most = text.length - 1;
  while (most > 1 && boldRoom(`${text.slice(0, most)}\u2026`) > room) most--;
  return `${text.slice(0, most)}\u2026`;
}
