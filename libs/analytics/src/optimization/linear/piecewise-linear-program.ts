import { Kinks } from './kinks';

/**
 * Minimises c'x + sum of weight_k * max(0, bound_k - a_k'x): a linear program of few variables and many terms, as minimum CVaR and
 * "the smallest trade" are. A weight of infinity makes a row a constraint, `free` rows are equalities. Exact: the method walks over
 * vertices (d rows that hold with equality), and along each edge minimises the piecewise linear objective through all its kinks,
 * as Barrodale and Roberts (1973) do for least absolute deviations; rows that block are entered in the inverse by one pivot.
 */
export interface PiecewiseLinearProgram {
  readonly dimension: number;
  readonly cost: Float64Array;
  /** Row-major, `dimension` numbers for each row. */
  readonly rows: Float64Array;
  readonly bounds: Float64Array;
  readonly weights: Float64Array;
  /** Rows that must hold with equality; always part of the vertex. */
  readonly equalities: readonly number[];
}

export interface Vertex {
  readonly x: Float64Array;
  /** The rows that hold with equality; linearly independent. */
  readonly active: Int32Array;
  /** Of each active row, so that gradient = sum of multiplier * row. */
  readonly multipliers: Float64Array;
}

const refactorEvery = 40;
const negligible = 1e-11;

/** The optimal vertex, from one given by its active rows. Undefined when the walk does not end: a bug or hopeless numbers. */
export function minimise(program: PiecewiseLinearProgram, start: ArrayLike<number>): Vertex | undefined {
  const walk = new VertexWalk(program, start);
  const limit = 50 * (program.dimension + 20) + program.bounds.length;
  for (let step = 0; step < limit; step++) {
    if (step % refactorEvery === 0 && !walk.refactor()) return undefined;
    if (walk.step()) continue;
    // What looked optimal with an updated inverse must be so with a new one.
    if (!walk.refactor()) return undefined;
    if (!walk.step()) return { x: walk.x, active: walk.active, multipliers: walk.multipliers };
  }
  return undefined;
}

class VertexWalk {
  readonly x: Float64Array;
  readonly active: Int32Array;
  readonly multipliers: Float64Array;
  private readonly inverse: Float64Array;
  private readonly gradient: Float64Array;
  private readonly slack: Float64Array;
  private readonly rate: Float64Array;
  private readonly inside: Uint8Array;
  /** 1 where a row is below its bound, and so counts. */
  private readonly below: Uint8Array;
  private readonly fixed: Uint8Array;
  private readonly kinks: Kinks;
  private stalled = 0;

  constructor(
    private readonly program: PiecewiseLinearProgram,
    start: ArrayLike<number>,
  ) {
    const { dimension: d, bounds, equalities } = program;
    this.x = new Float64Array(d);
    this.active = Int32Array.from(start);
    this.multipliers = new Float64Array(d);
    this.inverse = new Float64Array(d * d);
    this.gradient = new Float64Array(d);
    this.slack = new Float64Array(bounds.length);
    this.rate = new Float64Array(bounds.length);
    this.inside = new Uint8Array(bounds.length);
    this.below = new Uint8Array(bounds.length);
    this.fixed = new Uint8Array(bounds.length);
    this.kinks = new Kinks(bounds.length);
    for (const row of equalities) this.fixed[row] = 1;
    for (const row of this.active) this.inside[row] = 1;
    if (!this.refactor()) return;
    this.slack.forEach((slack, row) => (this.below[row] = slack < -negligible && !this.inside[row] ? 1 : 0));
  }

  /** Inverse of the active rows, x, slacks and gradient anew. */
  refactor(): boolean {
    const { dimension: d, rows, bounds, cost, weights } = this.program;
    const matrix = new Float64Array(d * d);
    for (let k = 0; k < d; k++) matrix.set(rows.subarray(this.active[k]! * d, (this.active[k]! + 1) * d), k * d);
    if (!invert(matrix, d, this.inverse)) return false;
    for (let i = 0; i < d; i++) {
      let value = 0;
      for (let k = 0; k < d; k++) value += this.inverse[i * d + k]! * bounds[this.active[k]!]!;
      this.x[i] = value;
    }
    times(rows, d, this.x, this.slack);
    this.gradient.set(cost);
    for (let row = 0; row < bounds.length; row++) {
      this.slack[row] = this.inside[row] ? 0 : this.slack[row]! - bounds[row]!;
      if (this.below[row]) this.addRow(row, -weights[row]!);
    }
    return true;
  }

  private addRow(row: number, factor: number): void {
    const { dimension: d, rows } = this.program;
    for (let i = 0; i < d; i++) this.gradient[i]! += factor * rows[row * d + i]!;
  }

