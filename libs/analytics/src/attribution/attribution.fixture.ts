import { AnalysisRequest, isAvailable, type Attribution } from '@stocktool/contracts';
import fc from 'fast-check';
import { analyse } from '../analyse';
import type { AssetPrices } from '../series/alignment';

const periods = 12;
export const returns = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), {
  minLength: periods,
  maxLength: periods,
});

/** Positive parts that sum to 1. */
export const weights = (count: number) =>
  fc
    .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: count, maxLength: count })
    .map((parts) => parts.map((part) => part / parts.reduce((sum, each) => sum + each, 0)));

export function attributed(
  request: object,
  prices: AssetPrices[],
  factors: AssetPrices[] = [],
): { attribution: Attribution; totalReturn: number; result: ReturnType<typeof analyse> } {
  const parsed = AnalysisRequest.parse({
    benchmark: 'B',
    include: ['performance', 'attribution', 'stress'],
    ...request,
  });
  const result = analyse({ request: { ...parsed, holdings: parsed.holdings! }, series: prices, factors });
  const { performance } = result.portfolio;
  if (!isAvailable(performance) || !isAvailable(result.attribution)) throw new Error('not computed');
  return { attribution: result.attribution, totalReturn: performance.totalReturn!, result };
}
