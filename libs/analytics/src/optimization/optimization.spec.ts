import { isAvailable } from '@stocktool/contracts';
import fc from 'fast-check';
import {
  dataOf,
  days,
  dot,
  frontierOf,
  momentsOf,
  optimised,
  portfolioOf,
  returnsOf,
  times,
} from './made-up-market.fixture';
import { optimization } from './optimization';

const market = fc.record({ seed: fc.integer({ min: 1, max: 1e9 }), assets: fc.integer({ min: 2, max: 12 }) });
const runs = { numRuns: 20 };
const named = [
  'minVariance',
  'maxSharpe',
  'riskParity',
  'hrp',
  'maxDiversification',
  'minCvar',
  'equalWeight',
  'inverseVolatility',
] as const;

describe('optimal portfolios', () => {
  it('sum to 1 and stay within bounds, groups and turnover', () => {
    fc.assert(
      fc.property(market, fc.constantFrom(null, 0.3, 0.8), ({ seed, assets }, turnoverLimit) => {
        const symbols = ['S00', 'S01'];
        const maxWeight = assets === 2 ? 1 : 0.7;
        const options = {
          maxWeight,
          turnoverLimit,
          transactionCost: 0.002,
          groups: [{ name: 'g', symbols, min: 0.1, max: assets === 2 ? 1 : 0.6 }],
        };
        const held = 1 / assets;
        const weights = Array.from({ length: assets }, () => held);
        const result = optimised(dataOf(returnsOf(seed, assets), options, { weights, riskFreeRate: -0.4 }));
        // With costs and a limit it may be that nothing beats even this risk-free rate.
        const there = named.filter((name) => isAvailable<object>(result[name]) || name !== 'maxSharpe');
        const all = [
          ...there.map((name) => portfolioOf(result, name).weights),
          ...frontierOf(result).map((point) => point.weights),
        ];
        for (const each of all) {
          const values = Object.values(each);
          expect(Math.abs(values.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-12);
          expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...values)).toBeLessThanOrEqual(maxWeight + 1e-15);
          const group = each.S00! + each.S01!;
          expect(group).toBeGreaterThan(0.1 - 1e-10);
          expect(group).toBeLessThan((assets === 2 ? 1 : 0.6) + 1e-10);
          const turnover = values.reduce((sum, value) => sum + Math.abs(value - held), 0);
          expect(turnover).toBeLessThan((turnoverLimit ?? 2) + 1e-10);
        }
      }),
      runs,
    );
  });

  it('are the same in any order of the holdings', () => {
    fc.assert(
      fc.property(market, fc.infiniteStream(fc.nat()), ({ seed, assets }, stream) => {
        const made = returnsOf(seed, assets);
        const names = made.series.map((_, i) => `S${String(i).padStart(2, '0')}`);
        const keys = names.map(() => stream.next().value as number);
        const order = names.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
        const shuffled = { ...made, series: order.map((i) => made.series[i]!) };
        const options = { maxWeight: 0.8, cash: 10_000 };
        const again = optimised(dataOf(shuffled, options, { names: order.map((i) => names[i]!) }));
        expect(again).toEqual(optimised(dataOf(made, options)));
      }),
      { numRuns: 10 },
    );
  });

  it('do not change with the scale of all returns, but for volatility', () => {
    fc.assert(
      fc.property(market, fc.double({ min: 0.2, max: 3, noNaN: true }), ({ seed, assets }, factor) => {
        const made = returnsOf(seed, assets);
        const scaled = {
          market: made.market.map((each) => factor * each),
          series: made.series.map((each) => each.map((value) => factor * value)),
        };
        const [a, b] = [optimised(dataOf(made)), optimised(dataOf(scaled))];
        for (const name of [
          'minVariance',
          'riskParity',
          'hrp',
          'maxDiversification',
          'minCvar',
          'inverseVolatility',
        ] as const) {
          const [one, other] = [portfolioOf(a, name), portfolioOf(b, name)];
          for (const symbol of Object.keys(one.weights))
            expect(other.weights[symbol]).toBeCloseTo(one.weights[symbol]!, 8);
          expect(other.volatility / one.volatility).toBeCloseTo(factor, 8);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('have equal risk contributions in risk parity, or those of the budget', () => {
    fc.assert(
      fc.property(market, fc.boolean(), ({ seed, assets }, budgeted) => {
        const made = returnsOf(seed, assets);
        const riskBudget = budgeted ? [{ symbol: 'S00', share: 0.4 }] : [];
        const weights = Object.values(portfolioOf(optimised(dataOf(made, { riskBudget })), 'riskParity').weights);
        const risk = times(momentsOf(made.series).covariance, weights);
        const share = (i: number) => (budgeted ? (i === 0 ? 0.4 : 0.6 / (assets - 1)) : 1 / assets);
        weights.forEach((each, i) => expect((each * risk[i]!) / dot(weights, risk)).toBeCloseTo(share(i), 12));
      }),
      runs,
    );
  });

  it('have no weight where the budget leaves no risk', () => {
    const made = returnsOf(5, 3);
    const parity = (riskBudget: object[]) => portfolioOf(optimised(dataOf(made, { riskBudget })), 'riskParity').weights;
    expect(parity([{ symbol: 'S01', share: 1 }])).toEqual({ S00: 0, S01: 1, S02: 0 });
    const weights = Object.values(parity([{ symbol: 'S00', share: 0.7 }, { symbol: 'S02', share: 0.3 }])); // prettier-ignore
    const risk = times(momentsOf(made.series).covariance, weights);
    expect(weights[1]).toBe(0);
    expect((weights[0]! * risk[0]!) / dot(weights, risk)).toBeCloseTo(0.7, 12);
  });

  it('rise in volatility along the frontier, in even steps of return, from minimum variance to the most return', () => {
    fc.assert(
      fc.property(market, fc.integer({ min: 2, max: 40 }), ({ seed, assets }, frontierPoints) => {
        const made = returnsOf(seed, assets);
        const result = optimised(dataOf(made, { frontierPoints }));
        const frontier = frontierOf(result);
        const best = Math.max(...momentsOf(made.series).expected);
        expect(frontier[0]!.volatility).toBeCloseTo(portfolioOf(result, 'minVariance').volatility, 12);
        expect(frontier.at(-1)!.return).toBeCloseTo(best, 12);
        if (frontier.length === 1) return;
        expect(frontier).toHaveLength(frontierPoints);
        const step = (best - frontier[0]!.return) / (frontierPoints - 1);
        for (let k = 1; k < frontierPoints; k++) {
          expect(frontier[k]!.volatility).toBeGreaterThan(frontier[k - 1]!.volatility);
          expect(frontier[k]!.return - frontier[k - 1]!.return).toBeCloseTo(step, 11);
        }
      }),
      runs,
    );
  });

  it('reach a target of return with less volatility than any mix of the frontier, and a target of volatility exactly', () => {
    const made = returnsOf(7, 8);
    const frontier = frontierOf(optimised(dataOf(made, { frontierPoints: 3 })));
    const [target, risk] = [frontier[1]!.return, (frontier[1]!.volatility + frontier[2]!.volatility) / 2];
    const result = optimised(dataOf(made, { targetReturn: target, targetVolatility: risk }));
    expect(portfolioOf(result, 'targetReturn').volatility).toBeCloseTo(frontier[1]!.volatility, 12);
    expect(portfolioOf(result, 'targetVolatility').volatility).toBeCloseTo(risk, 12);
    expect(portfolioOf(result, 'targetVolatility').return).toBeGreaterThan(target);
  });

  it('give the smallest mean loss in the worst days: every step to another asset makes it no better', () => {
    fc.assert(
      fc.property(market, ({ seed, assets }) => {
        const { series, market: benchmark } = returnsOf(seed, assets);
        const found = portfolioOf(optimised(dataOf({ series, market: benchmark })), 'minCvar');
        const cvarOf = (weights: number[]) => {
          const losses = Array.from(
            { length: days },
            (_, t) =>
              -dot(
                weights,
                series.map((each) => each[t]!),
              ),
          );
          return (
            losses
              .sort((a, b) => b - a)
              .slice(0, days * 0.05)
              .reduce((sum, each) => sum + each, 0) /
            (days * 0.05)
          );
        };
        const weights = Object.values(found.weights);
        expect(found.cvar).toBeCloseTo(cvarOf(weights), 12);
        for (let i = 0; i < assets; i++)
          for (const step of [1e-4, 0.01, 0.3])
            expect(cvarOf(weights.map((each, j) => (1 - step) * each + (i === j ? step : 0)))).toBeGreaterThan(
              found.cvar! - 1e-12,
            );
      }),
      runs,
    );
  });

  it('have bands that hold the same seed, differ by seed, and contain most weights', () => {
    const made = returnsOf(3, 6);
    const [a, b, c] = [{ seed: 1 }, { seed: 1 }, { seed: 2 }].map((options) => optimised(dataOf(made, options)));
    expect(a).toEqual(b);
    expect(portfolioOf(c!, 'minVariance').bands).not.toEqual(portfolioOf(a!, 'minVariance').bands);
    for (const name of ['minVariance', 'riskParity', 'minCvar'] as const) {
      const { weights, bands } = portfolioOf(a!, name);
      const inside = Object.entries(weights).filter(
        ([symbol, each]) => each >= bands![symbol]!.p5 && each <= bands![symbol]!.p95,
      );
      expect(inside.length).toBeGreaterThanOrEqual(4);
    }
  });
});

describe('what cannot be is refused with a reason', () => {
  const made = returnsOf(11, 4);
  const codeOf = (part: unknown) => (part as { unavailable: { code: string } }).unavailable.code;

  it.each([
    [{ maxWeight: 0.2 }, 'infeasible-bounds'],
    [{ groups: [{ name: 'g', symbols: ['S00'], min: 0.6 }], maxWeight: 0.5 }, 'infeasible-groups'],
    [{ turnoverLimit: 0.1, bounds: [{ symbol: 'S00', min: 0.5 }] }, 'infeasible-turnover'],
  ])('%j', (options, code) => {
    const result = optimised(dataOf(made, options));
    for (const name of [...named, 'frontier'] as const) expect(codeOf(result[name])).toBe(code);
    expect(result.current.volatility).toBeGreaterThan(0);
  });

  it('a risk-free rate that nothing is expected to beat', () => {
    const result = optimised(dataOf(made, {}, { riskFreeRate: 0.99 }));
    expect(codeOf(result.maxSharpe)).toBe('no-positive-excess-return');
    expect(portfolioOf(result, 'minVariance').sharpe).toBeLessThan(0);
  });

  it('assets of which one is a mix of others, but not what needs no inverse', () => {
    const series = [...made.series, made.series[0]!.map((each, t) => (each + made.series[1]![t]!) / 2)];
    const result = optimised(dataOf({ ...made, series }));
    for (const name of ['minVariance', 'maxSharpe', 'maxDiversification', 'frontier'] as const)
      expect(codeOf(result[name])).toBe('singular-covariance');
    for (const name of ['riskParity', 'hrp', 'minCvar', 'equalWeight', 'inverseVolatility'] as const)
      expect(portfolioOf(result, name).volatility).toBeGreaterThan(0);
    const shrunk = optimised(dataOf({ ...made, series }, { covariance: 'oas' }));
    expect(portfolioOf(shrunk, 'minVariance').volatility).toBeGreaterThan(0);
  });

  it('assets that undo each other, which have no shares of a variance', () => {
    const [first, second] = made.series as [Float64Array, Float64Array];
    for (const factor of [-1, -0.3, -3])
      for (const own of [[first], [first, second, second.map((each) => factor * each)]]) {
        const series = [...own, first.map((each) => factor * each)];
        const result = optimised(dataOf({ ...made, series }));
        expect(codeOf(result.riskParity)).toBe('singular-covariance');
        const { weights } = portfolioOf(result, 'inverseVolatility');
        expect(Object.values(weights).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }
  });

  it('targets out of reach, unknown symbols and views that contradict each other', () => {
    const result = optimised(dataOf(made, { targetReturn: 9, targetVolatility: 0.001 }));
    expect([codeOf(result.targetReturn), codeOf(result.targetVolatility)]).toEqual([
      'target-out-of-reach',
      'target-out-of-reach',
    ]);
    expect(codeOf(optimization(dataOf(made, { views: [{ symbol: 'ZZZ', return: 0.1 }] })))).toBe('unknown-symbol');
    const views = [0.1, 0.2].map((expected) => ({ symbol: 'S00', return: expected, confidence: 1 }));
    expect(codeOf(optimization(dataOf(made, { expectedReturns: 'blackLitterman', views })))).toBe(
      'contradictory-views',
    );
  });

  it('an asset that never moves has no inverse volatility', () => {
    const result = optimised(dataOf({ ...made, series: [...made.series, new Float64Array(days)] }));
    expect(codeOf(result.inverseVolatility)).toBe('singular-covariance');
    expect(portfolioOf(result, 'minCvar').weights.S04).toBeCloseTo(1, 12);
  });
});
