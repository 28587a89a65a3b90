import fc from 'fast-check';
import { MetricStore } from './metric-store';
import { points, statisticNamed } from './statistics';

describe('MetricStore', () => {
  it('keeps at most 15 days of a series', () => {
    const store = new MetricStore();
    const now = Date.now();
    for (let day = 20; day >= 0; day--)
      store.addValues({ Namespace: 'n', MetricName: 'm' }, now - day * 86_400_000, 'None', [1], [1]);
    const [series] = store.list();
    expect(series!.buckets.length).toBeLessThanOrEqual(16);
  });

  it('puts late data where it belongs', () => {
    const store = new MetricStore();
    const now = Date.now();
    for (const offset of [3, 1, 2, 1])
      store.addValues({ Namespace: 'n', MetricName: 'm' }, now + offset, 'None', [offset], [1]);
    expect(store.list()[0]!.buckets.map(({ at, count }) => [at - now, count])).toEqual([
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
  });

  it('gives the percentile that sorting all samples gives', () => {
    const sample = fc.record({ value: fc.integer({ min: -50, max: 50 }), times: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 100 }),
        (samples, percent) => {
          const store = new MetricStore();
          const metric = { Namespace: 'n', MetricName: 'm' };
          for (const { value, times } of samples) store.addValues(metric, 60_000, 'None', [value], [times]);
          const all = samples
            .flatMap(({ value, times }) => Array.from({ length: times }, () => value))
            .sort((a, b) => a - b);
          const expected = all[Math.ceil((percent * all.length) / 100) - 1];
          const window = { startMs: 0, endMs: 120_000, periodMs: 60_000 };
          expect(points(store.find(metric), statisticNamed(`p${percent}`), window).get(60_000)).toBe(expected);
        },
      ),
    );
  });
});
