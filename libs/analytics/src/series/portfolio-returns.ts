import type { Sample } from '../statistics/moments';
import { simpleReturns } from './returns';

/** Returns of a portfolio rebalanced every period to the weights: r_t = sum of w_i r_i,t. */
export function weightedReturns(assets: readonly Sample[], weights: readonly number[]): Float64Array {
  const portfolio = new Float64Array(assets[0]?.length ?? 0);
  // Three assets a pass, one added after the other: the sums are read and written a third as often, and are the same.
  let asset = 0;
  for (; asset + 2 < assets.length; asset += 3) {
    const [a, b, c] = [assets[asset]!, assets[asset + 1]!, assets[asset + 2]!];
    const [ofA, ofB, ofC] = [weights[asset]!, weights[asset + 1]!, weights[asset + 2]!];
    for (let i = 0; i < portfolio.length; i++) portfolio[i] = portfolio[i]! + ofA * a[i]! + ofB * b[i]! + ofC * c[i]!;
  }
  for (; asset < assets.length; asset++) {
    const [returns, weight] = [assets[asset]!, weights[asset]!];
    for (let i = 0; i < portfolio.length; i++) portfolio[i]! += weight * returns[i]!;
  }
  return portfolio;
}

/** `series` times `scale`. */
export interface Contribution {
  series: Float64Array;
  scale: number;
}

export interface HeldPortfolio {
  returns: Float64Array;
  /** Of each asset at the last date; they sum to 1. */
  weights: number[];
  /** What each asset adds to the return of each period: its weight in the period before, times its return. They sum to `returns`. */
  contributions: () => Contribution[];
}

/** Rebalanced every period to the weights. */
export const heldWeights = (assets: readonly Float64Array[], weights: readonly number[]): HeldPortfolio => ({
  returns: weightedReturns(assets, weights),
  weights: [...weights],
  contributions: () => assets.map((series, i) => ({ series, scale: weights[i]! })),
});

/**
 * Returns of shares held without a trade, whose values at the last date are known: V_t = sum of value_i P_i(t) / P_i(last),
 * on adjusted prices P. Each return is the mean of the assets' returns by their value the period before, which is
 * V_t / V_t-1 - 1 without its cancellation.
 */
export function heldShares(prices: readonly Sample[], valuesAtEnd: readonly number[]): HeldPortfolio {
  const periods = Math.max((prices[0]?.length ?? 0) - 1, 0);
  const gain = new Float64Array(periods);
  const value = new Float64Array(periods);
  const gains = prices.map((series, asset) => {
    const shares = valuesAtEnd[asset]! / series[periods]!;
    const own = simpleReturns(series);
    for (let i = 0; i < periods; i++) {
      const held = shares * series[i]!;
      value[i]! += held;
      gain[i]! += own[i]! *= held;
    }
    return own;
  });
  const total = valuesAtEnd.reduce((sum, each) => sum + each, 0);
  return {
    returns: gain.map((each, i) => each / value[i]!),
    weights: valuesAtEnd.map((each) => each / total),
    contributions: () => gains.map((own) => ({ series: own.map((each, i) => each / value[i]!), scale: 1 })),
  };
}
