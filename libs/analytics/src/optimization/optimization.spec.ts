import { AnalysisRequest, isAvailable, type Optimization, type OptimalPortfolio } from '@stocktool/contracts';
import fc from 'fast-check';
import type { PortfolioData } from '../portfolio-data';
import { optimization } from './optimization';

const days = 160;
const weekdays = Array.from({ length: days + 1 }, (_, i) =>
  new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10),
);

/** A market with one common factor; numbers of a small generator of its own. */
function returnsOf(seed: number, assets: number): { series: Float64Array[]; market: Float64Array } {
  let state = seed;
  const uniform = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, each) => sum + each, -6);
  const market = Float64Array.from({ length: days }, () => 0.0004 + 0.01 * normal());
  const series = Array.from({ length: assets }, () => {
    const [beta, own, drift] = [0.4 + uniform(), 0.005 + 0.015 * uniform(), 0.002 * (uniform() - 0.3)];
    return market.map((each) => beta * each + own * normal() + drift);
  });
  return { series, market };
}

function dataOf(
  { series, market }: ReturnType<typeof returnsOf>,
  options: object = {},
  { names, weights, riskFreeRate = 0 }: { names?: string[]; weights?: number[]; riskFreeRate?: number } = {},
): PortfolioData {
  const symbols = names ?? series.map((_, i) => `S${String(i).padStart(2, '0')}`);
  const held = weights ?? symbols.map(() => 1 / symbols.length);
  const holdings = symbols.map((symbol, i) => ({ symbol, weight: held[i]! }));
  const request = AnalysisRequest.parse({ holdings, riskFreeRate, optimization: options });
  const pricesOf = (symbol: string) => ({
    symbol,
    currency: 'USD',
    source: 'test',
    dates: weekdays,
    adjClose: weekdays.map(() => 10 + 7 * Number(symbol.slice(1))),
    close: weekdays.map(() => 10 + 7 * Number(symbol.slice(1))),
  });
  return {
    request: { ...request, holdings },
    timeline: { dates: weekdays, periodsPerYear: 252, riskFreeRate },
    symbols,
    weights: held,
    assetReturns: series,
    returns: market.map((_, t) => series.reduce((sum, each, i) => sum + held[i]! * each[t]!, 0)),
    benchmarkReturns: market,
    assets: symbols.map((symbol) => pricesOf(symbol)),
    benchmark: pricesOf('B0'),
    factors: [],
    benchmarkHoldings: [],
  };
}

function optimised(data: PortfolioData): Optimization {
  const result = optimization(data);
  if (!isAvailable<Optimization>(result)) throw new Error(result.unavailable.reason);
  return result;
}

function portfolioOf(result: Optimization, name: keyof Optimization): OptimalPortfolio {
  const found = result[name] as OptimalPortfolio | { unavailable: { reason: string } };
  if ('unavailable' in found) throw new Error(`${name}: ${found.unavailable.reason}`);
  return found;
}

const frontierOf = ({ frontier }: Optimization) => {
  if (!Array.isArray(frontier)) throw new Error(frontier.unavailable.reason);
  return frontier;
};

/** Annual, straight from the definition: nothing of the code under test. */
function momentsOf(series: readonly Float64Array[]) {
  const means = series.map((each) => each.reduce((sum, value) => sum + value, 0) / days);
  const covariance = series.map((a, i) =>
    series.map((b, j) => {
      let total = 0;
      for (let t = 0; t < days; t++) total += (a[t]! - means[i]!) * (b[t]! - means[j]!);
      return (252 * total) / (days - 1);
    }),
  );
  return { expected: means.map((each) => 252 * each), covariance };
}

const times = (matrix: number[][], x: number[]) =>
  matrix.map((row) => row.reduce((sum, each, j) => sum + each * x[j]!, 0));
const dot = (a: number[], b: number[]) => a.reduce((sum, each, i) => sum + each * b[i]!, 0);

/** How far weights in a box are from the conditions of Karush, Kuhn and Tucker for a gradient: spread of it among the free, wrong side at bounds. */
function kktResidual(weights: number[], gradient: number[], lower: number, upper: number): number {
  const at = (bound: number) => (each: number) => Math.abs(each - bound) < 1e-12;
  const free = gradient.filter((_, i) => !at(lower)(weights[i]!) && !at(upper)(weights[i]!));
  const inFloor = gradient.filter((_, i) => at(lower)(weights[i]!));
  const inCeiling = gradient.filter((_, i) => at(upper)(weights[i]!));
  const level =
    free.length > 0
      ? dot(
          free,
          free.map(() => 1 / free.length),
        )
      : Math.max(...inCeiling);
  return Math.max(
    0,
    ...free.map((each) => Math.abs(each - level)),
    ...inFloor.map((each) => level - each),
    ...inCeiling.map((each) => each - level),
  );
}

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
  it('meet the conditions of Karush, Kuhn and Tucker to 1e-9', () => {
    fc.assert(
      fc.property(market, fc.constantFrom(1, 0.5, 0.3), fc.boolean(), ({ seed, assets }, most, longOnly) => {
        const made = returnsOf(seed, assets);
        const maxWeight = Math.max(most, 1 / assets + 0.05);
        const lower = longOnly ? 0 : -maxWeight;
        const { expected, covariance } = momentsOf(made.series);
        const base = Math.min(0.4, Math.max(...expected) / 4 - 0.2);
        const result = optimised(
          dataOf(made, { longOnly, maxWeight }, { riskFreeRate: Math.expm1(252 * Math.log1p(base / 252)) }),
        );
        const residual = (name: (typeof named)[number], gradientOf: (w: number[], risk: number[]) => number[]) => {
          const weights = Object.values(portfolioOf(result, name).weights);
          return kktResidual(weights, gradientOf(weights, times(covariance, weights)), lower, maxWeight);
        };
        expect(residual('minVariance', (_, risk) => risk)).toBeLessThan(1e-9);
        // Of (base - return) / volatility.
        const ratio = (gains: number[], from: number) => (w: number[], risk: number[]) => {
          const volatility = Math.sqrt(dot(w, risk));
          return gains.map((each, i) => -each / volatility + ((dot(w, gains) - from) * risk[i]!) / volatility ** 3);
        };
        if (isAvailable<object>(result.maxSharpe))
          expect(residual('maxSharpe', ratio(expected, base))).toBeLessThan(1e-9);
        const deviations = covariance.map((row, i) => Math.sqrt(row[i]!));
        expect(residual('maxDiversification', ratio(deviations, 0))).toBeLessThan(1e-9);
      }),
      runs,
    );
  });

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
