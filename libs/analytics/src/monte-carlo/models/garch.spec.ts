import { readFileSync } from 'node:fs';
import { bundled } from '../../bundled.fixture';
import { seededUniform } from '../../statistics/seeded-random';
import { simpleReturns } from '../../series/returns';
import { fitGarch } from './garch';

// reference/garch/values.json: the package arch (generate.py, versions inside).
const reference = JSON.parse(
  readFileSync(new URL('../../../reference/garch/values.json', import.meta.url), 'utf8'),
) as Reference;

interface Reference {
  period: { from: string; to: string };
  fits: Record<string, Fit>;
}
interface Fit {
  returns: number;
  alpha: number;
  beta: number;
  nextVariance: number;
  residuals: { first: number[]; last: number[] };
  free: { nextVariance: number };
}

function returnsOf(symbol: string): Float64Array {
  const { dates, adjClose } = bundled(symbol);
  const { from, to } = reference.period;
  const inside = dates.flatMap((date, i) => (date >= from && date <= to ? adjClose[i]! : []));
  return simpleReturns(inside);
}

describe.each(Object.entries(reference.fits))('GARCH(1,1) of %s, beside arch', (symbol, expected) => {
  const returns = returnsOf(symbol);
  const fit = fitGarch(returns);

  it('is at the top of the likelihood under variance targeting', () => {
    expect(returns).toHaveLength(expected.returns);
    expect(Math.abs(fit.alpha - expected.alpha)).toBeLessThan(1e-6);
    expect(Math.abs(fit.beta - expected.beta)).toBeLessThan(1e-6);
  });

  it('has its variance of the next day and its residuals', () => {
    expect(Math.abs(fit.nextVariance / expected.nextVariance - 1)).toBeLessThan(1e-6);
    const { first, last } = expected.residuals;
    const own = [...fit.residuals.slice(0, first.length), ...fit.residuals.slice(-last.length)];
    own.forEach((value, i) => expect(Math.abs(value - [...first, ...last][i]!)).toBeLessThan(1e-6));
  });

  it('expects nearly the volatility of the fit without targeting', () =>
    expect(Math.abs(Math.sqrt(fit.nextVariance / expected.free.nextVariance) - 1)).toBeLessThan(0.03));
});

describe('GARCH(1,1) at the edge of what is allowed', () => {
  const uniform = seededUniform(11);
  const noise = Array.from({ length: 800 }, () => 0.02 * (uniform() - 0.5));

  it('of noise whose volatility does not move stays within', () => {
    const { alpha, beta, nextVariance } = fitGarch(noise);
    expect(Math.min(alpha, beta)).toBeGreaterThanOrEqual(0);
    expect(alpha + beta).toBeLessThanOrEqual(0.999);
    expect(Math.sqrt(nextVariance)).toBeCloseTo(0.02 / Math.sqrt(12), 3);
  });

  it('of a storm that only grows persists as much as is allowed', () => {
    const { alpha, beta } = fitGarch(noise.map((value, i) => value * Math.exp(i / 60)));
    expect(alpha + beta).toBeCloseTo(0.999, 6);
  });
});
