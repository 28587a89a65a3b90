import { analyse, type AssetPrices } from '@stocktool/analytics';
import { AnalysisRequest } from '@stocktool/contracts';
import { median } from '../statistics';
import type { Ratio } from './judge';

const rounds = 9;
const symbols = 10;
const days = 2520;

/** Ratios of processor time of work done here: what it costs to read a request, and to analyse ten companies over ten years. */
export function inProcessRatios(): Ratio[] {
  const body = JSON.stringify(request());
  const series = Array.from({ length: symbols + 1 }, (_, index) => prices(index));
  const parsed = AnalysisRequest.parse(JSON.parse(body));
  const input = { request: { ...parsed, holdings: request().holdings }, series };
  return [
    compared('reading a request / JSON.parse (CPU)', {
      ours: () => AnalysisRequest.parse(JSON.parse(body)),
      baseline: () => JSON.parse(body) as unknown,
      times: 20_000,
    }),
    compared('risk report / mean, deviation and quantile by loops (CPU)', {
      ours: () => analyse(input),
      baseline: () => series.map(plainFigures),
      times: 6,
    }),
  ];
}

interface Comparison {
  readonly ours: () => unknown;
  readonly baseline: () => unknown;
  readonly times: number;
}

/** In turn, round by round, the baseline a second time as the control; medians. */
function compared(name: string, { ours, baseline, times }: Comparison): Ratio {
  const measured = { ours: [] as number[], baseline: [] as number[], again: [] as number[] };
  for (let round = -2; round < rounds; round++) {
    const first = cpuOf(baseline, times);
    const middle = cpuOf(ours, times);
    const last = cpuOf(baseline, times);
    if (round < 0) continue;
    measured.baseline.push(first);
    measured.ours.push(middle);
    measured.again.push(last);
  }
  const usual = median([...measured.baseline, ...measured.again]);
  return { name, ratio: median(measured.ours) / usual, control: median(measured.again) / median(measured.baseline) };
}

function cpuOf(work: () => unknown, times: number): number {
  const before = process.cpuUsage();
  for (let index = 0; index < times; index++) work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const nameOf = (index: number) => `S${index}`;

function request() {
  const holdings = Array.from({ length: symbols }, (_, index) => ({ symbol: nameOf(index), weight: 1 / symbols }));
  return { holdings, benchmark: nameOf(symbols), riskFreeRate: 0.02 };
}

/** A walk that is the same each time. */
function prices(index: number): AssetPrices {
  const adjClose = new Float64Array(days);
  let seed = 1 + index;
  let price = 100;
  for (let day = 0; day < days; day++) {
    seed = (seed * 48_271) % 2_147_483_647;
    price *= 1 + 0.03 * (seed / 2_147_483_647 - 0.4995);
    adjClose[day] = price;
  }
  const start = Date.UTC(2013, 0, 1);
  const dates = Array.from({ length: days }, (_, day) => new Date(start + day * 86_400_000).toISOString().slice(0, 10));
  return { symbol: nameOf(index), currency: 'USD', source: 'bench', dates, adjClose, close: adjClose };
}

/** What anybody would write first for one asset. */
function plainFigures({ adjClose }: AssetPrices): number {
  const returns: number[] = [];
  for (let day = 1; day < adjClose.length; day++) returns.push(adjClose[day]! / adjClose[day - 1]! - 1);
  const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
  const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (returns.length - 1);
  const sorted = returns.sort((a, b) => a - b);
  return mean / Math.sqrt(variance) + (sorted[Math.floor(0.05 * sorted.length)] ?? 0);
}
