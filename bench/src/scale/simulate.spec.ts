import { erlangC, predict } from './queueing';
import { drawDuration, seededUniform } from './random';
import { simulate } from './simulate';
import { plan, type Measured, type Station } from './station';

const exponentialService = { meanSeconds: 1, squaredVariation: 1 };
const one = (servers: number, service = exponentialService): Station => ({ name: 'one', servers, service });
const run = (arrivalsPerSecond: number, stations: Station[], seed = 7) =>
  simulate(stations, { arrivalsPerSecond, jobs: 400_000, seed });
const off = (value: number | undefined, expected: number) => Math.abs((value ?? Number.NaN) / expected - 1);

describe('simulate', () => {
  it('waits as M/M/1 does: ρ / (μ - λ), four seconds at 0.8', () => {
    const [figures] = run(0.8, [one(1)]);
    expect(off(figures?.waitSeconds, 4)).toBeLessThan(0.05);
    expect(off(figures?.utilisation, 0.8)).toBeLessThan(0.01);
    expect(off(figures?.jobs, 4)).toBeLessThan(0.05); // ρ / (1 - ρ)
  });

  it('waits as M/M/3 does: 4/9 of a second at two thirds', () => {
    const [figures] = run(2, [one(3)]);
    expect(off(figures?.waitSeconds, 4 / 9)).toBeLessThan(0.05);
  });

  it('waits half as long when every job takes the same time (Pollaczek and Khinchine)', () => {
    const [figures] = run(0.8, [one(1, { meanSeconds: 1, squaredVariation: 0 })]);
    expect(off(figures?.waitSeconds, 2)).toBeLessThan(0.05);
  });

  it('sends on what looks like random arrivals (Burke): the second of two M/M/1 waits as if it were alone', () => {
    const [, second] = run(0.7, [one(1), one(1)]);
    expect(off(second?.waitSeconds, 0.7 / 0.3)).toBeLessThan(0.06);
  });

  it('gives the same figures for the same seed, and others for another', () => {
    expect(run(0.5, [one(1)])).toEqual(run(0.5, [one(1)]));
    expect(run(0.5, [one(1)], 8)).not.toEqual(run(0.5, [one(1)]));
  });
});

describe('predict', () => {
  it('knows the textbook values of M/M/c', () => {
    expect(erlangC(1, 0.8)).toBeCloseTo(0.8, 12);
    expect(erlangC(3, 2)).toBeCloseTo(4 / 9, 12);
    expect(predict(2, 3, exponentialService).waitSeconds).toBeCloseTo(4 / 9, 12);
  });

  it('has no finite wait where servers cannot keep up', () => {
    expect(predict(3, 3, exponentialService).waitSeconds).toBe(Infinity);
  });

  it.each([
    [2, 0.26],
    [2, 0.8],
    [4, 3],
    [36, 21.6],
  ])('agrees with the simulation for %d servers and %d of work, of nearly equal jobs', (servers, offered) => {
    const service = { meanSeconds: 1, squaredVariation: 0.03 };
    const [figures] = run(offered, [one(servers, service)]);
    const { waitSeconds, responseSeconds, utilisation } = predict(offered, servers, service);
    expect(off(figures?.waitSeconds, waitSeconds)).toBeLessThan(0.2);
    expect(off(figures?.responseSeconds, responseSeconds)).toBeLessThan(0.02);
    expect(off(figures?.utilisation, utilisation)).toBeLessThan(0.02);
  });
});

describe('drawDuration', () => {
  it('has the mean and the variation that were asked for', () => {
    const uniform = seededUniform(3);
    const values = Array.from({ length: 200_000 }, () =>
      drawDuration(uniform, { meanSeconds: 2, squaredVariation: 0.25 }),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(off(mean, 2)).toBeLessThan(0.01);
    expect(off(variance / mean ** 2, 0.25)).toBeLessThan(0.03);
  });
});

describe('plan', () => {
  const row = { p50Ms: 50, p99Ms: 80, shares: { accept: 0.2, queue: 0, work: 0.4, notify: 0.4 } };
  const measured: Measured = {
    flow: { measuredAt: '', latencies: [{ jobsPerSecond: 1, ...row }] },
    fairness: {
      measuredAt: '',
      floodJobs: 1000,
      rounds: [{ acceptedMs: 3000 }, { acceptedMs: 5000 }, { acceptedMs: 9000 }],
    },
  };

  it('has as many tasks as keep 60 % busy, never fewer than two', () => {
    const [gateway, worker, notifier] = plan(measured, 1000);
    expect(gateway).toMatchObject({ servers: 17, service: { meanSeconds: 0.01 } }); // 1000 × 0.01 / 0.6
    expect(worker).toMatchObject({ servers: 34, service: { meanSeconds: 0.02 } }); // 1000 × 0.02 / 0.6
    expect(notifier).toMatchObject({ servers: 134, service: { meanSeconds: 0.08 } }); // 1000 × 0.08 / 0.6
    expect(plan(measured, 1).map(({ servers }) => servers)).toEqual([2, 2, 2]);
  });
});
