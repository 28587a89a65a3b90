import { covariance } from '../statistics/covariance';
import { isNegligible, momentsOf, standardDeviation, type Sample } from '../statistics/moments';
import { ratePerPeriod } from '../series/returns';

export interface BenchmarkRelative {
  beta: number | null;
  alpha: number | null;
  rSquared: number | null;
  trackingError: number | null;
  informationRatio: number | null;
  upCapture: number | null;
  downCapture: number | null;
}

/**
 * A return series beside its benchmark, position by position (align them by date first).
 * beta = cov(r, b) / var(b), ddof 1; a constant risk-free rate leaves it as it is.
 * alpha = (mean excess - beta * mean benchmark excess) * P (Jensen 1968), a yearly fraction.
 * rSquared: squared correlation. trackingError: std(r - b, ddof 1) * sqrt(P). informationRatio: mean(r - b) * P / trackingError.
 * upCapture, downCapture: geometric mean return over the periods in which the benchmark rose (fell), over the benchmark's own.
 */
export function relativeToBenchmark(
  returns: Sample,
  benchmark: Sample,
  { periodsPerYear, riskFreeRate }: { periodsPerYear: number; riskFreeRate: number },
): BenchmarkRelative {
  const riskFree = ratePerPeriod(riskFreeRate, periodsPerYear);
  const own = momentsOf(returns);
  const market = momentsOf(benchmark);
  const joint = covariance(returns, benchmark);
  const active = momentsOf(differences(returns, benchmark));

  const spread = standardDeviation(market);
  const beta = joint === null || spread === null || isNegligible(spread) ? null : joint / spread ** 2;
  const ownSpread = standardDeviation(own);
  const correlated = joint !== null && beta !== null && ownSpread !== null && !isNegligible(ownSpread);
  const activeSpread = standardDeviation(active);
  return {
    beta,
    alpha: beta === null ? null : (own.mean - riskFree - beta * (market.mean - riskFree)) * periodsPerYear,
    rSquared: correlated ? Math.min((joint / ownSpread / spread!) ** 2, 1) : null,
    trackingError: activeSpread === null ? null : activeSpread * Math.sqrt(periodsPerYear),
    informationRatio:
      activeSpread === null || isNegligible(activeSpread)
        ? null
        : (active.mean / activeSpread) * Math.sqrt(periodsPerYear),
    upCapture: capture(returns, benchmark, 1),
    downCapture: capture(returns, benchmark, -1),
  };
}

function differences(x: Sample, y: Sample): Float64Array {
  const result = new Float64Array(x.length);
  for (let i = 0; i < result.length; i++) result[i] = x[i]! - y[i]!;
  return result;
}

function capture(returns: Sample, benchmark: Sample, direction: 1 | -1): number | null {
  let own = 0;
  let market = 0;
  let periods = 0;
  for (let i = 0; i < benchmark.length; i++) {
    if (benchmark[i]! * direction <= 0) continue;
    own += returns[i]! * (1 + own);
    market += benchmark[i]! * (1 + market);
    periods++;
  }
  const captured = Math.expm1(Math.log1p(own) / periods) / Math.expm1(Math.log1p(market) / periods);
  return periods > 0 && Number.isFinite(captured) ? captured : null;
}
