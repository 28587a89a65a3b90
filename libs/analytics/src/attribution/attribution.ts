import type { Attribution } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { brinson } from './brinson';
import { contributionOf } from './contribution';
import { explainedMove } from './explained-move';
import { factorModel, factorSample } from './factor-regression';
import { weightsOverTime, type WeightAt } from './holding-weights';

/** Where the return came from: by holding, by factor, by sector where sectors are given, and on one day. */
export function attribution(data: PortfolioData): Attribution {
  const weightAt = weightsOverTime(data);
  const bySector = brinson(data, weightAt);
  return {
    contribution: contributionOf(data, weightAt),
    ...byFactor(data, weightAt),
    ...(bySector && { brinson: bySector }),
  };
}

function byFactor(data: PortfolioData, weightAt: WeightAt): Pick<Attribution, 'factors' | 'explainedMove'> {
  const sample = factorSample(data);
  if ('unavailable' in sample) return { factors: sample, explainedMove: sample };
  const factors = factorModel(sample, data.request.riskFreeRate);
  if ('unavailable' in factors) return { factors, explainedMove: factors };
  return { factors, explainedMove: explainedMove(data, weightAt, sample, factors) };
}
