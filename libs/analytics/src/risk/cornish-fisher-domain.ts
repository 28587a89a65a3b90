import type { AnalysisWarning } from '@stocktool/contracts';
import { biasedExcessKurtosis, biasedSkewness, type Moments } from '../statistics/moments';

/** Standard deviations: beyond are less than one in ten thousand. */
const farthest = 4;

/**
 * Whether Cornish and Fisher's correction for these moments keeps the quantiles within four standard deviations in their order: its slope in z, with
 * skewness S and excess kurtosis K, is (K/8 - S^2/6) z^2 + (S/3) z + 1 - K/8 + 5 S^2/36 (Maillard 2012, "A User's Guide to the Cornish Fisher
 * Expansion").
 */
export function keepsOrder(moments: Moments): boolean {
  const S = biasedSkewness(moments) ?? 0;
  const K = biasedExcessKurtosis(moments) ?? 0;
  const [square, line, constant] = [K / 8 - S ** 2 / 6, S / 3, 1 - K / 8 + (5 * S ** 2) / 36];
  const slopeAt = (z: number) => square * z ** 2 + line * z + constant;
  const lowest = Math.max(-farthest, Math.min(farthest, -line / (2 * square)));
  return [-farthest, farthest, ...(square > 0 ? [lowest] : [])].every((z) => slopeAt(z) >= 0);
}

/** One warning for the portfolio and its assets together: returns of days have such moments as often as not. */
export function cornishFisherWarnings(portfolio: Moments, assets: readonly Moments[]): AnalysisWarning[] {
  const outside = assets.filter((each) => !keepsOrder(each)).length;
  const whole = !keepsOrder(portfolio);
  if (!whole && outside === 0) return [];
  const ofAssets = outside > 0 ? [`${outside} of ${assets.length} holdings`] : [];
  const whose = [...(whole ? ['the portfolio'] : []), ...ofAssets].join(' and of ');
  return [
    {
      code: 'outside-cornish-fisher',
      path: whole ? 'portfolio.risk.var.cornishFisher' : 'assets',
      message: `Skewness and kurtosis of ${whose} are beyond those that the Cornish-Fisher correction is made for: rather trust the historical value at risk`,
    },
  ];
}
