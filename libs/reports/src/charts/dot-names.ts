import { roomFor, textAt, type Point, type Shape, type Tone } from './drawing';
import type { Edges } from './frame';

export interface NamedDot {
  name: string;
  tone: Tone;
  at: Point;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const size = 11;

const around = ([x, y]: Point, radius: number): Box => ({
  x: x - radius,
  y: y - radius,
  width: 2 * radius,
  height: 2 * radius,
});

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const within = (box: Box, { left, right, top, bottom }: Edges): boolean =>
  box.x >= left && box.x + box.width <= right && box.y >= top && box.y + box.height <= bottom;

/** Right, left, above, below, then further away; the best place first. */
function placesOf([x, y]: Point, width: number): Box[] {
  const offsets = [
    [9, 4],
    [-9 - width, 4],
    [-width / 2, -9],
    [-width / 2, 17],
    [6, 18],
    [-6 - width, -10],
    [14, 30],
    [-14 - width, -22],
  ] as const;
  return offsets.map(([dx, base]) => ({ x: x + dx, y: y + base - size, width, height: size + 2 }));
}

/** Each name beside its dot where no dot, line or earlier name stands; without room it is left to the hover. */
export function nameDots(dots: readonly NamedDot[], line: readonly Point[], edges: Edges): Shape[] {
  const obstacles = [...dots.map(({ at }) => around(at, 4)), ...line.map((at) => around(at, 1))];
  return dots.flatMap(({ name, tone, at }, i) => {
    const free = placesOf(at, roomFor(name, size)).find(
      (box) => within(box, edges) && !obstacles.some((other, k) => k !== i && overlap(box, other)),
    );
    if (!free) return [];
    obstacles.push(free);
    const place: Point = [free.x, free.y + size];
    return [textAt(place, name, tone === 'muted' ? 'muted' : 'ink', { size, ...(tone === 'loss' && { bold: true }) })];
  });
}
