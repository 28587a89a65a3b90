import type { Stress, Unavailable } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';

export function stress(_data: PortfolioData): Stress | Unavailable {
  return { unavailable: { code: 'not-built', reason: 'Stress tests are not available yet.' } };
}
