import type { Stress } from '@stocktool/contracts';
import type { PortfolioData } from '../portfolio-data';
import { correlationToOne } from './correlation-to-one';
import { historicalReturn } from './historical-return';
import { historicalWindows } from './historical-windows';
import { factorShocks, marketShocks } from './instant-shocks';

/** All scenarios, always the same list: what has no data for any holding says so by coverage 0. */
export const stress = (data: PortfolioData): Stress => [
  ...historicalWindows.map((window) => historicalReturn(data, window)),
  ...marketShocks(data),
  ...factorShocks(data),
  correlationToOne(data),
];
