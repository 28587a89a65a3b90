import type { Limits } from '../limits';
import { ActiveSet, ceiling, floor, free, pinned } from './active-set';
import { GrowingFactor } from './growing-factor';
import { nextEvent, type Event } from './next-event';
import { gram, withoutRows } from './tight-rows';
import { addRows, dot, lastIsIndependent } from './vectors';

const refineEvery = 24;

/** A walk that does not end: a bug, or a matrix that is not positive definite. */
export class WalkFailed extends Error {}

/**
 * The critical line method (Markowitz 1956; Niedermayer and Niedermayer 2010) with bounds, groups, a limit on turnover and costs of
 * trading: minimises w'Sw / 2 - p(s)'w + k(s) |w - held| for all s on the way, p and k linear in s. The solution is piecewise linear in
 * s; at each corner one weight stops at or leaves a breakpoint, or one limit starts or ceases to hold. Starts at any feasible w: it is
 * optimal for a p of its own, which is then taken to 0 (as online active set methods do, Ferreau, Bock and Diehl 2008).
 */
export class CriticalLine {
  readonly x: Float64Array;
  private readonly set: ActiveSet;
  private readonly factor: GrowingFactor;
  private readonly n: number;
  /** Gradient without the trading term: Sw - p + sum of multiplier * row (but turnover); its sign says who wants to move. */
  private readonly z: Float64Array;
  private readonly dz: Float64Array;
  private readonly dx: Float64Array;
  private readonly linear: Float64Array;
  private readonly step: Float64Array;
  private change: Float64Array;
  /** Every weight: nothing is left to choose. */
  private readonly given: boolean;
  private costRate = 0;
  private tradeCost = 0;

  constructor(
    private readonly covariance: Float64Array,
    limits: Limits,
    start: Float64Array,
  ) {
    this.n = start.length;
    this.x = start.slice();
    this.set = new ActiveSet(limits, this.x);
    this.factor = new GrowingFactor(this.n);
    this.z = new Float64Array(this.n);
    this.dz = new Float64Array(this.n);
    this.dx = new Float64Array(this.n);
    this.linear = new Float64Array(this.n);
    this.step = new Float64Array(this.n);
    this.change = new Float64Array(this.n);
    this.given = this.set.status.every((each) => each === pinned);
    if (this.given) return;
    this.begin();
    this.toMinimumVariance();
  }

  /** What the start is optimal for: active limits get multipliers of their own, and p makes up for the rest. */
  private begin(): void {
    const { set, n, x, covariance } = this;
    const { lower, upper, groups, trading } = set.limits;
    const gradient = this.product(x, new Float64Array(n));
    const scale = x.reduce((sum, _, i) => sum + covariance[i * n + i]! / n, 0);
    for (let i = 0; i < n; i++)
      if (x[i]! > lower[i]! && x[i]! < upper[i]! && !(trading && x[i] === trading.held[i])) this.enter(i, 1);
    if (set.freeCount === 0) this.enter(this.movable(), x[this.movable()]! > lower[this.movable()]! ? -1 : 1);
    this.factor.carried.push(new Float64Array(n));
    this.carryRow(-1);
    for (let row = 0; row <= groups.length; row++) this.holdTight(row, scale);
    const kinkWidth = this.kinkWidth();
    const shift = 0.1 * scale - gradient.reduce((least, each) => Math.min(least, each), 0);
    for (let i = 0; i < n; i++) {
      let multipliers = gradient[i]! + shift;
      for (const { row, multiplier } of set.rows)
        if (row >= 0 && row !== set.turnoverRow) multipliers += multiplier * set.coefficient(row, i);
      this.z[i] = 0;
      if (set.status[i] === free) this.z[i] = -kinkWidth * set.sign[i]!;
      if (set.status[i] === floor || set.status[i] === pinned)
        this.z[i] = Math.max(multipliers, 0.1 * scale) - kinkWidth * set.signTowards(i, 1);
      if (set.status[i] === ceiling) this.z[i] = -0.1 * scale - kinkWidth * set.signTowards(i, -1);
      this.linear[i] = multipliers - this.z[i]!;
    }
    set.rows[0]!.multiplier = shift;
  }

