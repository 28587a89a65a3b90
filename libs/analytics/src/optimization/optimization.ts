import type { Optimization, Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';

export function optimization(_data: PortfolioData): Optimization | Unavailable {
  return { unavailable: { code: 'not-built', reason: 'Optimisation is not available yet.' } };
}
