import type { OptimizationRequest } from '@stocktool/contracts';
import { dot, times } from './made-up-market.fixture';

/** What weights may be, as a request says it; `turnover` and `cost` are of changes from `held`. */
export interface Allowed {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly groups: readonly { members: readonly number[]; min: number; max: number }[];
  readonly held: readonly number[];
  readonly turnover: number;
  readonly cost: number;
}

/** What is minimised: its gradient, the factor of the cost of trading in it, and the columns of unknown multipliers (not negative) beside the limits'. */
interface Condition {
  readonly gradient: readonly number[];
  /** Of the sum of absolute changes, in what is minimised. */
  readonly costRate?: number;
  /** Constraints of the kind itself, active: gradient, and factor of the sum of absolute changes in it. */
  readonly active?: readonly { gradient: readonly number[]; costRate?: number }[];
  /** Columns whose multipliers are in [0, cap] and sum to `sum`: scenarios at the value at risk. */
  readonly shares?: { columns: readonly (readonly number[])[]; cap: number; sum: number };
}

const touching = 1e-10;

/**
 * How far weights are from the conditions of Karush, Kuhn and Tucker, from the problem's numbers and the weights alone: the most by which a limit is missed, or
 * by which the gradient cannot be made up of those of the limits that hold with equality (multipliers by least squares that are not negative).
 */
export function optimalityResidual(weights: readonly number[], allowed: Allowed, condition: Condition): number {
  return Math.max(missed(weights, allowed), stationarity(weights, allowed, condition));
}

const groupSum = (weights: readonly number[], members: readonly number[]) =>
  members.reduce((sum, i) => sum + weights[i]!, 0);
/** Sum of absolute changes. */
const tradesOf = (weights: readonly number[], held: readonly number[]) =>
  weights.reduce((sum, each, i) => sum + Math.abs(each - held[i]!), 0);

function missed(weights: readonly number[], { lower, upper, groups, held, turnover }: Allowed): number {
  return Math.max(
    Math.abs(weights.reduce((sum, each) => sum + each, 0) - 1),
    tradesOf(weights, held) - turnover,
    ...weights.map((each, i) => Math.max(lower[i]! - each, each - upper[i]!)),
    ...groups.map(({ members, min, max }) =>
      Math.max(min - groupSum(weights, members), groupSum(weights, members) - max),
    ),
  );
}

/** Equations: one for each weight, then those that hold multipliers together. Unknowns are not negative. */
class Equations {
  readonly columns: number[][] = [];
  readonly right: number[];

  constructor(right: readonly number[]) {
    this.right = [...right];
  }

  unknown(column: Readonly<Record<number, number>> | readonly number[]): number {
    const dense = this.right.map((_, i) => (column as Record<number, number>)[i] ?? 0);
    return this.columns.push(dense) - 1;
  }

  /** sum of factor * unknown = right. */
  equation(right: number, factors: readonly (readonly [unknown: number, factor: number])[]): void {
    this.right.push(right);
    for (const column of this.columns) column.push(0);
    for (const [unknown, factor] of factors) this.columns[unknown]![this.right.length - 1]! += factor;
  }
}

function stationarity(weights: readonly number[], allowed: Allowed, condition: Condition): number {
  const { lower, upper, groups, held, turnover, cost } = allowed;
  const { gradient, costRate = 0, active = [], shares } = condition;
  const all = new Equations(gradient.map((each) => -each));
  const one = weights.map(() => 1);
  all.unknown(one);
  all.unknown(one.map((each) => -each));
  weights.forEach((each, i) => {
    if (each - lower[i]! < touching) all.unknown({ [i]: -1 });
    if (upper[i]! - each < touching) all.unknown({ [i]: 1 });
  });
  for (const { members, min, max } of groups) {
    const sum = groupSum(weights, members);
    if (sum - min < touching) all.unknown(Object.fromEntries(members.map((i) => [i, -1])));
    if (max - sum < touching) all.unknown(Object.fromEntries(members.map((i) => [i, 1])));
  }
  // Each unknown beside how much of the sum of absolute changes comes with it.
  const trading: [number, number][] = active.map((each) => [all.unknown(each.gradient), (each.costRate ?? 0) * cost]);
  if (turnover - tradesOf(weights, held) < touching) trading.push([all.unknown([]), 1]);
  const pulls: (readonly [i: number, up: number, down: number])[] = [];
  const trades = trading.length > 0 || costRate * cost > 0;
  weights.forEach((each, i) => {
    if (!trades) return;
    const change = each - held[i]!;
    if (Math.abs(change) < touching) pulls.push([i, all.unknown({ [i]: 1 }), all.unknown({ [i]: -1 })]);
    else {
      all.right[i]! -= Math.sign(change) * costRate * cost;
      for (const [unknown, factor] of trading) all.columns[unknown]![i]! += Math.sign(change) * factor;
    }
  });
  const tied = shares?.columns.map((column) => [all.unknown(column), all.unknown([])] as const) ?? [];
  // Where nothing is traded the slope of |w - held| is anything from -1 to 1.
  for (const [, up, down] of pulls)
    all.equation(costRate * cost, [
      [up, 1],
      [down, 1],
      ...trading.map(([unknown, factor]) => [unknown, -factor] as const),
    ]);
  for (const [share, rest] of tied) all.equation(shares!.cap, [[share, 1], [rest, 1]]); // prettier-ignore
  if (shares) all.equation(shares.sum, tied.map(([share]) => [share, 1])); // prettier-ignore
  const residual = leastNonNegative(all.columns, all.right);
  return Math.max(...residual.map(Math.abs));
}

