import { ceiling, floor, free, kink, type ActiveSet } from './active-set';
import { largest } from './vectors';

export type Event =
  | { kind: 'stop'; i: number; way: number }
  | { kind: 'move'; i: number; way: number }
  | { kind: 'tighten'; row: number; side: 1 | -1 }
  | { kind: 'loosen'; row: number; side: 1 | -1 };

/** Where a walk is, and how fast everything changes with s. */
export interface Motion {
  /** Gradient without the trading term, and its rate. */
  readonly z: Float64Array;
  readonly dz: Float64Array;
  /** Rate of the weights. */
  readonly dx: Float64Array;
  /** Rate of the multipliers of the active rows. */
  readonly dy: Float64Array;
  /** Rate of the linear term. */
  readonly change: Float64Array;
  /** Half of the width of the kinks where trading changes its sign, and its rate. */
  readonly width: number;
  readonly widening: number;
}

/** Below this share of the largest, a rate of change is rounding. */
const noise = 1e-12;

/** The first thing that happens within `length`: a limit is met, or a multiplier has the wrong sign from there on. */
export function nextEvent(set: ActiveSet, motion: Motion, length: number): { at: number; event: Event | undefined } {
  const still = noise * largest(motion.dx);
  const level = noise * (largest(motion.change) + largest(motion.dy));
  const search = new Search(length);
  weights(search, set, motion, { still, level });
  for (let r = 1; r < set.rows.length; r++) {
    const { row, side, multiplier } = set.rows[r]!;
    const speed = motion.dy[r]!;
    if (side !== 0 && speed * side < -level && search.isNearer(-multiplier, speed))
      search.event = { kind: 'loosen', row, side };
  }
  if (set.limits.groups.length > 0 || set.limits.trading) rows(search, set, motion.dx, still);
  return search;
}

class Search {
  event: Event | undefined;

  constructor(public at: number) {}

  isNearer(slack: number, speed: number): boolean {
    const reached = Math.max(0, slack / speed);
    if (!(reached < this.at)) return false;
    this.at = reached;
    return true;
  }
}

function weights(
  search: Search,
  set: ActiveSet,
  { z, dz, dx, width, widening }: Motion,
  { still, level }: { still: number; level: number },
): void {
  const { status, x, low, high } = set;
  let index = -1;
  let way = 0;
  for (let i = 0; i < x.length; i++) {
    const state = status[i]!;
    if (state === free) {
      const speed = dx[i]!;
      if (Math.abs(speed) > still && search.isNearer((speed > 0 ? high[i]! : low[i]!) - x[i]!, speed)) {
        index = i;
        way = speed > 0 ? 1 : -1;
      }
      continue;
    }
    if (state === floor || state === kink) {
      const side = set.signTowards(i, 1);
      const speed = dz[i]! + side * widening;
      if (speed < -level && search.isNearer(-(z[i]! + side * width), speed)) {
        index = i;
        way = 1;
      }
    }
    if (state === ceiling || state === kink) {
      const side = set.signTowards(i, -1);
      const speed = dz[i]! + side * widening;
      if (speed > level && search.isNearer(-(z[i]! + side * width), speed)) {
        index = i;
        way = -1;
      }
    }
  }
  if (index >= 0) search.event = { kind: status[index] === free ? 'stop' : 'move', i: index, way };
}

function rows(search: Search, set: ActiveSet, dx: Float64Array, still: number): void {
  for (let row = 0; row <= set.turnoverRow; row++) {
    if ((row === set.turnoverRow && !set.limits.trading) || set.isActive(row)) continue;
    let speed = 0;
    for (let j = 0; j < set.freeCount; j++) speed += set.coefficient(row, set.free[j]!) * dx[set.free[j]!]!;
    const { min, max } = set.limitOf(row);
    const [side, limit] = speed > 0 ? [1 as const, max] : [-1 as const, min];
    if (Math.abs(speed) > still && Number.isFinite(limit) && search.isNearer(limit - set.valueOf(row), speed))
      search.event = { kind: 'tighten', row, side };
  }
}
