import { combined, emptyLine, wilderSmoothed, type Line } from './line';

interface Ranges {
  readonly highs: Line;
  readonly lows: Line;
  readonly closes: Line;
}

/** Wilder's true range: the day's range, with the close before it. The first day has its own range only. */
function trueRanges({ highs, lows, closes }: Ranges): Line {
  return highs.map((high, row) => {
    const before = row === 0 ? high : closes[row - 1]!;
    return Math.max(high, before) - Math.min(lows[row]!, row === 0 ? high : before);
  });
}

/** Average true range, by Wilder's smoothing from the first day on. */
export const averageTrueRange = (ranges: Ranges, period: number): Line => wilderSmoothed(trueRanges(ranges), period);

/**
 * Wilder's average directional index and its two lines, 0 to 100. Movement counts from the second day, to the larger side
 * only and to neither when both are equal. Without any movement the index is 0.
 */
export function directionalIndex(ranges: Ranges, period: number): { adx: Line; plusDi: Line; minusDi: Line } {
  const { highs, lows } = ranges;
  const [up, down, range] = [emptyLine(highs.length), emptyLine(highs.length), emptyLine(highs.length)];
  const spans = trueRanges(ranges);
  for (let row = 1; row < highs.length; row++) {
    const rise = highs[row]! - highs[row - 1]!;
    const fall = lows[row - 1]! - lows[row]!;
    up[row] = rise > fall && rise > 0 ? rise : 0;
    down[row] = fall > rise && fall > 0 ? fall : 0;
    range[row] = spans[row]!;
  }
  const span = wilderSmoothed(range, period);
  const share = (moved: number, whole: number): number => (whole === 0 ? 0 : (100 * moved) / whole);
  const plusDi = combined(wilderSmoothed(up, period), span, share);
  const minusDi = combined(wilderSmoothed(down, period), span, share);
  const strength = combined(plusDi, minusDi, (plus, minus) => share(Math.abs(plus - minus), plus + minus));
  return { adx: wilderSmoothed(strength, period), plusDi, minusDi };
}