/** Residual of the least squares min |A x - b| over x >= 0 (Lawson and Hanson 1974, chapter 23). */
export function leastNonNegative(columns: readonly number[][], right: readonly number[]): number[] {
  const norms = columns.map((column) => Math.sqrt(dot(column, column)) || 1);
  const unit = columns.map((column, k) => column.map((each) => each / norms[k]!));
  const inside: number[] = [];
  let x = unit.map(() => 0);
  const residualOf = (values: readonly number[]) =>
    right.map((each, i) => each - unit.reduce((sum, column, k) => sum + column[i]! * values[k]!, 0));
  for (let round = 0; round < 20 * unit.length; round++) {
    const residual = residualOf(x);
    const gains = unit.map((column, k) => (inside.includes(k) ? -Infinity : dot(column, residual)));
    const best = gains.reduce((most, each, k) => (each > gains[most]! ? k : most), 0);
    if (!(gains[best]! > 1e-13)) break;
    inside.push(best);
    for (;;) {
      const solved = leastSquares(inside.map((k) => unit[k]!), right); // prettier-ignore
      const wrong = inside.map((k, at) => ({ k, at })).filter(({ at }) => solved[at]! <= 0);
      if (wrong.length === 0) {
        x = unit.map(() => 0);
        inside.forEach((k, at) => (x[k] = solved[at]!));
        break;
      }
      const share = Math.min(...wrong.map(({ k, at }) => x[k]! / (x[k]! - solved[at]!)));
      inside.forEach((k, at) => (x[k]! += share * (solved[at]! - x[k]!)));
      const out = wrong.filter(({ k, at }) => x[k]! <= 1e-15 || solved[at]! === x[k]);
      const leaving = out.length > 0 ? out : wrong.slice(0, 1);
      for (const { k } of leaving) {
        x[k] = 0;
        inside.splice(inside.indexOf(k), 1);
      }
    }
  }
  return residualOf(x);
}

/** By Gram and Schmidt, twice, so that columns that are nearly dependent lose nothing. */
function leastSquares(columns: readonly number[][], right: readonly number[]): number[] {
  const n = columns.length;
  const basis: number[][] = [];
  const upper = columns.map(() => new Float64Array(n));
  columns.forEach((column, k) => {
    const rest = [...column];
    for (let again = 0; again < 2; again++)
      basis.forEach((each, j) => {
        const part = dot(each, rest);
        upper[j]![k]! += part;
        for (let i = 0; i < rest.length; i++) rest[i]! -= part * each[i]!;
      });
    const length = Math.sqrt(dot(rest, rest));
    // A column that the others make up adds nothing.
    basis.push(length < 1e-12 ? rest.map(() => 0) : rest.map((each) => each / length));
    upper[k]![k] = length < 1e-12 ? 1 : length;
  });
  const x = basis.map((each) => dot(each, right));
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= upper[i]![j]! * x[j]!;
    x[i]! /= upper[i]![i]!;
  }
  return x;
}

/** Conditions of each kind of optimum, annual numbers; `rate` is the risk-free rate. */
export const conditions = {
  minVariance: (w: readonly number[], covariance: number[][]): Condition => ({ gradient: times(covariance, w) }),
  /** Least -(net - base) / volatility. */
  bestRatio(w: readonly number[], covariance: number[][], { gains, base, net }: Ratio): Condition {
    const risk = times(covariance, w);
    const volatility = Math.sqrt(dot(w, risk));
    const gradient = gains.map((each, i) => -each / volatility + ((net - base) * risk[i]!) / volatility ** 3);
    return { gradient, costRate: 1 / volatility };
  },
  leastVarianceAt: (w: readonly number[], covariance: number[][], expected: readonly number[]): Condition => ({
    gradient: times(covariance, w),
    active: [{ gradient: expected.map((each) => -each), costRate: 1 }],
  }),
  mostReturnAt: (w: readonly number[], covariance: number[][], expected: readonly number[]): Condition => ({
    gradient: expected.map((each) => -each),
    costRate: 1,
    active: [{ gradient: times(covariance, w) }],
  }),
  nearestTo: (w: readonly number[], aim: readonly number[]): Condition => ({
    gradient: w.map((each, i) => each - aim[i]!),
  }),
  /** Rockafellar and Uryasev: each scenario beyond the value at risk counts 1 / ((1 - c) T), those at it something up to that, all of them 1. */
  leastCvar(w: readonly number[], returns: readonly ArrayLike<number>[], confidence: number): Condition {
    const count = returns[0]!.length;
    const rowOf = (t: number) => returns.map((each) => each[t]!);
    const losses = Array.from({ length: count }, (_, t) => -dot(w, rowOf(t)));
    const cap = 1 / ((1 - confidence) * count);
    const level = [...losses].sort((a, b) => b - a)[Math.ceil((1 - confidence) * count - 1e-9) - 1]!;
    const tied = losses.flatMap((loss, t) => (Math.abs(loss - level) < 1e-12 ? [t] : []));
    const beyond = losses.flatMap((loss, t) => (loss - level >= 1e-12 ? [t] : []));
    const gradient = w.map((_, i) => -beyond.reduce((sum, t) => sum + cap * returns[i]![t]!, 0));
    const columns = tied.map((t) => rowOf(t).map((each) => -each));
    return { gradient, shares: { columns, cap, sum: 1 - cap * beyond.length } };
  },
};

