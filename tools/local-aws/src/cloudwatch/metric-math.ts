import { validationError } from './cloudwatch-errors';
import type { BinaryOperator, Expression } from './metric-math-parser';
import type { Points, Window } from './statistics';

/** A number, a time series, or several series with their ids. */
export type MathValue = number | Points | readonly NamedSeries[];

export interface NamedSeries {
  readonly id: string;
  readonly points: Points;
}

export interface MathScope {
  readonly window: Window;
  value(id: string): MathValue;
  /** The metrics of the request, not its expressions. */
  metrics(): readonly NamedSeries[];
}

const isList = (value: MathValue): value is readonly NamedSeries[] => Array.isArray(value);
const isSeries = (value: MathValue): value is Points => value instanceof Map;
const failure = (message: string) => validationError(`Error in expression: ${message}`);

const operators: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};

/** A point that cannot be computed, such as x/0, is a missing point. */
function mapPoints(points: Points, change: (value: number, at: number) => number | undefined): Points {
  const changed = new Map<number, number>();
  for (const [at, value] of points) {
    const next = change(value, at);
    if (next !== undefined && Number.isFinite(next)) changed.set(at, next);
  }
  return changed;
}

const mapSeries = (value: MathValue, change: (points: Points) => Points): MathValue => {
  if (isList(value)) return value.map(({ id, points }) => ({ id, points: change(points) }));
  if (isSeries(value)) return change(value);
  throw failure('a time series is expected');
};

/** Two series meet where both have a point. */
function combine(left: MathValue, right: MathValue, apply: (a: number, b: number) => number): MathValue {
  if (isList(left)) return mapSeries(left, (points) => combine(points, right, apply) as Points);
  if (isList(right)) return mapSeries(right, (points) => combine(left, points, apply) as Points);
  if (isSeries(left)) {
    return mapPoints(left, (a, at) => {
      const b = isSeries(right) ? right.get(at) : right;
      return b === undefined ? undefined : apply(a, b);
    });
  }
  if (isSeries(right)) return mapPoints(right, (b) => apply(left, b));
  return apply(left, right);
}

/** SUM, AVG and the like: over the series of a list moment by moment, over a single series to a number. */
const fold =
  (reduce: (values: readonly number[]) => number) =>
  (args: readonly MathValue[]): MathValue => {
    const [value] = args;
    if (value === undefined || args.length !== 1) throw failure('one argument is expected');
    if (isSeries(value)) return reduce([...value.values()]);
    if (!isList(value)) return value;
    const moments = new Map<number, number[]>();
    for (const { points } of value) {
      for (const [at, one] of points) {
        const known = moments.get(at);
        if (known) known.push(one);
        else moments.set(at, [one]);
      }
    }
    const ordered = [...moments].sort(([a], [b]) => a - b);
    return new Map(ordered.map(([at, values]) => [at, reduce(values)]));
  };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(average(values.map((value) => (value - average(values)) ** 2)));

const each =
  (change: (value: number) => number) =>
  ([value = 0]: readonly MathValue[]): MathValue =>
    typeof value === 'number' ? change(value) : mapSeries(value, (points) => mapPoints(points, change));

/** The change from point to point, by second for RATE. */
const difference =
  (perSecond: boolean) =>
  ([value = 0]: readonly MathValue[]): MathValue =>
    mapSeries(value, (points) => {
      let before: readonly [number, number] | undefined;
      return mapPoints(points, (one, at) => {
        const change = before && (one - before[1]) / (perSecond ? (at - before[0]) / 1000 : 1);
        before = [at, one];
        return change;
      });
    });