  /** One edge; false at the optimum. */
  step(): boolean {
    const { dimension: d, rows } = this.program;
    const { inverse, gradient, multipliers } = this;
    multipliers.fill(0);
    for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) multipliers[k]! += gradient[i]! * inverse[i * d + k]!;
    const leaving = this.leaving();
    if (leaving < 0) return false;
    const sign = multipliers[leaving]! < 0 ? 1 : -1;
    const direction = new Float64Array(d);
    for (let i = 0; i < d; i++) direction[i] = sign * inverse[i * d + leaving]!;
    times(rows, d, direction, this.rate);
    const entering = this.lineSearch(leaving, sign);
    if (entering < 0) return false;
    this.exchange(leaving, entering);
    return true;
  }

  /** The active row whose multiplier is furthest outside of [0, weight], per unit of length of its edge. */
  private leaving(): number {
    const { dimension: d, weights } = this.program;
    let best = -1;
    let most = 0;
    for (let k = 0; k < d; k++) {
      const row = this.active[k]!;
      if (this.fixed[row]) continue;
      const y = this.multipliers[k]!;
      const outside = y < 0 ? -y : y - weights[row]!;
      if (!(outside > negligible * this.scale(row))) continue;
      let length = 0;
      for (let i = 0; i < d; i++) length += this.inverse[i * d + k]! ** 2;
      const gain = this.stalled > 20 ? 1 / (row + 1) : outside / Math.sqrt(length);
      if (gain > most) {
        most = gain;
        best = k;
      }
    }
    return best;
  }

  private scale(row: number): number {
    const weight = this.program.weights[row]!;
    return Number.isFinite(weight) ? Math.max(weight, 1e-3) : 1;
  }

  /** Moves to the lowest point of the objective along the edge; the row that stops the way, or -1. */
  private lineSearch(leaving: number, sign: number): number {
    const { weights, dimension: d } = this.program;
    const { slack, rate, below, inside, kinks } = this;
    const left = this.active[leaving]!;
    let slope = sign > 0 ? this.multipliers[leaving]! : -this.multipliers[leaving]! + weights[left]!;
    kinks.clear();
    for (let row = 0; row < slack.length; row++) {
      if (inside[row]) continue;
      const speed = rate[row]!;
      if (below[row] ? speed > negligible : speed < -negligible) kinks.add(row, Math.max(0, -slack[row]! / speed));
    }
    kinks.order();
    let stop: { row: number; at: number } | undefined;
    const passed: number[] = [];
    for (let kink = kinks.next(); kink; kink = kinks.next()) {
      stop = kink;
      slope += weights[kink.row]! * Math.abs(rate[kink.row]!);
      if (slope >= 0) break;
      passed.push(kink.row);
      stop = undefined;
    }
    if (!stop) return -1;
    const { at } = stop;
    this.stalled = at > 0 ? 0 : this.stalled + 1;
    for (const row of passed) {
      this.addRow(row, below[row] ? weights[row]! : -weights[row]!);
      below[row] = below[row] ? 0 : 1;
    }
    if (below[stop.row]) this.addRow(stop.row, weights[stop.row]!);
    below[stop.row] = 0;
    inside[left] = 0;
    below[left] = sign > 0 ? 0 : 1;
    if (sign < 0) this.addRow(left, -weights[left]!);
    for (let row = 0; row < slack.length; row++) slack[row]! += at * rate[row]!;
    slack[left] = sign * at;
    for (let i = 0; i < d; i++) this.x[i]! += at * sign * this.inverse[i * d + leaving]!;
    return stop.row;
  }

  /** The row `entering` takes the place of an active one: the inverse changes by one pivot. */
  private exchange(leaving: number, entering: number): void {
    const { dimension: d, rows } = this.program;
    const { inverse } = this;
    const across = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      const value = rows[entering * d + i]!;
      if (value !== 0) for (let k = 0; k < d; k++) across[k]! += value * inverse[i * d + k]!;
    }
    const pivot = across[leaving]!;
    for (let i = 0; i < d; i++) {
      const at = i * d;
      const scaled = inverse[at + leaving]! / pivot;
      if (scaled !== 0) for (let k = 0; k < d; k++) inverse[at + k]! -= across[k]! * scaled;
      inverse[at + leaving] = scaled;
    }
    this.active[leaving] = entering;
    this.inside[entering] = 1;
    this.slack[entering] = 0;
  }
}

/** Rows of a matrix times x. */
function times(rows: Float64Array, d: number, x: Float64Array, into: Float64Array): void {
  for (let row = 0, at = 0; row < into.length; row++, at += d) {
    let even = 0;
    let odd = 0;
    let i = 0;
    for (; i + 1 < d; i += 2) {
      even += rows[at + i]! * x[i]!;
      odd += rows[at + i + 1]! * x[i + 1]!;
    }
    if (i < d) even += rows[at + i]! * x[i]!;
    into[row] = even + odd;
  }
}

/** Gauss-Jordan with row pivoting; false when singular. */
function invert(matrix: Float64Array, d: number, into: Float64Array): boolean {
  into.fill(0);
  for (let i = 0; i < d; i++) into[i * d + i] = 1;
  for (let column = 0; column < d; column++) {
    let pivotRow = column;
    for (let row = column + 1; row < d; row++)
      if (Math.abs(matrix[row * d + column]!) > Math.abs(matrix[pivotRow * d + column]!)) pivotRow = row;
    const pivot = matrix[pivotRow * d + column]!;
    if (!(Math.abs(pivot) > 1e-14)) return false;
    if (pivotRow !== column) for (const each of [matrix, into]) swapRows(each, d, column, pivotRow);
    for (let k = 0; k < d; k++) {
      matrix[column * d + k]! /= pivot;
      into[column * d + k]! /= pivot;
    }
    for (let row = 0; row < d; row++) {
      const factor = matrix[row * d + column]!;
      if (row === column || factor === 0) continue;
      for (let k = 0; k < d; k++) {
        matrix[row * d + k]! -= factor * matrix[column * d + k]!;
        into[row * d + k]! -= factor * into[column * d + k]!;
      }
    }
  }
  return true;
}

function swapRows(matrix: Float64Array, d: number, a: number, b: number): void {
  for (let k = 0; k < d; k++) {
    const value = matrix[a * d + k]!;
    matrix[a * d + k] = matrix[b * d + k]!;
    matrix[b * d + k] = value;
  }
}
