import type { AnalysisWarning, Stress } from '@stocktool/contracts';
import type { FactorFault, PortfolioData } from '../portfolio-data';
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

/** Why a factor has no data for any holding, where that may pass. */
export const faultWarning = ({ symbol, code, reason }: FactorFault): AnalysisWarning => ({
  code,
  path: 'stress',
  message: `No shock of the factor portfolio ${symbol}: ${reason}`,
});
