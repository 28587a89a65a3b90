import type { Stress } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';

/** The holdings for which a scenario has what it needs, their weights scaled up to 1. */
export interface CoveredPart<Known> {
  members: { known: Known; weight: number }[];
  coverage: number;
  uncovered: string[];
}

/** `known` is undefined for a holding without data. Holdings of no weight neither count nor are missed. */
export function coveredPart<Known>(
  { symbols, weights }: Pick<PortfolioData, 'symbols' | 'weights'>,
  known: readonly (Known | undefined)[],
): CoveredPart<Known> {
  const held = symbols.map((_, i) => i).filter((i) => weights[i]! > 0);
  const covered = held.filter((i) => known[i] !== undefined);
  const total = held.reduce((sum, i) => sum + weights[i]!, 0);
  const reached = covered.reduce((sum, i) => sum + weights[i]!, 0);
  return {
    members: covered.map((i) => ({ known: known[i]!, weight: weights[i]! / reached })),
    coverage: covered.length === held.length ? 1 : reached / total,
    uncovered: held.filter((i) => known[i] === undefined).map((i) => symbols[i]!),
  };
}

export type StressRow = Stress[number];

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