const functions: Readonly<Record<string, (args: readonly MathValue[], scope: MathScope) => MathValue>> = {
  SUM: fold(sum),
  AVG: fold(average),
  MIN: fold((values) => Math.min(...values)),
  MAX: fold((values) => Math.max(...values)),
  STDDEV: fold(deviation),
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  DIFF: difference(false),
  RATE: difference(true),
  RUNNING_SUM: ([value = 0]) =>
    mapSeries(value, (points) => {
      let total = 0;
      return mapPoints(points, (one) => (total += one));
    }),
  PERIOD: (_args, { window }) => window.periodMs / 1000,
  METRIC_COUNT: ([value = []]) => (isList(value) ? value.length : 1),
  FIRST: ([value = []]) => (isList(value) ? (value[0]?.points ?? new Map<number, number>()) : value),
  LAST: ([value = []]) => (isList(value) ? (value.at(-1)?.points ?? new Map<number, number>()) : value),
  TIME_SERIES: ([value = 0], { window }) =>
    typeof value === 'number' ? new Map(moments(window).map((at) => [at, value])) : value,
  IF: choose,
};

function choose(args: readonly MathValue[]): MathValue {
  const [condition, yes, no] = args;
  if (condition === undefined || yes === undefined || args.length > 3) throw failure('IF takes two or three arguments');
  if (isList(condition) || isList(yes) || (no !== undefined && isList(no))) throw failure('IF does not take lists');
  if (typeof condition === 'number') return condition !== 0 ? yes : (no ?? new Map<number, number>());
  return mapPoints(condition, (value, at) => {
    const branch = value !== 0 ? yes : no;
    return branch === undefined || typeof branch === 'number' ? branch : branch.get(at);
  });
}

function moments({ startMs, endMs, periodMs }: Window): number[] {
  const all: number[] = [];
  for (let at = Math.floor(startMs / periodMs) * periodMs; at < endMs; at += periodMs) all.push(at);
  return all;
}

/** FILL(series, number | series | REPEAT | LINEAR). */
function fill(value: MathValue, filler: MathValue | 'REPEAT' | 'LINEAR', window: Window): MathValue {
  return mapSeries(value, (points) => {
    const filled = new Map<number, number>();
    let before: readonly [number, number] | undefined;
    for (const at of moments(window)) {
      let present = points.get(at);
      if (present !== undefined) before = [at, present];
      else if (filler === 'REPEAT') present = before?.[1];
      else if (filler === 'LINEAR') present = between(before, points, at);
      else if (typeof filler === 'number') present = filler;
      else if (isSeries(filler)) present = filler.get(at);
      if (present !== undefined) filled.set(at, present);
    }
    return filled;
  });
}

function between(before: readonly [number, number] | undefined, points: Points, at: number): number | undefined {
  const after = [...points].find(([moment]) => moment > at);
  if (!before || !after) return undefined;
  return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0]);
}

export function evaluate(expression: Expression, scope: MathScope): MathValue {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'text':
      throw failure('text is only allowed as an argument of METRICS');
    case 'name':
      return scope.value(expression.name);
    case 'negate':
      return combine(0, evaluate(expression.operand, scope), (a, b) => a - b);
    case 'binary':
      return combine(
        evaluate(expression.left, scope),
        evaluate(expression.right, scope),
        operators[expression.operator],
      );
    case 'list':
      return expression.items.flatMap((item, at): NamedSeries[] => {
        const value = evaluate(item, scope);
        if (isList(value)) return [...value];
        if (!isSeries(value)) throw failure('a list holds time series');
        return [{ id: item.kind === 'name' ? item.name : `item${at + 1}`, points: value }];
      });
    case 'call':
      return call(expression.name, expression.args, scope);
  }
}

function call(name: string, args: readonly Expression[], scope: MathScope): MathValue {
  if (name === 'METRICS') {
    const [filter] = args;
    if (filter !== undefined && filter.kind !== 'text') throw failure('METRICS takes a text');
    return scope.metrics().filter(({ id }) => filter === undefined || id.includes(filter.value));
  }
  if (name === 'FILL') {
    const [value, filler] = args;
    if (!value || !filler || args.length !== 2) throw failure('FILL takes two arguments');
    const word = filler.kind === 'name' ? filler.name.toUpperCase() : '';
    return fill(
      evaluate(value, scope),
      word === 'REPEAT' || word === 'LINEAR' ? word : evaluate(filler, scope),
      scope.window,
    );
  }
  if (!Object.hasOwn(functions, name)) throw failure(`the function ${name} does not exist or is not emulated`);
  return functions[name]!(
    args.map((arg) => evaluate(arg, scope)),
    scope,
  );
}
