import { roomFor, segment, textAt, type Drawing, type Point, type Shape } from './drawing';
import { linear, ticks } from './scale';

export interface Tick {
  value: number;
  label: string;
  anchor?: 'start' | 'middle' | 'end';
}

export interface Axes {
  width: number;
  /** Of the whole drawing. */
  height: number;
  x: { from: number; to: number; ticks: readonly Tick[]; name?: string };
  y: { from: number; to: number; label: (value: number) => string; name?: string };
  /** Adds what is drawn inside, from the lowest layer to the highest. */
  plot: (place: (x: number, y: number) => Point, edges: Edges) => readonly Shape[];
}

export interface Edges {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const pixelsPerRow = 44;

/** A drawing with labelled axes and a grid. A range that begins or ends at zero keeps it as its edge, others get a little room. */
export function frame({ width, height, x, y, plot }: Axes): Drawing {
  const room = (y.to - y.from) * 0.04 || Math.abs(y.to) * 0.04 || 0.01;
  const [low, high] = [y.from === 0 ? 0 : y.from - room, y.to === 0 ? 0 : y.to + room];
  const rows = ticks(low, high, Math.round(height / pixelsPerRow)).map((value) => ({ value, label: y.label(value) }));
  const longest = Math.max(...rows.map(({ label }) => roomFor(label)));
  const edges: Edges = {
    left: Math.ceil(longest) + 12,
    right: width - 14,
    top: y.name === undefined ? 12 : 28,
    bottom: height - (x.name === undefined ? 28 : 46),
  };
  const toX = linear([x.from, x.to], [edges.left, edges.right]);
  const toY = linear([low, high], [edges.bottom, edges.top]);
  const place = (across: number, up: number): Point => [toX(across), toY(up)];
  return {
    width,
    height,
    shapes: [
      ...rows.flatMap(({ value, label }) => gridRow(toY(value), label, edges)),
      ...x.ticks.flatMap((tick) => columnMark(toX(tick.value), tick, edges)),
      ...axisNames(x.name, y.name, edges, height),
      ...plot(place, edges),
      segment([edges.left, edges.bottom], [edges.right, edges.bottom], 'muted'),
    ],
  };
}

const gridRow = (at: number, label: string, { left, right }: Edges): Shape[] => [
  segment([left, at], [right, at], 'rule'),
  textAt([left - 8, at + 4], label, 'muted', { anchor: 'end' }),
];

const columnMark = (at: number, { label, anchor = 'middle' }: Tick, { bottom }: Edges): Shape[] => [
  segment([at, bottom], [at, bottom + 5], 'muted'),
  textAt([at, bottom + 19], label, 'muted', { anchor }),
];

function axisNames(x: string | undefined, y: string | undefined, { left, right }: Edges, height: number): Shape[] {
  return [
    ...(x === undefined ? [] : [textAt([(left + right) / 2, height - 6], x, 'muted', { anchor: 'middle' })]),
    ...(y === undefined ? [] : [textAt([0, 13], y, 'muted')]),
  ];
}
