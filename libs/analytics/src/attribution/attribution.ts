import type { Attribution, Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';

export function attribution(_data: PortfolioData): Attribution | Unavailable {
  return { unavailable: { code: 'not-built', reason: 'Attribution is not available yet.' } };
}
