export { alignByDate, type Alignment, type AssetPrices } from './series/alignment';
export { positionsAfter, type Positions } from './accounts/positions';
export { analyse, type AnalysisInput } from './analyse';
export { assess, type Assessment } from './assess';
export { relativeToBenchmark, type BenchmarkRelative } from './performance/benchmark-relative';
export { correlationMatrix } from './statistics/correlation';
export { drawdownPeriods, maxDrawdown, ulcerIndex, type DrawdownPeriod } from './performance/drawdown';
export {
  excessKurtosis,
  momentsOf,
  skewness,
  standardDeviation,
  type Moments,
  type Sample,
} from './statistics/moments';
export { indicatorConventions, indicatorsOf } from './indicators/indicators';
export { barsOf } from './indicators/price-bars';
export { simulateHere, type Simulate } from './monte-carlo/path-simulator';
export {
  callHelpersBack,
  completeSimulation,
  giveUp,
  hasOpenBlocks,
  helpSimulation,
  resume,
  shareSimulation,
  type SharedSimulation,
} from './monte-carlo/shared-simulation';
export { blocksOf } from './monte-carlo/simulation-plan';
export { describeForecast, forecastablePrices } from './forecast/describe-forecast';
export { forecastPrices, type PriceForecast } from './forecast/forecast';
export { normalCumulative, normalQuantile } from './statistics/normal-distribution';
export { efficientFrontier, type FrontierPoint } from './optimization/efficient-frontier';
export { performanceOf, type Timeline } from './performance/performance';
export { periodsPerYear } from './series/periods-per-year';
export { factorPortfolios } from './factors/factor-portfolios';
export { heldShares, weightedReturns } from './series/portfolio-returns';
export { simpleReturns, wealthOf } from './series/returns';
export { riskContribution } from './risk/risk-contribution';
export { riskOf } from './risk/risk';
export { conditionalValueAtRisk, valueAtRisk } from './risk/value-at-risk';
export { covariance } from './statistics/covariance';
export { RunningReport, type RunningRiskReport } from './running/running-report';
export { sampleOf, type ReturnSample } from './statistics/return-sample';
