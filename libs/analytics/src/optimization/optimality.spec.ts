import { isAvailable, OptimizationRequest } from '@stocktool/contracts';
import fc from 'fast-check';
import type { PortfolioData } from '../portfolio-data';
import { dataOf, dot, momentsOf, returnsOf, times } from './made-up-market.fixture';
import {
  allowedBy,
  conditions,
  leastNonNegative,
  optimalityResidual,
  tooLarge,
  type Solved,
} from './optimality.fixture';
import { MinimumCvar } from './portfolios/minimum-cvar';
import * as choose from './portfolios/portfolios';
import { problemOf } from './problem';
import { evenly } from './quadratic/frontier';

const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const slack = fc.oneof(
  fc.constantFrom(0, 1e-3),
  fc.integer({ min: 0, max: 300_000 }).map((millionths) => millionths / 1e6),
);
const parts = (all: readonly number[]) => all.map((each) => each / all.reduce((sum, other) => sum + other, 0));

/** Limits around weights that meet them (`inside`), so that what is asked for exists; each kind is missing now and then. */
const problems = fc.integer({ min: 2, max: 10 }).chain((assets) => {
  const each = <Value>(value: fc.Arbitrary<Value>) => fc.array(value, { minLength: assets, maxLength: assets });
  const members = fc.uniqueArray(fc.nat(assets - 1), { minLength: 1, maxLength: assets });
  return fc.record({
    seed: fc.integer({ min: 1, max: 1e9 }),
    longOnly: fc.boolean(),
    inside: each(share).map(parts),
    held: each(share).map(parts),
    bounds: fc
      .tuple(fc.boolean(), each(fc.option(fc.tuple(slack, slack))))
      .map(([bounded, all]) => all.map((around) => (bounded ? around : null))),
    groups: fc.array(fc.record({ members, below: fc.option(slack), above: fc.option(slack) }), { maxLength: 3 }),
    turnover: fc.option(slack),
    cost: fc.oneof(fc.constant(0), fc.double({ min: 1e-4, max: 0.05, noNaN: true })),
    confidence: fc.constantFrom(0.9, 0.95, 0.987),
  });
});
type Drawn = typeof problems extends fc.Arbitrary<infer Value> ? Value : never;

const nameOf = (i: number) => `S${String(i).padStart(2, '0')}`;
const within = (value: number) => Math.min(1, Math.max(0, value));

function optionsOf({ longOnly, inside, held, bounds, groups, turnover, cost }: Drawn) {
  const traded = inside.reduce((sum, each, i) => sum + Math.abs(each - held[i]!), 0);
  const limited = groups.map(({ members, below, above }, k) => {
    const sum = members.reduce((total, i) => total + inside[i]!, 0);
    const min = below === null ? {} : { min: within(sum - below) };
    const max = above === null ? {} : { max: within(sum + above) };
    return { name: `g${k}`, symbols: members.map(nameOf), ...min, ...max };
  });
  return OptimizationRequest.parse({
    longOnly,
    bounds: bounds.flatMap((each, i) =>
      each ? { symbol: nameOf(i), min: inside[i]! - each[0], max: Math.min(inside[i]! + each[1], 1) } : [],
    ),
    groups: limited,
    turnoverLimit: turnover === null ? null : Math.min(2, traded + turnover),
    transactionCost: cost,
  });
}

function solvedOf(drawn: Drawn): Solved {
  const { seed, inside, held, confidence, cost } = drawn;
  const made = returnsOf(seed, inside.length);
  const options = optionsOf(drawn);
  const { expected, covariance } = momentsOf(made.series);
  const riskFreeRate = Math.min(Math.max(...expected) / 4 - 0.2, 0.5);
  const perPeriod = Math.expm1(252 * Math.log1p(riskFreeRate / 252));
  // What the weights inside of the limits reach is within reach.
  const targets = {
    return: dot(inside, expected) - cost * inside.reduce((sum, each, i) => sum + Math.abs(each - held[i]!), 0),
    volatility: Math.sqrt(dot(inside, times(covariance, inside))),
  };
  const data = dataOf(made, options, { weights: held, riskFreeRate: perPeriod });
  const optima = optimaOf(data, targets, confidence);
  const allowed = allowedBy(options, inside.map((_, i) => nameOf(i)), held); // prettier-ignore
  return { ...optima, returns: made.series, allowed, expected, covariance, riskFreeRate, targets, confidence };
}

