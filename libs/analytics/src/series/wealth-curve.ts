import { wealthOf } from './returns';
import type { Sample } from '../statistics/moments';

export interface WealthCurve {
  dates: string[];
  portfolio: number[];
  benchmark: number[];
}

const mostPoints = 260;

/** Wealth of 1 put in at the start, of the portfolio and of the benchmark, at up to 260 evenly spaced dates with the first and the last; undefined where it grows beyond any number. */
export function wealthCurve(portfolio: Sample, benchmark: Sample, dates: readonly string[]): WealthCurve | undefined {
  const points = Math.min(dates.length, mostPoints);
  const positions = Array.from({ length: points }, (_, i) => Math.round((i * (dates.length - 1)) / (points - 1)));
  const [own, market] = [wealthOf(portfolio), wealthOf(benchmark)];
  // What once was not finite never is again.
  if (![own, market].every((curve) => Number.isFinite(curve.at(-1)))) return undefined;
  return {
    dates: positions.map((i) => dates[i]!),
    portfolio: positions.map((i) => own[i]!),
    benchmark: positions.map((i) => market[i]!),
  };
}
