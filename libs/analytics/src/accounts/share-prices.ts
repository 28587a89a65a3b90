import { isUsable, type AssetPrices } from '../series/alignment';
import { splitRatio } from '../series/splits';

export interface SharePrice {
  /** As traded; where the source has no close, adjusted. */
  price: number;
  /** What one share of the day before has become. */
  split: number;
}

/** Adjusted prices know of a dividend too, which moves them by far less than a split. */
const splitTolerance = 0.02;

/**
 * Prices of one share by date, and splits: a day on which the price as traded and the adjusted price part by the ratio of a split. Only dates with a
 * usable price.
 */
export function sharePrices({ dates, close, adjClose }: AssetPrices): {
  byDate: Map<string, SharePrice>;
  adjusted: boolean;
} {
  const byDate = new Map<string, SharePrice>();
  const adjusted = !dates.some((_, i) => isUsable(close[i]));
  let before: { raw: number; adjusted: number } | undefined;
  for (let i = 0; i < dates.length; i++) {
    const raw = adjusted ? adjClose[i] : close[i];
    if (!isUsable(raw)) continue;
    const own = isUsable(adjClose[i]) ? adjClose[i]! : raw;
    const parted = before ? raw / before.raw / (own / before.adjusted) : 1;
    byDate.set(dates[i]!, { price: raw, split: splitRatio(parted, splitTolerance) ?? 1 });
    before = { raw, adjusted: own };
  }
  return { byDate, adjusted };
}
