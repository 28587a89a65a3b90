import { percentText } from '../format';
import { isNarrow, roomFor, type Chart, type Shape, type Tone } from './drawing';
import { linear } from './scale';

export interface BarRow {
  name: string;
  /** As many as there are series; null is undefined. */
  values: readonly (number | null)[];
  hint?: string;
}

export interface Bars extends Omit<Chart, 'draw' | 'description'> {
  /** Colour of each series below zero and above. */
  tones: readonly { below: Tone; above: Tone }[];
  rows: readonly BarRow[];
  /** Of each series, for the description. */
  names: readonly string[];
  label?: (value: number) => string;
}

/** Horizontal bars from one zero, one below the other for each series. */
export function bars({ tones, rows, names, label = percentText, ...about }: Bars): Chart {
  const text = (value: number | null) => (value === null ? 'undefined' : label(value));
  const told = rows.map(({ name, values }) => `${name}: ${values.map((value, i) => `${names[i]} ${text(value)}`).join(', ')}.`); // prettier-ignore
  return { ...about, description: told.join(' '), draw: (width) => draw({ tones, rows, label, width }) };
}

/** Height of a bar, gap below it, gap between rows; less of each where there are many. */
const measuresFor = (rows: number): readonly [number, number, number] => (rows > 12 ? [9, 1, 7] : [12, 2, 10]);

function draw({
  tones,
  rows,
  label,
  width,
}: Pick<Bars, 'tones' | 'rows'> & { label: (value: number) => string; width: number }) {
  // prettier-ignore
  const [barHeight, barGap, rowGap] = measuresFor(rows.length);
  const size = barHeight < 12 ? 11 : 12;
  const values = rows.flatMap((row) => row.values.map((value) => value ?? 0));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const longest = Math.max(...rows.map(({ name }) => roomFor(name)));
  const left = Math.max(48, Math.min(longest, width * (isNarrow(width) ? 0.36 : 0.3)) + 12);
  const valueRoom = Math.max(...values.map((value) => roomFor(label(value)))) + 8;
  const x = linear([low, Math.max(high, low === 0 ? 1e-9 : high)], [left + (low < 0 ? valueRoom : 0), width - (high > 0 || low === 0 ? valueRoom : 8)]); // prettier-ignore
  const rowHeight = tones.length * (barHeight + barGap) + rowGap;
  const mostLetters = Math.floor((left - 10) / roomFor('x'));
  const shapes = rows.flatMap((row, i): Shape[] => {
    const top = i * rowHeight + rowGap / 2;
    const middle = top + (tones.length * (barHeight + barGap)) / 2 + 3;
    const name: Shape = { kind: 'text', at: [0, middle], text: shortened(row.name, mostLetters), tone: 'ink', bold: true }; // prettier-ignore
    return [name, ...row.values.flatMap((value, k) => bar(value, top + k * (barHeight + barGap), k, row))];
  });
  function bar(value: number | null, y: number, series: number, { name, hint }: BarRow): Shape[] {
    if (value === null) return [{ kind: 'text', at: [x(0) + (high > 0 ? 6 : -6), y + barHeight - 2], text: '\u2013', tone: 'muted', anchor: high > 0 ? 'start' : 'end' }]; // prettier-ignore
    const [start, end] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
    const tone = tones[series]![value < 0 ? 'below' : 'above'];
    const box: Shape = { kind: 'box', x: start, y, width: Math.max(end - start, 1), height: barHeight, tone, radius: 2, hint: hint ?? `${name}: ${label(value)}` }; // prettier-ignore
    const text: Shape = value < 0
      ? { kind: 'text', at: [start - 6, y + barHeight - 2], text: label(value), tone: 'muted', anchor: 'end', size }
      : { kind: 'text', at: [end + 6, y + barHeight - 2], text: label(value), tone: 'muted', size }; // prettier-ignore
    return [box, text];
  }
  const height = rows.length * rowHeight;
  return {
    width,
    height,
    shapes: [...shapes, { kind: 'line' as const, points: [[x(0), 0], [x(0), height]] as const, tone: 'muted' as const, width: 1 }], // prettier-ignore
  };
}

const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, Math.max(1, most - 1))}\u2026` : text;
