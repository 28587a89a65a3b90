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
  return { kupiec: kupiec(exceeded), christoffersen: christoffersen(exceeded) };
}

/** Of a likelihood ratio with one degree of freedom: P(chi-squared > x) = 2 Phi(-sqrt x). */
const tested = (ratio: number): VarTest => {
  const statistic = Math.max(ratio, 0);
  return { statistic, pValue: 2 * normalCumulative(-Math.sqrt(statistic)) };
};

/** count ln(p / q) with 0 ln 0 = 0; near 1 the logarithm keeps its digits. */
const weighted = (count: number, p: number, q: number): number => (count === 0 ? 0 : count * Math.log1p((p - q) / q));

/** Logarithm of how much likelier `p` makes so many hits and misses than `q` does. */
const likelier = (misses: number, hits: number, p: number, q: number): number =>
  weighted(misses, 1 - p, 1 - q) + weighted(hits, p, q);

/** LR = -2 ln [(1-p)^(T-x) p^x / ((1-x/T)^(T-x) (x/T)^x)], x exceedances in T periods. */
export function kupiec(exceeded: Uint8Array): VarTest {
  let x = 0;
  for (let i = 0; i < exceeded.length; i++) x += exceeded[i]!;
  return tested(2 * likelier(exceeded.length - x, x, x / exceeded.length, tail));
}

/** LR of a Markov chain with the transition counts n_ij against independence. */
export function christoffersen(exceeded: Uint8Array): VarTest {
  const counts = [0, 0, 0, 0];
  for (let i = 1; i < exceeded.length; i++) counts[2 * exceeded[i - 1]! + exceeded[i]!]!++;
  const [n00, n01, n10, n11] = counts as [number, number, number, number];
  if (n10 + n11 === 0) return { statistic: null, pValue: null };
  const share = (n01 + n11) / (n00 + n01 + n10 + n11);
  return tested(2 * (likelier(n00, n01, n01 / (n00 + n01), share) + likelier(n10, n11, n11 / (n10 + n11), share)));
}
