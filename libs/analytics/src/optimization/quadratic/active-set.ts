import type { Limits, LinearLimit } from '../limits';

/** Where a weight stands: between two of its breakpoints, or at one and free to go up only, down only, both ways, or not at all. */
export const free = 0;
export const floor = 1;
export const ceiling = 2;
export const kink = 3;
export const pinned = 4;

/** Number that stands for the limit on turnover among the rows; the groups have 0, 1, ... and the sum of weights has -1. */
export interface ActiveRow {
  readonly row: number;
  /** 1 at the maximum, -1 at the minimum, 0 always (an equality). */
  readonly side: 1 | -1 | 0;
  multiplier: number;
}

/**
 * Weights and which of their limits hold with equality. Each weight has breakpoints: its lower bound, the weight held now where
 * trading is limited or costs (there the trade changes its sign), its upper bound.
 */
export class ActiveSet {
  readonly status: Int8Array;
  /** Ends of the piece on which a free weight is. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Sign of the trade on that piece: 1 buys, -1 sells, 0 where trading is neither limited nor costs. */
  readonly sign: Int8Array;
  readonly free: Int32Array;
  freeCount = 0;
  readonly rows: ActiveRow[] = [{ row: -1, side: 0, multiplier: 0 }];
  private readonly place: Int32Array;

  constructor(
    readonly limits: Limits,
    readonly x: Float64Array,
  ) {
    const n = x.length;
    this.status = new Int8Array(n);
    this.low = new Float64Array(n);
    this.high = new Float64Array(n);
    this.sign = new Int8Array(n);
    this.free = new Int32Array(n);
    this.place = new Int32Array(n).fill(-1);
    for (let i = 0; i < n; i++) this.rest(i, x[i]!);
  }

  get turnoverRow(): number {
    return this.limits.groups.length;
  }

  /** How far from 1 the coefficients of a row are; of turnover, on the piece where each weight is. */
  coefficient(row: number, i: number): number {
    if (row < 0) return 1;
    return row === this.turnoverRow ? this.sign[i]! : this.limits.groups[row]!.coefficients[i]!;
  }

  limitOf(row: number): Pick<LinearLimit, 'min' | 'max'> {
    if (row < 0) return { min: 1, max: 1 };
    if (row === this.turnoverRow) return { min: -Infinity, max: this.limits.trading!.turnover };
    return this.limits.groups[row]!;
  }

  valueOf(row: number): number {
    const { x } = this;
    const held = row === this.turnoverRow ? this.limits.trading!.held : undefined;
    let value = 0;
    for (let i = 0; i < x.length; i++) value += held ? Math.abs(x[i]! - held[i]!) : this.coefficient(row, i) * x[i]!;
    return value;
  }

  isActive(row: number): boolean {
    return this.rows.some((each) => each.row === row);
  }

  /** The weight stops at a breakpoint. */
  rest(i: number, at: number): void {
    const lower = this.limits.lower[i]!;
    const upper = this.limits.upper[i]!;
    this.x[i] = at;
    const place = this.place[i]!;
    if (place >= 0) {
      this.freeCount--;
      for (let j = place; j < this.freeCount; j++) {
        this.free[j] = this.free[j + 1]!;
        this.place[this.free[j]!] = j;
      }
      this.place[i] = -1;
    }
    if (lower === upper) this.status[i] = pinned;
    else this.status[i] = at === lower ? floor : at === upper ? ceiling : kink;
    if (this.status[i] !== free) this.sign[i] = this.signTowards(i, this.status[i] === ceiling ? -1 : 1);
  }

  /** Moves a free weight, on its piece: rounding does not take it off. */
  shift(i: number, by: number): void {
    const moved = this.x[i]! + by;
    this.x[i] = moved < this.low[i]! ? this.low[i]! : moved > this.high[i]! ? this.high[i]! : moved;
  }

  placeOf(i: number): number {
    return this.place[i]!;
  }

  /** The weight leaves its breakpoint, upwards (1) or downwards (-1). */
  release(i: number, way: number): void {
    const at = this.x[i]!;
    const lower = this.limits.lower[i]!;
    const upper = this.limits.upper[i]!;
    const held = this.limits.trading?.held[i];
    const between = held !== undefined && lower < held && held < upper;
    this.low[i] = way > 0 ? (between && held <= at ? held : lower) : between && held < at ? held : lower;
    this.high[i] = way > 0 ? (between && held > at ? held : upper) : between && held >= at ? held : upper;
    this.sign[i] = this.signTowards(i, way);
    this.status[i] = free;
    this.place[i] = this.freeCount;
    this.free[this.freeCount++] = i;
  }

  /** Sign of the trade just above (1) or below (-1) where the weight is. */
  signTowards(i: number, way: number): 1 | -1 | 0 {
    const { trading } = this.limits;
    if (!trading) return 0;
    const held = trading.held[i]!;
    const at = this.x[i]!;
    if (way > 0) return at >= held ? 1 : -1;
    return at <= held ? -1 : 1;
  }
}
