import type { AnalysisWarning, Holding } from '@stocktool/contracts';
import type { Alignment, AssetPrices } from './series/alignment';
import { heldShares, heldWeights, type HeldPortfolio } from './series/portfolio-returns';

export const byQuantity = (holdings: readonly Holding[]): boolean =>
  holdings.some(({ quantity }) => quantity !== undefined);

/** The portfolio that the holdings are: by weight rebalanced every period, by quantity the shares valued back from the raw close at the last date. */
export function portfolioOf(
  holdings: readonly Holding[],
  assets: readonly AssetPrices[],
  { dates, prices }: Alignment,
  returns: readonly Float64Array[],
  warnings: AnalysisWarning[],
): HeldPortfolio {
  if (!byQuantity(holdings)) {
    const weights = holdings.map(({ weight }) => weight ?? 0);
    return heldWeights(returns, weights);
  }
  const to = dates.at(-1)!;
  const withoutClose: string[] = [];
  const values = holdings.map(({ quantity }, i) => {
    const asset = assets[i]!;
    const close = asset.close[asset.dates.lastIndexOf(to)];
    if (typeof close === 'number' && close > 0 && Number.isFinite(close)) return (quantity ?? 0) * close;
    withoutClose.push(asset.symbol);
    return (quantity ?? 0) * prices[i]!.at(-1)!;
  });
  if (withoutClose.length > 0) {
    const message = `No raw close on ${to}, the adjusted close stands for it: ${withoutClose.join(', ')}`;
    warnings.push({ code: 'close-missing', path: 'assets', message });
  }
  return heldShares(prices.slice(0, assets.length), values);
}
