import fc from 'fast-check';
import { ascending, quantile } from '../statistics/quantile';
import { exceedances } from './exceedances';
import { christoffersen, kupiec, valueAtRiskTests } from './value-at-risk-tests';

const hits = (count: number, at: number[]) => Uint8Array.from({ length: count }, (_, i) => (at.includes(i) ? 1 : 0));

describe('backtests of the value at risk', () => {
  it('kupiec: 10 exceedances in 255 days at 5 %', () => {
    // scipy: -2 * (binom.logpmf(10, 255, .05) - binom.logpmf(10, 255, 10/255)); chi2.sf(…, 1)
    const { statistic, pValue } = kupiec(hits(255, [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]));
    expect(statistic).toBeCloseTo(0.6721767169793793, 10);
    expect(pValue).toBeCloseTo(0.4122937323139241, 10);
  });

  it('kupiec: as many as expected is a ratio of 0, none and all have a ratio', () => {
    expect(kupiec(hits(100, [1, 2, 3, 4, 5]))).toEqual({
      statistic: expect.closeTo(0, 12),
      pValue: expect.closeTo(1, 6),
    });
    expect(kupiec(hits(100, [])).statistic).toBeCloseTo(-200 * Math.log(0.95), 10);
    expect(kupiec(new Uint8Array(60).fill(1)).statistic).toBeCloseTo(-120 * Math.log(0.05), 9);
  });

  it('christoffersen: exceedances in a row are not independent, scattered ones may be', () => {
    const row = christoffersen(hits(500, [100, 101, 102, 103, 104, 105, 106, 107]));
    expect(row.pValue).toBeLessThan(1e-6);
    expect(christoffersen(hits(500, [3, 90, 170, 250, 340, 460])).pValue).toBeGreaterThan(0.5);
  });

  it('christoffersen is undefined without an exceedance that has a day after it', () => {
    expect(christoffersen(hits(100, []))).toEqual({ statistic: null, pValue: null });
    expect(christoffersen(hits(100, [99]))).toEqual({ statistic: null, pValue: null });
  });

  it('says what is missing for a backtest', () => {
    const few = valueAtRiskTests(new Float64Array(300), 252);
    expect(few).toEqual({ unavailable: { code: 'too-few-observations', reason: expect.stringContaining('312') } });
    expect(valueAtRiskTests(new Float64Array(300), 4)).toHaveProperty('unavailable');
  });

  it('an exceedance is a return below the quantile of the window before it, whatever the returns', () => {
    const value = fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, 0.01, -0.01), {
      arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }).map((each) => each / 1e6),
      weight: 8,
    });
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 45, maxLength: 400, size: 'max' }),
        fc.integer({ min: 22, max: 40 }),
        (all, window) => {
          const found = exceedances(all, window, 0.05);
          const expected = all
            .slice(window)
            .map((each, i) => (each < quantile(ascending(all.slice(i, i + window)), 0.05) ? 1 : 0));
          expect(Array.from(found)).toEqual(expected);
        },
      ),
    );
  });
});