  private movable(): number {
    const { status } = this.set;
    const found = status.findIndex((each) => each !== pinned && each !== free);
    if (found < 0) throw new WalkFailed('no weight can move');
    return found;
  }

  /** Makes a limit active that the start meets exactly, unless the free weights cannot move against it. */
  private holdTight(row: number, scale: number): void {
    const { set } = this;
    if (row === set.turnoverRow && !(set.limits.trading && set.limits.trading.turnover < Infinity)) return;
    const { min, max } = set.limitOf(row);
    const value = set.valueOf(row);
    const side = min === max ? 0 : value >= max - 1e-12 ? 1 : value <= min + 1e-12 ? -1 : undefined;
    if (side === undefined) return;
    this.carryRow(row);
    set.rows.push({ row, side, multiplier: side * 0.1 * scale });
    if (lastIsIndependent(gram(this.factor), set.rows.length)) return;
    set.rows.pop();
    this.factor.drop(set.rows.length + 1);
  }

  private toMinimumVariance(): void {
    for (let i = 0; i < this.n; i++) this.change[i] = -this.linear[i]!;
    this.walk(1, 0, () => undefined);
    this.linear.fill(0);
    this.refine();
  }

  /**
   * From minimum variance on: visits every corner portfolio, the first is that of minimum variance, the last that of most return, or the
   * one at s = `length`. To be called once.
   */
  follow(
    expected: Float64Array,
    cost: number,
    visit: (weights: Float64Array) => void = () => undefined,
    length = Infinity,
  ): void {
    visit(this.x);
    if (this.given) return;
    this.change = expected;
    this.walk(length, cost, visit);
  }

  private walk(length: number, costRate: number, visit: (weights: Float64Array) => void): void {
    this.costRate = costRate;
    this.carryChange();
    let s = 0;
    const limit = 200 + 60 * this.n;
    for (let step = 1; step <= limit; step++) {
      const rates = this.direction();
      const { at, event } = nextEvent(this.set, this.motion(rates), length - s);
      if (at === Infinity) return;
      this.advance(at, rates);
      s += at;
      if (!event) return;
      this.apply(event);
      if (step % refineEvery === 0) this.refine();
      if (at > 0) visit(this.x);
    }
    throw new WalkFailed('the critical line does not end');
  }

  /** Rates of change with s: of the free weights (dx), of the gradient elsewhere (dz), of the multipliers. */
  private direction(): Float64Array {
    const { set, factor, n, dx, dz, change, covariance } = this;
    const k = set.freeCount;
    const step = this.step.subarray(0, k);
    step.set(factor.carried[0]!.subarray(0, k));
    const before = dot(step, step, k);
    const dy = withoutRows(factor, step);
    // Twice: what the rows leave may be small beside what they take, and a weight that they determine must not seem to move.
    if (dy.length > 1) withoutRows(factor, step).forEach((each, r) => (dy[r]! += each));
    if (!dy.every(Number.isFinite)) throw new WalkFailed('limits that hold together depend on each other');
    if (k === dy.length || dot(step, step, k) < 1e-22 * before) step.fill(0);
    else factor.backward(step);
    dx.fill(0);
    for (let j = 0; j < k; j++) dx[set.free[j]!] = step[j]!;
    for (let i = 0; i < n; i++) dz[i] = -change[i]!;
    addRows(covariance, n, set.free, step, dz);
    for (let r = 0; r < dy.length; r++) this.addLimit(set.rows[r]!.row, dy[r]!, dz);
    return dy;
  }

  private addLimit(row: number, factor: number, into: Float64Array): void {
    if (row === this.set.turnoverRow) return;
    const coefficients = row < 0 ? undefined : this.set.limits.groups[row]!.coefficients;
    for (let i = 0; i < this.n; i++) into[i]! += factor * (coefficients ? coefficients[i]! : 1);
  }

  private motion(dy: Float64Array) {
    const { z, dz, dx, change, set } = this;
    const turnoverRate = dy[set.rows.findIndex(({ row }) => row === set.turnoverRow)] ?? 0;
    return { z, dz, dx, dy, change, width: this.kinkWidth(), widening: this.costRate + turnoverRate };
  }

