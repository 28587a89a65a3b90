import { sampleOf } from '../statistics/return-sample';
import { seededUniform } from '../statistics/seeded-random';
import { simulatedValueAtRisk, type Simulation } from './simulated-value-at-risk';
import { conditionalValueAtRisk, valueAtRisk } from './value-at-risk';

const uniform = seededUniform(7);
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
/** Mean 0.0004 and deviation 0.012 exactly (ddof 1), so that the limits are known. */
function exactly(mean: number, deviation: number, values: number[]): number[] {
  const centre = values.reduce((sum, each) => sum + each, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, each) => sum + (each - centre) ** 2, 0) / (values.length - 1));
  return values.map((each) => mean + (deviation * (each - centre)) / spread);
}
const calm = sampleOf(exactly(0.0004, 0.012, Array.from({ length: 1500 }, normal)));
const wild = sampleOf(
  exactly(
    0.0004,
    0.012,
    Array.from({ length: 1500 }, () => normal() * (uniform() < 0.1 ? 4 : 1)),
  ),
);
const run = (sample: typeof calm, model: Simulation['model'], seed = 42) =>
  simulatedValueAtRisk(sample, { model, seed });
const values = (part: ReturnType<typeof run>) =>
  [part.var, part.cvar].flatMap((each) => Object.values(each) as number[]);

describe('simulatedValueAtRisk', () => {
  it('gbm comes to the log-normal limit', () => {
    // scipy: -expm1(c + z s), -(exp(c + s^2/2) Phi(z - s) / a - 1) with the log-normal of that mean and variance
    const [var95, var99, cvar95, cvar99] = values(run(calm, 'gbm'));
    for (const [actual, limit] of [
      [var95, 0.019214658094786594],
      [var99, 0.027199278427488923],
      [cvar95, 0.02410850576971224],
      [cvar99, 0.031138585878397573],
    ] as [number, number][])
      expect(Math.abs(actual / limit - 1)).toBeLessThan(2e-3);
  });

  it('bootstrap comes to the historical figures', () => {
    const { var: loss, cvar } = run(wild, 'bootstrap');
    expect(loss).toMatchObject({ '0.95': expect.closeTo(valueAtRisk(wild, 0.95).historical!, 3) });
    expect(cvar).toMatchObject({ '0.95': expect.closeTo(conditionalValueAtRisk(wild, 0.95).historical!, 3) });
  });

  it('fat tails lose more at 99 % by studentT than by gbm', () => {
    const [, student] = values(run(wild, 'studentT'));
    const [, normally] = values(run(wild, 'gbm'));
    expect(student!).toBeGreaterThan(normally! * 1.05);
  });

  it('filteredHistorical is worse after a storm than after a calm, of the same returns', () => {
    const ascendingStorm = [...(wild.returns as number[])].sort((a, b) => Math.abs(a) - Math.abs(b));
    const after = run(sampleOf(ascendingStorm), 'filteredHistorical');
    const before = run(sampleOf([...ascendingStorm].reverse()), 'filteredHistorical');
    expect(values(after)[0]!).toBeGreaterThan(2 * values(before)[0]!);
  });

  it.each(['gbm', 'studentT', 'bootstrap', 'filteredHistorical'] as const)('%s: a seed is a result', (model) => {
    expect(run(wild, model, 1)).toEqual(run(wild, model, 1));
    expect(run(wild, model, 1)).not.toEqual(run(wild, model, 2));
    const [var95, var99, cvar95, cvar99] = values(run(wild, model));
    expect(var99!).toBeGreaterThan(var95!);
    expect(cvar95!).toBeGreaterThan(var95!);
    expect(cvar99!).toBeGreaterThan(cvar95!);
  });

  it('has nothing to say of what does not vary', () => {
    expect(run(sampleOf([0, 0, 0, 0]), 'gbm').var).toMatchObject({ unavailable: { code: 'no-variation' } });
    expect(run(sampleOf([0.1]), 'bootstrap').cvar).toMatchObject({ unavailable: { code: 'no-variation' } });
  });
});
