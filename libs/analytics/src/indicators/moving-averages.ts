import type { CrossSeries } from '@stocktool/contracts';
import { combined, difference, emptyLine, smoothed, type Line } from './line';

/** Mean and population standard deviation of each window of `period` values; NaN before the first. */
function rollingMoments(values: Line, period: number): { means: Line; deviations: Line } {
  const [means, deviations] = [emptyLine(values.length), emptyLine(values.length)];
  let mean = 0;
  let squares = 0;
  for (let row = period - 1; row < values.length; row++) {
    const start = row - period + 1;
    if (start % period === 0) {
      // anew, so that rounding does not add up over the rows
      mean = squares = 0;
      for (let at = start; at <= row; at++) mean += values[at]!;
      mean /= period;
      for (let at = start; at <= row; at++) squares += (values[at]! - mean) ** 2;
    } else {
      const entering = values[row]!;
      const leaving = values[start - 1]!;
      const before = mean;
      mean += (entering - leaving) / period;
      squares += (entering - leaving) * (entering - mean + leaving - before);
    }
    means[row] = mean;
    deviations[row] = Math.sqrt(Math.max(0, squares) / period);
  }
  return { means, deviations };
}

/** Simple moving average: the mean of the last `period` closes. */
export const simpleAverage = (closes: Line, period: number): Line => rollingMoments(closes, period).means;

/** Exponential moving average of weight 2/(period + 1), which begins with the mean of the first `period` values. */
export const exponentialAverage = (values: Line, period: number): Line => smoothed(values, period, 2 / (period + 1));

/** Bollinger bands: the simple average and `width` population standard deviations above and below it. */
export function bollingerBands(
  closes: Line,
  period: number,
  width: number,
): { upper: Line; middle: Line; lower: Line } {
  const { means, deviations } = rollingMoments(closes, period);
  return {
    upper: combined(means, deviations, (mean, deviation) => mean + width * deviation),
    middle: means,
    lower: combined(means, deviations, (mean, deviation) => mean - width * deviation),
  };
}

/** MACD (Appel): the difference of two exponential averages, its own exponential average, and the difference of the two. */
export function macd(
  closes: Line,
  fast: number,
  slow: number,
  signalPeriod: number,
): { macd: Line; signal: Line; histogram: Line } {
  const spread = difference(exponentialAverage(closes, fast), exponentialAverage(closes, slow));
  const signal = exponentialAverage(spread, signalPeriod);
  return { macd: spread, signal, histogram: difference(spread, signal) };
}

/**
 * The days on which the fast simple average is above the slow one for the first time after it was below (golden), or below
 * after it was above (death). Days on which both are equal count as neither.
 */
export function crossings(
  dates: readonly string[],
  closes: Line,
  fast: number,
  slow: number,
): CrossSeries['crossings'] {
  const gaps = difference(simpleAverage(closes, fast), simpleAverage(closes, slow));
  const found: CrossSeries['crossings'] = [];
  let side = 0;
  gaps.forEach((gap, row) => {
    if (Number.isNaN(gap) || gap === 0) return;
    if (side !== 0 && Math.sign(gap) !== side)
      found.push({ date: dates[row]!, kind: gap > 0 ? 'golden' : 'death', close: closes[row]! });
    side = Math.sign(gap);
  });
  return found;
}
