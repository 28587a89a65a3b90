import type { MonteCarlo, Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';

export function monteCarlo(_data: PortfolioData): MonteCarlo | Unavailable {
  return { unavailable: { code: 'not-built', reason: 'Monte Carlo simulation is not available yet.' } };
}
