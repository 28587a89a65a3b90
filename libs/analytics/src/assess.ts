import type { AnalysisResult, AnalysisWarning, Performance, Risk } from '@stocktool/contracts';
import { alignByDate, type AssetPrices } from './series/alignment';
import { refuseMixedCurrencies, sourcesOf, windowOf } from './analyse';
import { conventionsOf, type Conventions } from './conventions';
import { performanceOf } from './performance/performance';
import { periodsPerYear } from './series/periods-per-year';
import { plainZeros } from './plain-zeros';
import { simpleReturns } from './series/returns';
import { riskOf } from './risk/risk';
import { seriesWarnings } from './series/series-warnings';
import { undefinedFigures } from './undefined-figures';
import { benchmarkOf } from './performance/benchmark-relative';
import { sampleOf } from './statistics/return-sample';

export interface Assessment {
  window: AnalysisResult['window'];
  conventions: Conventions;
  sources: AnalysisResult['sources'];
  performance: Performance;
  risk: Risk;
  warnings: AnalysisWarning[];
}

/** Performance and risk of one symbol beside a benchmark, as for an asset of an analysis; the same refusals as `analyse`. */
export function assess(
  asset: AssetPrices,
  benchmark: AssetPrices,
  { riskFreeRate = 0, ...range }: { riskFreeRate?: number; from?: string | undefined; to?: string | undefined } = {},
): Assessment {
  const series = [asset, benchmark];
  refuseMixedCurrencies(series);
  const aligned = alignByDate(series, range);
  const [returns, market] = aligned.prices.map(simpleReturns) as [Float64Array, Float64Array];
  const timeline = { dates: aligned.dates, periodsPerYear: periodsPerYear(aligned.dates), riskFreeRate };
  const sample = sampleOf(returns);
  const performance = plainZeros(performanceOf(sample, timeline));
  const risk = plainZeros(riskOf(sample, benchmarkOf(market), timeline));
  return {
    window: windowOf(timeline),
    conventions: conventionsOf(timeline.periodsPerYear, 'one asset'),
    sources: sourcesOf(series),
    performance,
    risk,
    warnings: [
      ...seriesWarnings(series, aligned, range),
      ...undefinedFigures('performance', performance),
      ...undefinedFigures('risk', risk),
    ],
  };
}
