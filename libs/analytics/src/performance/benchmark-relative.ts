import { jointMoments } from '../statistics/covariance';
import { isNegligible, momentsOf, standardDeviation, type Moments, type Sample } from '../statistics/moments';
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

/** A benchmark with what is asked of it beside every series, made once. */
export interface BenchmarkSample {
  returns: Sample;
  moments: Moments;
  rises: Capture;
  falls: Capture;
}

/** The periods in which the benchmark went one way, and its own geometric mean return over them. */
interface Capture {
  periods: Int32Array;
  meanReturn: number;
}

export function benchmarkOf(returns: Sample): BenchmarkSample {
  const moved = (direction: 1 | -1): Capture => {
    const periods = new Int32Array(returns.length);
    let count = 0;
    for (let i = 0; i < returns.length; i++) if (returns[i]! * direction > 0) periods[count++] = i;
    const kept = periods.slice(0, count);
    return { periods: kept, meanReturn: meanReturnOver(kept, returns) };
  };
  return { returns, moments: momentsOf(returns), rises: moved(1), falls: moved(-1) };
}

/**
 * A return series beside its benchmark, position by position (align them by date first).
 * beta = cov(r, b) / var(b), ddof 1; a constant risk-free rate leaves it as it is.
 * alpha = (mean excess - beta * mean benchmark excess) * P (Jensen 1968), a yearly fraction.
 * rSquared: squared correlation. trackingError: std(r - b, ddof 1) * sqrt(P). informationRatio: mean(r - b) * P / trackingError.
 * upCapture, downCapture: geometric mean return over the periods in which the benchmark rose (fell), over the benchmark's own.
 */
export const relativeToBenchmark = (
  returns: Sample,
  benchmark: Sample,
  timeline: { periodsPerYear: number; riskFreeRate: number },
): BenchmarkRelative => besideBenchmark({ returns, moments: momentsOf(returns) }, benchmarkOf(benchmark), timeline);

/** `relativeToBenchmark` of what has been made once. */
export function besideBenchmark(
  { returns, moments: own }: { returns: Sample; moments: Moments },
  { returns: benchmark, moments: market, rises, falls }: BenchmarkSample,
  { periodsPerYear, riskFreeRate }: { periodsPerYear: number; riskFreeRate: number },
): BenchmarkRelative {
  const riskFree = ratePerPeriod(riskFreeRate, periodsPerYear);
  const { covariance: joint, deviationOfDifference: activeDeviation } = jointMoments(
    returns,
    own.mean,
    benchmark,
    market.mean,
  );
  const spread = standardDeviation(market);
  const beta = joint === null || spread === null || isNegligible(spread) ? null : joint / spread ** 2;
  const ownSpread = standardDeviation(own);
  const correlated = joint !== null && beta !== null && ownSpread !== null && !isNegligible(ownSpread);
  const annual = Math.sqrt(periodsPerYear);
  return {
    beta,
    alpha: beta === null ? null : (own.mean - riskFree - beta * (market.mean - riskFree)) * periodsPerYear,
    rSquared: correlated ? Math.min((joint / ownSpread / spread!) ** 2, 1) : null,
    trackingError: activeDeviation === null ? null : activeDeviation * annual,
    informationRatio:
      activeDeviation === null || isNegligible(activeDeviation)
        ? null
        : ((own.mean - market.mean) / activeDeviation) * annual,
    upCapture: captured(returns, rises),
    downCapture: captured(returns, falls),
  };
}

function captured(returns: Sample, { periods, meanReturn }: Capture): number | null {
  const share = meanReturnOver(periods, returns) / meanReturn;
  return periods.length > 0 && Number.isFinite(share) ? share : null;
}

/** Geometric mean return over some periods; as in `compoundedReturn`, in two chains. */
function meanReturnOver(periods: Int32Array, returns: Sample): number {
  const half = periods.length >> 1;
  let [a, b] = [0, 0];
  for (let i = 0; i < half; i++) {
    a += returns[periods[i]!]! * (1 + a);
    b += returns[periods[half + i]!]! * (1 + b);
  }
  if (periods.length > 2 * half) b += returns[periods[2 * half]!]! * (1 + b);
  return Math.expm1(Math.log1p(a + b * (1 + a)) / periods.length);
}
