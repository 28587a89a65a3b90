import { filledUp } from '../feasible-start';
import { violationOf, type Limits } from '../limits';
import { Rows } from '../linear/limit-rows';
import { minimise, type PiecewiseLinearProgram } from '../linear/piecewise-linear-program';

/** Returns are small; of the size of the weights the vertices are better conditioned. */
const scale = 100;

/**
 * Weights of the least conditional value at risk of one period (Rockafellar and Uryasev 2000): minimises a + mean of max(0, -r'w - a) / (1 - c)
 * over w and a. Exact, as the linear program that it is: with weights and a as its only variables, the scenarios as kinks of the objective.
 */
export class MinimumCvar {
  private readonly program: PiecewiseLinearProgram;
  private readonly scenarios: number;
  private readonly first: number;
  private readonly n: number;
  private active: ArrayLike<number> | undefined;

  constructor(
    returns: readonly Float64Array[],
    private readonly limits: Limits,
    private readonly confidence: number,
  ) {
    const n = returns.length;
    const { trading } = limits;
    const traded = trading && trading.turnover < Infinity ? n : 0;
    const dimension = n + 1 + traded;
    const rows = Rows.ofLimits(limits, dimension, Infinity);
    for (let i = 0; i < traded; i++) {
      rows.add({ [i]: -1, [n + 1 + i]: 1 }, -trading!.held[i]!, Infinity);
      rows.add({ [i]: 1, [n + 1 + i]: 1 }, trading!.held[i]!, Infinity);
    }
    if (traded > 0) {
      const sum = new Float64Array(dimension).fill(-1);
      rows.add(sum.fill(0, 0, n + 1), -trading!.turnover, Infinity);
    }
    this.n = n;
    this.first = rows.count;
    this.scenarios = returns[0]!.length;
    const weight = 1 / ((1 - confidence) * this.scenarios);
    for (let t = 0; t < this.scenarios; t++) {
      const row = new Float64Array(n + 1);
      for (let i = 0; i < n; i++) row[i] = scale * returns[i]![t]!;
      row[n] = 1;
      rows.add(row, 0, weight);
    }
    this.program = rows.program(new Float64Array(dimension).fill(1, n, n + 1));
  }

  /** Undefined when the walk does not end. `counts`: how often each scenario happened (once), for a bootstrap. */
  solve(counts?: Float64Array): { weights: Float64Array; cvar: number } | undefined {
    this.active ??= this.feasibleVertex();
    if (!this.active) return undefined;
    const { program, active } = counts
      ? this.drawn(counts, this.active)
      : { program: this.program, active: this.active };
    const vertex = minimise(program, active);
    if (!vertex) return undefined;
    if (!counts) this.active = vertex.active;
    const { lower, upper } = this.limits;
    const found = vertex.x.slice(0, this.n).map((each, i) => Math.min(upper[i]!, Math.max(lower[i]!, each)));
    return { weights: found, cvar: this.cvarOf(vertex.x, program) };
  }

  /** The program without the scenarios that were not drawn, more than a third of them, but for those at the vertex. */
  private drawn(counts: Float64Array, vertex: ArrayLike<number>) {
    const { first, program } = this;
    const { dimension: d, rows, bounds } = program;
    const places = new Int32Array(bounds.length).fill(-1);
    for (let k = 0; k < vertex.length; k++) places[vertex[k]!] = 0;
    const total = counts.reduce((sum, each) => sum + each, 0);
    const weights = new Float64Array(bounds.length);
    const ofKept = { rows: new Float64Array(rows.length), bounds: new Float64Array(bounds.length) };
    let kept = 0;
    for (let row = 0; row < bounds.length; row++) {
      const count = row < first ? 1 : counts[row - first]!;
      if (count === 0 && places[row]! < 0) continue;
      weights[kept] = row < first ? program.weights[row]! : count / ((1 - this.confidence) * total);
      ofKept.bounds[kept] = bounds[row]!;
      for (let i = 0, from = row * d, to = kept * d; i < d; i++) ofKept.rows[to + i] = rows[from + i]!;
      places[row] = kept++;
    }
    const again: PiecewiseLinearProgram = {
      ...program,
      rows: ofKept.rows.subarray(0, kept * d),
      bounds: ofKept.bounds.subarray(0, kept),
      weights: weights.subarray(0, kept),
    };
    return { program: again, active: Int32Array.from(vertex, (row) => places[row]!) };
  }

  private cvarOf(x: Float64Array, { rows, weights, dimension }: PiecewiseLinearProgram): number {
    let total = x[this.n]!;
    for (let row = this.first; row < weights.length; row++) {
      let value = 0;
      for (let i = 0; i <= this.n; i++) value += rows[row * dimension + i]! * x[i]!;
      if (value < 0) total -= weights[row]! * value;
    }
    return total / scale;
  }

  /** Filled-up weights, the scenario at their value at risk, trades that are just what they are; then into the limits. */
  private feasibleVertex(): ArrayLike<number> | undefined {
    const { n, program, limits, first } = this;
    const filled = filledUp(
      limits,
      Array.from({ length: n }, (_, i) => i),
    );
    const corner = Rows.cornerOf(limits, filled);
    const value = (t: number) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += program.rows[(first + t) * program.dimension + i]! * filled[i]!;
      return sum;
    };
    const byValue = Array.from({ length: this.scenarios }, (_, t) => ({ t, value: value(t) })).sort(
      (a, b) => a.value - b.value || a.t - b.t,
    );
    corner.push(first + byValue[Math.floor((1 - this.confidence) * this.scenarios)]!.t);
    const traded = program.dimension - n - 1;
    const tradeRows = first - 1 - 2 * traded;
    for (let i = 0; i < traded; i++) corner.push(tradeRows + 2 * i + (filled[i]! > limits.trading!.held[i]! ? 0 : 1));
    if (violationOf(filled, limits) === 0) return corner;
    const towards = program.weights.map((_, row) => (row < first ? 1 : 0));
    const inside = minimise({ ...program, cost: new Float64Array(program.dimension), weights: towards }, corner);
    return inside && violationOf(inside.x.subarray(0, n), limits) < 1e-9 ? inside.active : undefined;
  }
}
