import type { Risk, Unavailable } from '@stocktool/contracts';
import type { Sample } from '../statistics/moments';
import { normalCumulative } from '../statistics/normal-distribution';
import { exceedances } from './exceedances';

type VarTests = NonNullable<Risk['varTests']>;
type VarTest = Exclude<VarTests, Unavailable>['kupiec'];

/** One year of days, two of weeks, five of months: what a forecast is estimated from. Other spacings have too few rows to judge. */
const estimationWindows: Record<number, number> = { 252: 252, 52: 104, 12: 60 };
/** Under this many forecasts a test of a 5 % event says nothing. */
const fewestForecasts = 60;
const tail = 0.05;

/**
 * Backtests of the historical VaR at 95 %, out of sample: each period's forecast is the 5 % quantile of the window before it, and an
 * exceedance is a return below it.
 * kupiec: proportion of failures (Kupiec 1995), christoffersen: independence of consecutive exceedances (Christoffersen 1998);
 * likelihood ratios, chi-squared with one degree of freedom. Null where no exceedance has a period after it.
 */
export function valueAtRiskTests(returns: Sample, periodsPerYear: number): VarTests {
  const window = estimationWindows[periodsPerYear];
  const forecasts = returns.length - (window ?? Infinity);
  if (window === undefined || forecasts < fewestForecasts) {
    const needed = window === undefined ? 'at least monthly returns' : `${window + fewestForecasts} returns`;
    return { unavailable: { code: 'too-few-observations', reason: `A backtest of the VaR needs ${needed}.` } };
  }
  const exceeded = exceedances(returns, window, tail);
  const counts = countsOf(exceeded);
  return { kupiec: kupiec(exceeded, counts), christoffersen: christoffersen(exceeded, counts) };
}

/** Of a likelihood ratio with one degree of freedom: P(chi-squared > x) = 2 Phi(-sqrt x). */
const tested = (ratio: number): VarTest => {
  const statistic = Math.max(ratio, 0);
  return { statistic, pValue: 2 * normalCumulative(-Math.sqrt(statistic)) };
};

/** ln(1 + x) - x: by its series where the difference would be rounding. */
function logRemainder(x: number): number {
  if (Math.abs(x) > 0.1) return Math.log1p(x) - x;
  let sum = 0;
  let power = -x * x;
  for (let k = 2; k <= 20; k++) {
    sum += power / k;
    power *= -x;
  }
  return sum;
}

/** count (ln(p / q) - (p / q - 1)) with 0 ln 0 = 0, of the relative difference p / q - 1. */
const remainder = (count: number, relative: number): number => (count === 0 ? 0 : count * logRemainder(relative));

/**
 * Logarithm of how much likelier hits / (hits + misses) makes so many hits and misses than `q` does; `difference` is the one minus
 * the other. The terms of first order, which nearly cancel, are taken together: n difference^2 / (q (1 - q)).
 */
function likelier(misses: number, hits: number, q: number, difference: number): number {
  const first = ((misses + hits) * difference * difference) / (q * (1 - q));
  return first + remainder(misses, -difference / (1 - q)) + remainder(hits, difference / q);
}

/** LR = -2 ln [(1-p)^(T-x) p^x / ((1-x/T)^(T-x) (x/T)^x)], x exceedances in T periods. */
export function kupiec(exceeded: Uint8Array, { hits } = countsOf(exceeded)): VarTest {
  const periods = exceeded.length;
  return tested(2 * likelier(periods - hits, hits, tail, (hits - tail * periods) / periods));
}

/** LR of a Markov chain with the transition counts n_ij against independence. */
export function christoffersen(exceeded: Uint8Array, { hits, inARow: n11 } = countsOf(exceeded)): VarTest {
  const n01 = hits - n11 - (exceeded[0] ?? 0);
  const n10 = hits - n11 - (exceeded.at(-1) ?? 0);
  const n00 = exceeded.length - 1 - n01 - n10 - n11;
  if (n10 + n11 === 0) return { statistic: null, pValue: null };
  const [calm, hit] = [n00 + n01, n10 + n11];
  const share = (n01 + n11) / (calm + hit);
  // In whole numbers, of which the difference is exact.
  const apart = (n01 * hit - n11 * calm) / (calm + hit);
  return tested(2 * (likelier(n00, n01, share, apart / calm) + likelier(n10, n11, share, -apart / hit)));
}

/** Exceedances, and those right after another. */
function countsOf(exceeded: Uint8Array): { hits: number; inARow: number } {
  let hits = 0;
  let inARow = 0;
  for (let i = exceeded.indexOf(1); i >= 0; i = exceeded.indexOf(1, i + 1)) {
    hits++;
    if (i > 0) inARow += exceeded[i - 1]!;
  }
  return { hits, inARow };
}
