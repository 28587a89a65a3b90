import type { Attribution } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import type { WeightAt } from './holding-weights';
import { linkingCoefficient } from './linking';
import { finite } from './unavailable';

/**
 * What each holding contributed to the total return: weight at the start of each period times its return, linked by Cariño so that
 * the contributions of all sum to the total. Null where the portfolio lost everything in a period or grew beyond any number.
 */
export function contributionOf(
  { symbols, assetReturns }: PortfolioData,
  weightAt: WeightAt,
): Attribution['contribution'] {
  const contributed = new Float64Array(symbols.length);
  const periods = assetReturns[0]?.length ?? 0;
  let growth = 0;
  for (let t = 0; t < periods; t++) {
    const parts = assetReturns.map((returns, asset) => weightAt(asset, t) * returns[t]!);
    const total = parts.reduce((sum, part) => sum + part, 0);
    const linking = linkingCoefficient(total, 0);
    parts.forEach((part, asset) => (contributed[asset]! += part * linking));
    growth += Math.log1p(total);
  }
  // The coefficient of the whole from the sum of the periods' logarithms, so that the contributions sum to the total they imply.
  const total = Math.expm1(growth);
  const whole = total === 0 ? 1 : growth / total;
  return Object.fromEntries(symbols.map((symbol, asset) => [symbol, finite(contributed[asset]! / whole)]));
}