interface Ratio {
  readonly gains: readonly number[];
  readonly base: number;
  readonly net: number;
}

/** What is known of a problem, annual, and the weights that were found for it by name; those moved by limits with the weights of their rule. */
export interface Solved {
  readonly found: Readonly<Record<string, readonly number[] | undefined>>;
  readonly rules: readonly (readonly [weights: readonly number[], rule: readonly number[]])[];
  readonly frontier: readonly (readonly number[])[];
  readonly returns: readonly ArrayLike<number>[];
  readonly expected: readonly number[];
  readonly covariance: number[][];
  readonly riskFreeRate: number;
  readonly allowed: Allowed;
  readonly targets: { return: number; volatility: number };
  readonly confidence: number;
}

/** The residual of every optimum, by name. */
function residualsOf(solved: Solved): Record<string, number> {
  const { found, expected, covariance, allowed, targets, riskFreeRate } = solved;
  const untaxed = { ...allowed, cost: 0 };
  const net = (w: readonly number[]) => dot(w, expected) - allowed.cost * tradesOf(w, allowed.held);
  const volatilities = covariance.map((row, i) => Math.sqrt(row[i]!));
  const atReturn = (w: readonly number[]) => conditions.leastVarianceAt(w, covariance, expected);
  const of = (name: string, conditionOf: (w: readonly number[]) => Condition, limits = allowed): number => {
    const w = found[name];
    return w ? optimalityResidual(w, limits, conditionOf(w)) : 0;
  };
  const { targetReturn, targetVolatility } = found;
  return {
    minVariance: of('minVariance', (w) => conditions.minVariance(w, covariance)),
    maxSharpe: of('maxSharpe', (w) =>
      conditions.bestRatio(w, covariance, { gains: expected, base: riskFreeRate, net: net(w) }),
    ),
    maxDiversification: of(
      'maxDiversification',
      (w) => conditions.bestRatio(w, covariance, { gains: volatilities, base: 0, net: dot(w, volatilities) }),
      untaxed,
    ),
    targetReturn: of('targetReturn', atReturn),
    returnMissed: targetReturn ? Math.max(0, targets.return - net(targetReturn)) : 0,
    // At minimum variance the multiplier of the volatility has no bound: there it is the least variance at its return.
    targetVolatility: Math.min(
      of('targetVolatility', (w) => conditions.mostReturnAt(w, covariance, expected)),
      of('targetVolatility', atReturn),
    ),
    volatilityMissed: targetVolatility
      ? Math.max(0, Math.sqrt(dot(targetVolatility, times(covariance, targetVolatility))) - targets.volatility)
      : 0,
    minCvar: of('minCvar', (w) => conditions.leastCvar(w, solved.returns, solved.confidence), untaxed),
    frontier: Math.max(0, ...solved.frontier.map((w) => optimalityResidual(w, allowed, atReturn(w)))),
    rules: Math.max(
      0,
      ...solved.rules.map(([w, rule]) => optimalityResidual(w, untaxed, conditions.nearestTo(w, rule))),
    ),
  };
}

/** The limits that a request of an optimisation asks for. */
export function allowedBy(
  { longOnly, maxWeight, bounds, groups, turnoverLimit, transactionCost }: OptimizationRequest,
  symbols: readonly string[],
  held: readonly number[],
): Allowed {
  const boundOf = (symbol: string) => bounds.find((each) => each.symbol === symbol);
  return {
    lower: symbols.map((symbol) => boundOf(symbol)?.min ?? (longOnly ? 0 : -maxWeight)),
    upper: symbols.map((symbol) => boundOf(symbol)?.max ?? maxWeight),
    groups: groups.map(({ symbols: names, min = -Infinity, max = Infinity }) => ({
      members: names.map((name) => symbols.indexOf(name)),
      min,
      max,
    })),
    held,
    turnover: turnoverLimit ?? Infinity,
    cost: transactionCost,
  };
}

/** The optima of which the residual is above 1e-9. */
export const tooLarge = (solved: Solved): [name: string, residual: number][] =>
  Object.entries(residualsOf(solved)).filter(([, residual]) => !(residual <= 1e-9));
