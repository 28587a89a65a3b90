import { isAvailable, MonteCarlo, type MonteCarloRequest } from '@stocktool/contracts';
import fc from 'fast-check';
import { mean } from '../statistics/moments';
import { normalCumulative, normalDensity, normalQuantile } from '../statistics/normal-distribution';
import type { PortfolioData } from '../portfolio-data';
import { lowerCovariances } from './models/lower-triangle';
import { monteCarlo, type SimulatedRisk } from './monte-carlo';
import { PathSimulator, simulateHere } from './path-simulator';
import { planSimulation } from './planned-simulation';
import { madeUpReturns, simulatedPortfolio } from './simulated-portfolio.fixture';
import { blocksOf, bytesOf, pathsIn, type SimulationPlan } from './simulation-plan';

const models = ['gbm', 'studentT', 'bootstrap', 'filteredHistorical'] as const;
const both = models.flatMap((model) => [
  [model, 'weights are kept', false] as const,
  [model, 'shares are held', true] as const,
]);
const three = [0, 1, 2].map((asset) => madeUpReturns(asset));

function simulated(data: PortfolioData): SimulatedRisk {
  const result = monteCarlo(data);
  if (!isAvailable(result)) throw new Error(result.unavailable.reason);
  return result;
}
function planned(data: PortfolioData): SimulationPlan {
  const plan = planSimulation(data, data.request.monteCarlo!);
  if (!isAvailable(plan)) throw new Error(plan.unavailable.reason);
  return plan;
}
/** Every number of a result, with its path. */
const numbersOf = (value: unknown, path = ''): [string, number][] =>
  typeof value === 'number'
    ? [[path, value]]
    : Object.entries(value as object).flatMap(([key, child]) =>
        typeof child === 'string' ? [] : numbersOf(child, `${path}.${key}`),
      );

