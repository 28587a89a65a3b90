import { isAvailable } from '@stocktool/contracts';
import { ascending, quantile } from '../statistics/quantile';
import { estimatesFrom } from './estimates/estimates';
import { Resampling } from './estimates/resampled';
import { smallestPivot } from './matrix';
import type { MinimumCvar } from './portfolios/minimum-cvar';
import * as choose from './portfolios/portfolios';
import type { Problem } from './problem';

export interface Band {
  readonly low: number;
  readonly high: number;
}

/** Names of what is chosen again in each draw. */
type Resampled =
  'minVariance' | 'maxSharpe' | 'riskParity' | 'hrp' | 'maxDiversification' | 'minCvar' | 'inverseVolatility';

export interface Bands {
  readonly draws: number;
  /** Minimum CVaR, a linear program each time, is drawn less often. */
  readonly cvarDraws: number;
  readonly blockLength: number;
  readonly of: Partial<Record<Resampled, Band[]>>;
}

/** Draws for so many assets: all of it stays within a fraction of a second. */
function drawsFor(assets: number): { draws: number; cvarDraws: number } {
  if (assets <= 30) return { draws: 200, cvarDraws: 40 };
  if (assets <= 60) return { draws: 100, cvarDraws: 0 };
  return { draws: 0, cvarDraws: 0 };
}

/**
 * Between which weights each optimum is when the history is drawn again in blocks: quantiles 5 % and 95 % of the weights over the draws. The share
 * of the target in a shrunk covariance stays what it is. No band where fewer than half of the draws have an answer.
 */
export function bandsOf(problem: Problem, given: choose.Given, cvar: MinimumCvar | undefined): Bands {
  const { series, settings, request } = problem;
  const { draws, cvarDraws } = drawsFor(problem.symbols.length);
  const resampling = new Resampling(series, settings, request.seed);
  const found: Partial<Record<Resampled, Float64Array[]>> = {};
  const keep = (name: Resampled, choice: choose.Choice) => {
    if (isAvailable<choose.Chosen>(choice)) (found[name] ??= []).push(choice.weights);
  };
  for (let draw = 0; draw < draws; draw++) {
    const blocks = resampling.draw();
    const estimates = estimatesFrom(resampling.basisOf(blocks), settings);
    if (!estimates) continue;
    const again = { ...given, estimates };
    if (!given.singular && smallestPivot(estimates.covariance) > 1e-9) {
      const frontier = choose.efficientFrontier(again);
      if (isAvailable(frontier)) {
        keep('minVariance', choose.minimumVariance(frontier));
        keep('maxSharpe', choose.maximumSharpe(frontier, again));
      }
      keep('maxDiversification', choose.maximumDiversification(again));
    }
    keep('riskParity', choose.riskParity(again));
    keep('hrp', choose.hierarchical(again));
    keep('inverseVolatility', choose.inverseVolatility(again));
    const least = draw < cvarDraws ? cvar?.solve(resampling.countsOf(blocks)) : undefined;
    if (least) keep('minCvar', least);
  }
  const of: Partial<Record<Resampled, Band[]>> = {};
  for (const [name, weights] of Object.entries(found))
    if (2 * weights.length >= (name === 'minCvar' ? cvarDraws : draws)) of[name as Resampled] = bandsIn(weights);
  return { draws, cvarDraws: of.minCvar ? cvarDraws : 0, blockLength: resampling.length, of };
}

const bandsIn = (draws: readonly Float64Array[]): Band[] =>
  Array.from(draws[0]!, (_, i) => {
    const sorted = ascending(draws.map((weights) => weights[i]!));
    return { low: quantile(sorted, 0.05), high: quantile(sorted, 0.95) };
  });