/** The optima alone: as `optimization` chooses them, without their bootstrap, which is nearly all of its time. */
function optimaOf(data: PortfolioData, targets: Solved['targets'], confidence: number) {
  const problem = problemOf(data);
  if ('unavailable' in problem) throw new Error(problem.unavailable.reason);
  const { estimates, limits, start, settings, singular } = problem;
  if ('unavailable' in start) throw new Error(start.unavailable.reason);
  const budgets = start.weights.map(() => 1 / start.weights.length);
  const given = { estimates, limits, start: start.weights, riskFreeRate: settings.riskFreeRate, budgets, singular };
  const frontier = choose.efficientFrontier(given);
  if ('unavailable' in frontier) throw new Error(frontier.unavailable.reason);
  // Nothing else may be refused: there are weights within the limits, and the covariance is regular.
  const weightsOf = (choice: choose.Choice, may = '') => {
    if (isAvailable<choose.Chosen>(choice)) return [...choice.weights];
    if (choice.unavailable.code === may) return undefined;
    throw new Error(choice.unavailable.reason);
  };
  const rules = [choose.riskParity, choose.hierarchical, choose.equalWeight, choose.inverseVolatility];
  return {
    found: {
      minVariance: weightsOf(choose.minimumVariance(frontier)),
      maxSharpe: weightsOf(choose.maximumSharpe(frontier, given), 'no-positive-excess-return'),
      targetReturn: weightsOf(choose.targetReturn(frontier, targets.return)),
      targetVolatility: weightsOf(choose.targetVolatility(frontier, targets.volatility)),
      maxDiversification: weightsOf(choose.maximumDiversification(given), 'no-positive-volatility'),
      minCvar: weightsOf(new MinimumCvar(problem.returns, limits, confidence).solve()!),
    },
    rules: rules.flatMap((rule) => {
      const { weights, unlimited } = rule(given) as choose.Chosen;
      return unlimited ? [[[...weights], [...unlimited]] as const] : [];
    }),
    frontier: evenly(frontier, 5).map((each) => [...each]),
  };
}

describe('every optimum meets the conditions of Karush, Kuhn and Tucker to 1e-9', () => {
  it('under random bounds, groups, turnover, costs and targets', () => {
    fc.assert(
      fc.property(problems, (drawn) => expect(tooLarge(solvedOf(drawn))).toEqual([])),
      { numRuns: 100 },
    );
  });
});

describe('the check of optimality', () => {
  it('finds what no sum of columns explains', () => {
    const columns = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    expect(leastNonNegative(columns, [2, -1, 3])).toEqual([0, -1, 3]);
  });

  it('does not pass weights a little off the optimum', () => {
    fc.assert(
      fc.property(problems, fc.nat(9), fc.nat(9), (drawn, from, to) => {
        const { allowed, covariance, found } = solvedOf({ ...drawn, bounds: [], groups: [], turnover: null });
        const weights = [...found.minVariance!];
        const [a, b] = [from % weights.length, to % weights.length];
        fc.pre(a !== b && weights[a]! > allowed.lower[a]! + 1e-4);
        weights[a]! -= 1e-4;
        weights[b]! += 1e-4;
        expect(optimalityResidual(weights, allowed, conditions.minVariance(weights, covariance))).toBeGreaterThan(1e-8);
      }),
      { numRuns: 30 },
    );
  });
});
