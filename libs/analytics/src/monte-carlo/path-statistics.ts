import type { MonteCarlo } from '@stocktool/contracts';
import { quantile } from '../statistics/quantile';
import { ascendingFloats } from './ascending-floats';
import { batchesOf, firstPathOf } from './batches';

type Quantiles = Omit<MonteCarlo['fan'][number], 'day'>;
type Statistics = Pick<
  MonteCarlo,
  'terminal' | 'probabilityOfLoss' | 'probabilityOfTarget' | 'var' | 'cvar' | 'maxDrawdown'
>;

const meanOf = (values: Float32Array): number => {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
};

const quantilesOf = (sorted: Float32Array): Quantiles => ({
  p5: quantile(sorted, 0.05),
  p25: quantile(sorted, 0.25),
  p50: quantile(sorted, 0.5),
  p75: quantile(sorted, 0.75),
  p95: quantile(sorted, 0.95),
});

export const fanDay = (day: number, wealth: Float32Array): MonteCarlo['fan'][number] => ({
  day,
  ...quantilesOf(ascendingFloats(wealth)),
});

/** How many of an ascending sample lie below. */
function countBelow(sorted: Float32Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Losses of ascending wealth from 1: `var`, minus the quantile (type 7) of the return; `cvar`, minus the mean of the
 * floor((n - 1)(1 - c)) + 1 worst returns.
 */
export function tailLosses(sorted: Float32Array): Pick<MonteCarlo, 'var' | 'cvar'> {
  const beyond = (tail: number) => 1 - meanOf(sorted.subarray(0, Math.floor((sorted.length - 1) * tail + 1e-9) + 1));
  return {
    var: { '0.95': 1 - quantile(sorted, 0.05), '0.99': 1 - quantile(sorted, 0.01) },
    cvar: { '0.95': beyond(0.05), '0.99': beyond(0.01) },
  };
}

export function statisticsOf(terminal: Float32Array, deepestFall: Float32Array, target?: number): Statistics {
  const maxDrawdown = { mean: meanOf(deepestFall), ...quantilesOf(ascendingFloats(deepestFall)) };
  const sorted = ascendingFloats(terminal);
  const share = (count: number) => count / sorted.length;
  return {
    terminal: { mean: meanOf(terminal), ...quantilesOf(sorted) },
    probabilityOfLoss: share(countBelow(sorted, 1)),
    ...(target !== undefined && { probabilityOfTarget: share(sorted.length - countBelow(sorted, target)) }),
    ...tailLosses(sorted),
    maxDrawdown,
  };
}

/**
 * Standard error of every statistic, by its path (`terminal.mean`, `var.0.95`): each is computed from batches of consecutive paths
 * too, and the spread of those over the root of their number is the error of the whole. None where paths are too few for two batches.
 */
export function standardErrorsOf(
  terminal: Float32Array,
  deepestFall: Float32Array,
  target?: number,
): Record<string, number> {
  const count = batchesOf(terminal.length);
  if (count < 2) return {};
  const batches = Array.from({ length: count }, (_, batch) => {
    const [from, to] = [batch, batch + 1].map((edge) => firstPathOf(edge, terminal.length, count));
    return flattened(statisticsOf(terminal.subarray(from, to), deepestFall.subarray(from, to), target));
  });
  return Object.fromEntries(
    Object.keys(batches[0]!).map((name) => {
      const values = batches.map((batch) => batch[name]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return [name, Math.sqrt(squares / (count - 1) / count)];
    }),
  );
}

function flattened(value: object, prefix = ''): Record<string, number> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
      typeof child === 'number'
        ? [[prefix + key, child]]
        : Object.entries(flattened(child as object, `${prefix}${key}.`)),
    ),
  );
}
