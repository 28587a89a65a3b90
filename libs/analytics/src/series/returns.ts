import type { Sample } from '../statistics/moments';

/** Simple returns between consecutive prices. (b - a) / a instead of b / a - 1: small returns keep all their digits. */
export function simpleReturns(prices: Sample): Float64Array {
  const returns = new Float64Array(Math.max(prices.length - 1, 0));
  let before = prices[0]!;
  for (let i = 0; i < returns.length; i++) {
    const price = prices[i + 1]!;
    returns[i] = (price - before) / before;
    before = price;
  }
  return returns;
}

/**
 * product(1 + r) - 1, from the second factor on as g + r (1 + g): the 1 is never in the sum, so a small total of thousands of
 * returns keeps its digits.
 */
export function compoundedReturn(returns: Sample): number {
  // Four stretches at once, for each step waits for the one before it.
  const quarter = returns.length >> 2;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < quarter; i++) {
    a += returns[i]! * (1 + a);
    b += returns[quarter + i]! * (1 + b);
    c += returns[2 * quarter + i]! * (1 + c);
    d += returns[3 * quarter + i]! * (1 + d);
  }
  for (let i = 4 * quarter; i < returns.length; i++) d += returns[i]! * (1 + d);
  return together(together(a, b), together(c, d));
}

/** (1 + a)(1 + b) - 1. */
const together = (a: number, b: number): number => a + b * (1 + a);

/** Wealth of 1 put in at the start: one point more than returns, the first is 1. `into`: where to put it, when it is not to be kept. */
export function wealthOf(returns: Sample, into: Float64Array = new Float64Array(returns.length + 1)): Float64Array {
  const wealth = into.subarray(0, returns.length + 1);
  let value = 1;
  wealth[0] = value;
  for (let i = 0; i < returns.length; i++) wealth[i + 1] = value *= 1 + returns[i]!;
  return wealth;
}

/** An annual rate as the rate per period that compounds to it. */
export const ratePerPeriod = (annual: number, periodsPerYear: number): number =>
  Math.expm1(Math.log1p(annual) / periodsPerYear);
