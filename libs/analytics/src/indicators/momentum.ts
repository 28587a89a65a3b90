import { combined, emptyLine, wilderSmoothed, type Line } from './line';

/**
 * Wilder's relative strength index, 100 gains / (gains + losses) of smoothed daily changes, 0 to 100; undefined while the
 * price has never changed.
 */
export function relativeStrength(closes: Line, period: number): Line {
  const [rises, falls] = [emptyLine(closes.length), emptyLine(closes.length)];
  for (let row = 1; row < closes.length; row++) {
    const change = closes[row]! - closes[row - 1]!;
    rises[row] = Math.max(0, change);
    falls[row] = Math.max(0, -change);
  }
  const [gains, losses] = [wilderSmoothed(rises, period), wilderSmoothed(falls, period)];
  return combined(gains, losses, (gain, loss) => (100 * gain) / (gain + loss));
}

/** The largest of each window of `period` values, NaN before the first. Looks through a window again only when its largest leaves. */
function rollingMaximum(values: Line, period: number): Line {
  const line = emptyLine(values.length);
  let at = -1;
  for (let row = 0; row < values.length; row++) {
    const start = row - period + 1;
    if (at < Math.max(0, start)) {
      at = Math.max(0, start);
      for (let other = at + 1; other <= row; other++) if (values[other]! >= values[at]!) at = other;
    } else if (values[row]! >= values[at]!) at = row;
    if (start >= 0) line[row] = values[at]!;
  }
  return line;
}

/** The mean of each `period` values in a row, NaN where one of them is. */
function averageOf(line: Line, period: number): Line {
  const averages = emptyLine(line.length);
  for (let row = period - 1; row < line.length; row++) {
    let sum = 0;
    for (let at = row - period + 1; at <= row; at++) sum += line[at]!;
    averages[row] = sum / period;
  }
  return averages;
}

/**
 * The fast stochastic oscillator (Lane): %K is where the close lies between the lowest low and the highest high of `period`
 * days, 0 to 100, undefined where these are equal; %D its simple average.
 */
export function stochastic(
  { highs, lows, closes }: { highs: Line; lows: Line; closes: Line },
  period: number,
  smoothing: number,
): { k: Line; d: Line } {
  const highest = rollingMaximum(highs, period);
  const lowest = rollingMaximum(
    lows.map((low) => -low),
    period,
  ).map((low) => -low);
  const k = closes.map((close, row) => {
    const range = highest[row]! - lowest[row]!;
    return range === 0 ? Number.NaN : (100 * (close - lowest[row]!)) / range;
  });
  return { k, d: averageOf(k, smoothing) };
}