  private advance(at: number, dy: Float64Array): void {
    const { set, n, z, dx, dz, linear, change } = this;
    for (let j = 0; j < set.freeCount; j++) set.shift(set.free[j]!, at * dx[set.free[j]!]!);
    for (let i = 0; i < n; i++) {
      z[i]! += at * dz[i]!;
      linear[i]! += at * change[i]!;
    }
    this.tradeCost += at * this.costRate;
    set.rows.forEach((each, r) => (each.multiplier += at * dy[r]!));
  }

  private apply(event: Event): void {
    const { set, factor } = this;
    if (event.kind === 'stop') {
      const { i, way } = event;
      factor.remove(set.placeOf(i));
      set.rest(i, way > 0 ? set.high[i]! : set.low[i]!);
    } else if (event.kind === 'move') this.enter(event.i, event.way);
    else if (event.kind === 'tighten') {
      const { min, max } = set.limitOf(event.row);
      this.carryRow(event.row);
      set.rows.push({ row: event.row, side: min === max ? 0 : event.side, multiplier: 0 });
    } else {
      const place = set.rows.findIndex(({ row }) => row === event.row);
      set.rows.splice(place, 1);
      factor.drop(place + 1);
    }
  }

  private enter(i: number, way: number): void {
    const { set, factor, covariance, n } = this;
    const column = new Float64Array(set.freeCount);
    for (let j = 0; j < column.length; j++) column[j] = covariance[i * n + set.free[j]!]!;
    set.release(i, way);
    const entries = [
      this.change[i]! - this.costRate * set.sign[i]!,
      ...set.rows.map(({ row }) => set.coefficient(row, i)),
    ];
    if (!factor.append(column, covariance[i * n + i]!, entries)) throw new WalkFailed('singular covariance');
  }

  private carryChange(): void {
    const { set, factor, change } = this;
    const entries = new Float64Array(set.freeCount);
    for (let j = 0; j < entries.length; j++)
      entries[j] = change[set.free[j]!]! - this.costRate * set.sign[set.free[j]!]!;
    factor.carry(entries, 0);
  }

  private carryRow(row: number): void {
    const { set, factor } = this;
    const entries = new Float64Array(set.freeCount);
    for (let j = 0; j < entries.length; j++) entries[j] = set.coefficient(row, set.free[j]!);
    factor.carry(entries);
  }

  private kinkWidth(): number {
    return this.tradeCost + (this.set.rows.find(({ row }) => row === this.set.turnoverRow)?.multiplier ?? 0);
  }

  /** Takes away what rounding has added: solves for the residual of the conditions at this s, then computes the gradient anew. */
  private refine(): void {
    const { set, factor, z } = this;
    const k = set.freeCount;
    this.gradientAnew();
    const width = this.kinkWidth();
    const residual = new Float64Array(k);
    for (let j = 0; j < k; j++) residual[j] = -(z[set.free[j]!]! + width * set.sign[set.free[j]!]!);
    factor.forward(residual);
    const missing = set.rows.map(({ row, side }) => {
      const { min, max } = set.limitOf(row);
      return (side < 0 ? min : max) - set.valueOf(row);
    });
    const dy = withoutRows(factor, residual, Float64Array.from(missing));
    factor.backward(residual);
    for (let j = 0; j < k; j++) set.shift(set.free[j]!, residual[j]!);
    set.rows.forEach((each, r) => (each.multiplier += dy[r]!));
    this.gradientAnew();
  }

  private gradientAnew(): void {
    const { set, z, x, n, linear } = this;
    this.product(x, z);
    for (let i = 0; i < n; i++) z[i]! -= linear[i]!;
    for (const { row, multiplier } of set.rows) this.addLimit(row, multiplier, z);
  }

  private product(x: Float64Array, into: Float64Array): Float64Array {
    const held = new Int32Array(this.n);
    let count = 0;
    for (let i = 0; i < this.n; i++) if (x[i] !== 0) held[count++] = i;
    const factors = new Float64Array(count);
    for (let j = 0; j < count; j++) factors[j] = x[held[j]!]!;
    into.fill(0);
    addRows(this.covariance, this.n, held, factors, into);
    return into;
  }
}