describe('monteCarlo', () => {
  it.each(both)('of %s, %s: is what the contract says, ordered, and free of NaN', (model, _, sharesHeld) => {
    const settings = { model, paths: 3000, target: 1.2 };
    const { monteCarlo: result } = simulated(simulatedPortfolio({ returns: three, sharesHeld, settings }));
    expect(MonteCarlo.parse(result)).toEqual(result);
    for (const [path, value] of numbersOf(result)) expect([path, Number.isFinite(value)]).toEqual([path, true]);
    for (const { p5, p25, p50, p75, p95 } of result.fan)
      expect([p5, p25, p50, p75, p95]).toEqual([p5, p25, p50, p75, p95].toSorted((a, b) => a - b));
    expect(result.fan.map(({ day }) => day)).toEqual(
      [0, 1, ...Array.from({ length: 24 }, (_, i) => (i + 1) * 10.5)].map(Math.round),
    );
    expect(result.fan.at(-1)).toEqual({ day: 252, ...withoutMean(result.terminal) });
    expect(result.cvar['0.95']).toBeGreaterThanOrEqual(result.var['0.95']!);
    expect(result.cvar['0.99']).toBeGreaterThanOrEqual(result.cvar['0.95']!);
    expect(result.maxDrawdown.p5).toBeGreaterThan(0);
    expect(result.maxDrawdown.p95).toBeLessThan(1);
  });

  it.each(both)('of %s, %s: gives the same bits whoever computes which block, in any order', (model, _, sharesHeld) => {
    const plan = planned(simulatedPortfolio({ returns: three, sharesHeld, settings: { model, paths: 4000 } }));
    const alone = simulateHere(plan);
    for (const threads of [1, 2, 3, 7]) {
      const paths = pathsIn(new SharedArrayBuffer(bytesOf(plan)), plan);
      const simulators = Array.from({ length: threads }, () => new PathSimulator(plan));
      for (let block = blocksOf(plan) - 1; block >= 0; block--)
        simulators[(block * 5) % threads]!.simulate(block, paths);
      expect(paths).toEqual(alone);
    }
  });

  it('of more paths begins with the same ones', () => {
    const of = (paths: number) => simulateHere(planned(simulatedPortfolio({ returns: three, settings: { paths } })));
    expect(of(5000).terminal.subarray(0, 1000)).toEqual(of(1000).terminal);
  });

  it.each(both)(
    'of %s, %s: does not depend on the order of the assets, and does on the seed',
    (model, _, sharesHeld) => {
      const settings = { model, paths: 2000 };
      const [a, b, c] = three as [Float64Array, Float64Array, Float64Array];
      const one = simulated(
        simulatedPortfolio({
          returns: [a, b, c],
          symbols: ['A', 'B', 'C'],
          weights: [0.5, 0.3, 0.2],
          sharesHeld,
          settings,
        }),
      );
      const other = simulated(
        simulatedPortfolio({
          returns: [c, a, b],
          symbols: ['C', 'A', 'B'],
          weights: [0.2, 0.5, 0.3],
          sharesHeld,
          settings,
        }),
      );
      const left = numbersOf(one);
      numbersOf(other).forEach(([path, value], i) =>
        expect([path, Math.abs(value - left[i]![1]) < 2e-6]).toEqual([path, true]),
      );
      const reseeded = simulated(
        simulatedPortfolio({ returns: three, sharesHeld, settings: { ...settings, seed: 7 } }),
      );
      expect(reseeded.monteCarlo.terminal.mean).not.toBe(one.monteCarlo.terminal.mean);
    },
  );

  it.each(both)('of %s, %s: an asset held in two halves is that asset', (model, _, sharesHeld) => {
    const settings = { model, paths: 1000 };
    const [asset] = three as [Float64Array];
    const whole = simulateHere(planned(simulatedPortfolio({ returns: [asset], sharesHeld, settings })));
    const halves = simulateHere(planned(simulatedPortfolio({ returns: [asset, asset], sharesHeld, settings })));
    whole.terminal.forEach((value, i) => expect(Math.abs(halves.terminal[i]! / value - 1)).toBeLessThan(2e-5));
  });

  describe.each(['weights are kept', 'shares are held'])('of gbm, one asset, %s', (mode) => {
    const settings = { model: 'gbm', paths: 200_000, target: 1.1 } as const;
    const returns = [madeUpReturns(1, 0.0003, 0.012)];
    const { monteCarlo: result } = simulated(
      simulatedPortfolio({ returns, sharesHeld: mode === 'shares are held', settings }),
    );
    const logs = returns[0]!.map(Math.log1p);
    const drift = mean(logs) * 252;
    const deviation = Math.sqrt(lowerCovariances([logs])[0]![0]! * 252);
    const wealth = (probability: number) => Math.exp(drift + deviation * normalQuantile(probability));
    const growth = Math.exp(drift + deviation ** 2 / 2);
    const beyond = (tail: number) => 1 - (growth * normalCumulative(normalQuantile(tail) - deviation)) / tail;
    // The log-normal distribution in closed form.
    it.each([
      ['terminal.mean', result.terminal.mean, growth],
      ['terminal.p5', result.terminal.p5, wealth(0.05)],
      ['terminal.p25', result.terminal.p25, wealth(0.25)],
      ['terminal.p50', result.terminal.p50, wealth(0.5)],
      ['terminal.p95', result.terminal.p95, wealth(0.95)],
      ['probabilityOfLoss', result.probabilityOfLoss, normalCumulative(-drift / deviation)],
      ['probabilityOfTarget', result.probabilityOfTarget!, normalCumulative((drift - Math.log(1.1)) / deviation)],
      ['var.0.99', result.var['0.99']!, 1 - wealth(0.01)],
      ['cvar.0.95', result.cvar['0.95']!, beyond(0.05)],
      ['cvar.0.99', result.cvar['0.99']!, beyond(0.01)],
    ])('has the %s of the log-normal distribution within five standard errors', (name, actual, expected) =>
      expect(Math.abs(actual - expected)).toBeLessThan(5 * result.standardErrors[name]!),
    );

    it('has the standard errors that theory gives of antithetic pairs: of the mean, a probability and quantiles', () => {
      // Of the mean of f over pairs: sqrt((var f(z) + cov(f(z), f(-z))) / paths). Both are never in one lower tail.
      const ofShare = (p: number) => Math.sqrt((p * (1 - p) + Math.max(0, 2 * p - 1) - p * p) / settings.paths);
      const ofQuantile = (p: number) => (ofShare(p) * deviation * wealth(p)) / normalDensity(normalQuantile(p));
      const theory = {
        'terminal.mean': (growth * 2 * Math.sinh(deviation ** 2 / 2)) / Math.sqrt(settings.paths),
        probabilityOfLoss: ofShare(normalCumulative(-drift / deviation)),
        'terminal.p25': ofQuantile(0.25),
        'terminal.p5': ofQuantile(0.05),
        'var.0.99': ofQuantile(0.01),
      };
      // From 32 batches: itself known to an eighth.
      for (const [name, error] of Object.entries(theory)) {
        expect([name, result.standardErrors[name]! / error > 0.6]).toEqual([name, true]);
        expect([name, result.standardErrors[name]! / error < 1.6]).toEqual([name, true]);
      }
    });
  });

  it('of gbm pairs paths whose shocks are each other with the other sign', () => {
    const returns = [madeUpReturns(1, 0.0003, 0.012)];
    const { terminal } = simulateHere(
      planned(simulatedPortfolio({ returns, settings: { model: 'gbm', paths: 4096 } })),
    );
    const logs = terminal.map(Math.log);
    const both = 2 * 252 * mean(returns[0]!.map(Math.log1p));
    for (let path = 0; path < logs.length; path++)
      if (path % 16 < 8) expect(Math.abs(logs[path]! + logs[path + 8]! - both)).toBeLessThan(2e-5);
  });

  describe.each(models)('of %s', (model) => {
    const seeds = Array.from({ length: 64 }, (_, seed) => seed);
    const runs = seeds.map(
      (seed) => simulated(simulatedPortfolio({ returns: three, settings: { model, seed, paths: 4000 } })).monteCarlo,
    );
    it.each([
      'terminal.mean',
      'terminal.p25',
      'probabilityOfLoss',
      'var.0.95',
      'cvar.0.95',
      'cvar.0.99',
      'maxDrawdown.mean',
      'maxDrawdown.p95',
    ])('the standard error of %s is how far simulations of other seeds lie apart', (name) => {
      const figures = runs.map((run) => new Map(numbersOf(run)).get(`.${name}`)!);
      const centre = mean(figures);
      const apart = figures.reduce((sum, each) => sum + (each - centre) ** 2, 0) / (seeds.length - 1);
      const told = mean(runs.map((run) => run.standardErrors[name]! ** 2));
      // A variance of 64 values is itself known to a sixth: within four of these.
      expect(Math.abs(Math.log(apart / told))).toBeLessThan(4 * Math.sqrt(2 / 63));
    });
  });

  it.each([true, false])('of bootstrap ends where a block of the past led (shares held: %s)', (sharesHeld) => {
    const data = simulatedPortfolio({
      returns: three,
      sharesHeld,
      settings: { model: 'bootstrap', horizonDays: 21, paths: 2000 },
    });
    const { terminal } = simulateHere(planned(data));
    const growth = (returns: ArrayLike<number>, from: number) =>
      Array.from({ length: 21 }, (_, t) => 1 + returns[(from + t) % 500]!).reduce((a, b) => a * b, 1);
    const possible = Array.from({ length: 500 }, (_, from) =>
      sharesHeld ? three.reduce((sum, each) => sum + growth(each, from) / 3, 0) : growth(data.returns, from),
    );
    const seen = new Set(
      Array.from(terminal, (end) => possible.findIndex((value) => Math.abs(value / end - 1) < 1e-6)),
    );
    expect(seen.has(-1)).toBe(false);
    expect(seen.size).toBeGreaterThan(450); // of 500 blocks in 2000 draws; 491 expected
  });

  it('of filteredHistorical starts from the volatility of today, not of the whole period', () => {
    const calm = Float64Array.from(madeUpReturns(0, 0.0004, 0.02, 1000), (value, t) => (t < 700 ? value : value / 5));
    const of = (model: MonteCarloRequest['model']) =>
      simulated(simulatedPortfolio({ returns: [calm], settings: { model, paths: 20_000 } })).onePeriod.var['0.95']!;
    expect(of('filteredHistorical')).toBeLessThan(0.5 * of('bootstrap'));
  });

  describe.each(['gbm', 'studentT'] as const)('of %s sampled evenly', (model) => {
    const of = (sampling: 'pseudo' | 'quasi', sharesHeld: boolean, paths: number) =>
      simulated(simulatedPortfolio({ returns: three, sharesHeld, settings: { model, sampling, paths } })).monteCarlo;

    it.each([true, false])('has the figures of random paths (shares held: %s)', (sharesHeld) => {
      const [even, random] = [of('quasi', sharesHeld, 50_000), of('pseudo', sharesHeld, 100_000)];
      const [evenFigures, figures] = [even, random].map((result) => new Map(numbersOf(result)));
      for (const [name, error] of Object.entries(random.standardErrors)) {
        const apart = Math.abs(evenFigures!.get(`.${name}`)! - figures!.get(`.${name}`)!);
        expect([name, apart < 5 * Math.hypot(error, even.standardErrors[name]!)]).toEqual([name, true]);
      }
    });
  });

  it('of gbm sampled evenly knows its quantiles and tail better than twice as many random paths', () => {
    const errors = (sampling: 'pseudo' | 'quasi', paths: number) =>
      simulated(simulatedPortfolio({ returns: three, settings: { sampling, paths } })).monteCarlo.standardErrors;
    const [even, random] = [errors('quasi', 20_000), errors('pseudo', 40_000)];
    for (const name of ['terminal.p25', 'terminal.p95', 'var.0.95', 'cvar.0.95'])
      expect(even[name]!).toBeLessThan(random[name]!);
  });

  it('in weeks takes a step a week', () => {
    const data = simulatedPortfolio({ returns: three, settings: { horizonDays: 126, paths: 500 } });
    const weekly = { ...data, timeline: { ...data.timeline, periodsPerYear: 52 } };
    expect(planned(weekly).steps).toBe(26);
    expect(simulated(weekly).monteCarlo.fan.at(-1)!.day).toBe(126);
  });

  it.each(both)('of %s, %s: an asset that never moves stays where it is', (model, _, sharesHeld) => {
    const flat = new Float64Array(300);
    const { monteCarlo: result } = simulated(
      simulatedPortfolio({ returns: [flat, flat], sharesHeld, settings: { model, paths: 600 } }),
    );
    expect(result.terminal).toEqual({ mean: 1, p5: 1, p25: 1, p50: 1, p75: 1, p95: 1 });
    expect(result).toMatchObject({ probabilityOfLoss: 0, var: { '0.95': 0, '0.99': 0 }, maxDrawdown: { p95: 0 } });
  });

  it('refuses by name: too few returns, a total loss, growth beyond measure, too much work', () => {
    const refusal = (data: PortfolioData) => {
      const result = monteCarlo(data);
      return isAvailable(result) ? 'available' : result.unavailable.code;
    };
    expect(refusal(simulatedPortfolio({ returns: [new Float64Array(29)] }))).toBe('too-few-returns');
    expect(
      refusal(simulatedPortfolio({ returns: [Float64Array.from({ length: 40 }, (_, t) => (t === 7 ? -1 : 0.01))] })),
    ).toBe('total-loss');
    const explosive = [Float64Array.from({ length: 40 }, (_, t) => (t % 2 ? 4 : 1))];
    expect(refusal(simulatedPortfolio({ returns: explosive, settings: { paths: 100 } }))).toBe('not-finite');
    const many = Array.from({ length: 200 }, (_, asset) => madeUpReturns(asset, 0, 0.01, 60));
    expect(refusal(simulatedPortfolio({ returns: many, settings: { paths: 1_000_000, horizonDays: 2520 } }))).toBe(
      'too-much-work',
    );
  });

  it('refuses to sample evenly what is drawn from the past', () => {
    const data = simulatedPortfolio({ returns: three, settings: { model: 'bootstrap', sampling: 'quasi' } });
    expect(monteCarlo(data)).toMatchObject({ unavailable: { code: 'no-quasi-sampling' } });
  });

  it('of any returns, paths and horizon: no figure is NaN or infinite', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.boolean(),
        fc.array(fc.array(fc.double({ min: -0.9, max: 3, noNaN: true }), { minLength: 30, maxLength: 30 }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 40 }),
        (model, sharesHeld, drawn, paths, horizonDays) => {
          const returns = drawn.map((values) => Float64Array.from(values));
          const result = monteCarlo(
            simulatedPortfolio({ returns, sharesHeld, settings: { model, paths, horizonDays } }),
          );
          if (isAvailable(result))
            for (const [path, value] of numbersOf(result)) expect([path, Number.isFinite(value)]).toEqual([path, true]);
        },
      ),
      { numRuns: 150 },
    ));
});

const withoutMean = ({ mean: _, ...quantiles }: MonteCarlo['terminal']) => quantiles;
