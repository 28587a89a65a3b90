import { z } from 'zod';
import { validationError } from './cloudwatch-errors';
import { evaluate, type MathScope, type MathValue, type NamedSeries } from './metric-math';
import { parseMetricMath, type Expression } from './metric-math-parser';
import type { MetricStore } from './metric-store';
import { checkPeriod, points, statisticNamed, type Points, type Window } from './statistics';

export const Dimensions = z
  .array(z.object({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) }))
  .max(30);
export const MetricQuery = z.object({
  Id: z.string().regex(/^[a-z]\w{0,254}$/, 'must begin with a lower case letter'),
  Label: z.string().nullish(),
  ReturnData: z.boolean().nullish(),
  Period: z.number().int().nullish(),
  Expression: z.string().min(1).max(2048).nullish(),
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: Dimensions.nullish() }),
      Period: z.number().int(),
      Stat: z.string(),
      Unit: z.string().nullish(),
    })
    .nullish(),
});
export type MetricQuery = z.infer<typeof MetricQuery>;

export interface QueryResult {
  readonly query: MetricQuery;
  readonly label: string;
  readonly points: Points;
}

/** The metrics and expressions of one request or alarm. Built once, evaluated for any span of time. */
export class MetricQueries {
  private readonly byId: ReadonlyMap<string, MetricQuery>;
  private readonly expressions = new Map<string, Expression>();

  constructor(
    private readonly store: MetricStore,
    readonly queries: readonly MetricQuery[],
  ) {
    this.byId = new Map(queries.map((query) => [query.Id, query]));
    if (this.byId.size < queries.length) throw validationError('Metric query ids must be unique');
    for (const { Id, Expression, MetricStat } of queries) {
      if ((Expression == null) === (MetricStat == null))
        throw validationError(`${Id}: either MetricStat or Expression is required`);
      if (Expression != null) this.expressions.set(Id, parseMetricMath(Expression));
      if (MetricStat) {
        checkPeriod(MetricStat.Period);
        statisticNamed(MetricStat.Stat);
      }
    }
    for (const [id, expression] of this.expressions) this.checkNames(expression, [id]);
  }

  /** Series for one query; an expression over a list of series may yield several. */
  results(query: MetricQuery, span: { startMs: number; endMs: number }): QueryResult[] {
    const periodMs = this.periodOf(query);
    const window = { ...span, startMs: Math.floor(span.startMs / periodMs) * periodMs, periodMs };
    const value = this.value(query.Id, window);
    const label = query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id;
    if (value instanceof Map) return [{ query, label, points: value as Points }];
    if (typeof value === 'number')
      throw validationError(`${query.Id}: the expression must return a time series, not a number`);
    return (value as readonly NamedSeries[]).map(({ id, points: own }) => ({
      query,
      label: `${label} ${id}`,
      points: own,
    }));
  }

  /** An expression runs at the longest period of what it uses, unless it says otherwise. */
  periodOf(query: MetricQuery): number {
    if (query.MetricStat) return checkPeriod(query.MetricStat.Period);
    if (query.Period) return checkPeriod(query.Period);
    return (
      Math.max(0, ...this.queries.map((one) => (one.MetricStat ? checkPeriod(one.MetricStat.Period) : 0))) || 60_000
    );
  }

  private value(id: string, window: Window): MathValue {
    const query = this.byId.get(id)!;
    if (query.MetricStat) return this.metric(query, window);
    const scope: MathScope = {
      window,
      value: (name) => this.value(name, window),
      metrics: () =>
        this.queries
          .filter((one) => one.MetricStat)
          .map((one): NamedSeries => ({ id: one.Id, points: this.metric(one, window) })),
    };
    return evaluate(this.expressions.get(id)!, scope);
  }

  private metric({ MetricStat }: MetricQuery, window: Window): Points {
    const { Metric, Stat } = MetricStat!;
    return points(this.store.find(Metric), statisticNamed(Stat), window);
  }

  private checkNames(expression: Expression, path: readonly string[]): void {
    switch (expression.kind) {
      case 'name': {
        const { name } = expression;
        if (/^(REPEAT|LINEAR)$/i.test(name) && !this.byId.has(name)) return;
        if (!this.byId.has(name)) throw validationError(`Error in expression: unknown id ${name}`);
        if (path.includes(name)) throw validationError(`Error in expression: ${name} refers to itself`);
        const inner = this.expressions.get(name);
        return inner && this.checkNames(inner, [...path, name]);
      }
      case 'negate':
        return this.checkNames(expression.operand, path);
      case 'binary':
        this.checkNames(expression.left, path);
        return this.checkNames(expression.right, path);
      case 'list':
        return expression.items.forEach((item) => this.checkNames(item, path));
      case 'call':
        return expression.args.forEach((arg) => this.checkNames(arg, path));
      case 'number':
      case 'text':
        return undefined;
    }
  }
}
