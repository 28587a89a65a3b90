import {
  readIndicator,
  type CrossSeries,
  type IndicatorSeries,
  type IndicatorSpec,
  type Unavailable,
} from '@stocktool/contracts';
import { emptyLine, nullable, type Line } from './line';
import { relativeStrength, stochastic } from './momentum';
import { bollingerBands, crossings, exponentialAverage, macd, simpleAverage } from './moving-averages';
import type { PriceBars } from './price-bars';
import { averageTrueRange, directionalIndex } from './ranges';

interface Span {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const indicatorConventions: Readonly<Record<string, string>> = {
  prices: 'closes, highs and lows adjusted for splits and dividends; volume as the source has it',
  warmUp: 'from the first price known: no value depends on `from`',
  sma: 'mean of the last n closes',
  ema: 'weight 2/(n+1), begun with the mean of the first n',
  rsi: 'Wilder: averages of weight 1/n, begun with the mean of the first n changes; null while the price never changed',
  macd: 'EMA(fast) - EMA(slow); signal: EMA of it; histogram: macd - signal',
  bbands: 'SMA and k population standard deviations',
  atr: 'Wilder: weight 1/n, begun with the mean of the first n true ranges, the first of which is high - low',
  adx: 'Wilder: movement from the second day on, +DI and -DI of smoothed movement over smoothed true range',
  stoch: 'fast: %K over n days, %D its simple average; null where the highest high is the lowest low',
  obv: 'volume added on a rise, taken off on a fall, from 0 at the first price known',
  cross: 'first day on which SMA(fast) is above (golden) or below (death) SMA(slow) after the contrary',
};

/**
 * Each named indicator on the rows from `from` to `to`, warmed up on all rows before them. Values before the last gap in a
 * column that an indicator needs are null; without any value in the last row it is unavailable.
 */
export function indicatorsOf(
  bars: PriceBars,
  names: readonly string[],
  span: Span,
): { dates: string[]; series: Record<string, IndicatorSeries> } {
  const inside = (date: string): boolean =>
    (span.from === undefined || date >= span.from) && (span.to === undefined || date <= span.to);
  const last = bars.dates.findLastIndex((date) => span.to === undefined || date <= span.to) + 1;
  const start = bars.dates.findIndex(inside);
  const cut = (line: Line) => (start < 0 ? [] : nullable(line.subarray(start, last)));
  const known = upTo(bars, last);
  const series = Object.fromEntries(
    names.map((name) => {
      const spec = readIndicator(name);
      if (typeof spec === 'string') throw new RangeError(`${name}: ${spec}`);
      return [name, shown(computed(known, spec), cut, inside)];
    }),
  );
  return { dates: bars.dates.filter(inside), series };
}

/** Lines as columns, by the names of the contract; a kind with one line is that line. */
type Computed = Line | Record<string, Line> | CrossSeries | Unavailable;

function upTo({ symbol, dates, closes, highs, lows, volumes }: PriceBars, end: number): PriceBars {
  const cut = (column: Line | undefined) => column?.subarray(0, end);
  return {
    symbol,
    dates: dates.slice(0, end),
    closes: closes.subarray(0, end),
    highs: cut(highs),
    lows: cut(lows),
    volumes: cut(volumes),
  };
}

function shown(
  value: Computed,
  cut: (line: Line) => (number | null)[],
  inside: (date: string) => boolean,
): IndicatorSeries {
  if (value instanceof Float64Array) return cut(value);
  if (isUnavailable(value)) return value;
  if (isCross(value)) return { ...value, crossings: value.crossings.filter(({ date }) => inside(date)) };
  return Object.fromEntries(Object.entries(value).map(([name, line]) => [name, cut(line)])) as IndicatorSeries;
}

const isUnavailable = (value: Computed): value is Unavailable => 'unavailable' in value;
const isCross = (value: Computed): value is CrossSeries => 'crossings' in value;

function computed(bars: PriceBars, { kind, parameters }: IndicatorSpec): Computed {
  const [first, second, third] = parameters as [number, number, number];
  const { closes } = bars;
  switch (kind) {
    case 'sma':
      return simpleAverage(closes, first);
    case 'ema':
      return exponentialAverage(closes, first);
    case 'rsi':
      return relativeStrength(closes, first);
    case 'macd':
      return macd(closes, first, second, third);
    case 'bbands':
      return bollingerBands(closes, first, second);
    case 'atr':
      return withRanges(bars, (ranges, start) => padded(averageTrueRange(ranges, first), start));
    case 'adx':
      return withRanges(bars, (ranges, start) => mapped(directionalIndex(ranges, first), start));
    case 'stoch':
      return withRanges(bars, (ranges, start) => mapped(stochastic(ranges, first, second), start));
    case 'obv':
      return volumeBalance(bars);
    case 'cross':
      return crossSeries(bars, first, second);
  }
}

const unavailable = (code: string, reason: string): Unavailable => ({ unavailable: { code, reason } });

/** With rows without a value in front. */
function padded(line: Line, rows: number): Line {
  const longer = emptyLine(rows + line.length);
  longer.set(line, rows);
  return longer;
}

const mapped = (lines: Record<string, Line>, rows: number): Record<string, Line> =>
  Object.fromEntries(Object.entries(lines).map(([name, line]) => [name, padded(line, rows)]));

function withRanges(
  { symbol, closes, highs, lows }: PriceBars,
  of: (ranges: { highs: Line; lows: Line; closes: Line }, start: number) => Computed,
): Computed {
  const start = firstWhole([highs, lows], closes.length);
  if (highs === undefined || lows === undefined || start === closes.length)
    return unavailable('no-high-low', `The source has no highs and lows of ${symbol} up to that date.`);
  return of({ highs: highs.subarray(start), lows: lows.subarray(start), closes: closes.subarray(start) }, start);
}

/** On-balance volume (Granville). */
function volumeBalance({ symbol, closes, volumes }: PriceBars): Computed {
  const start = firstWhole([volumes], closes.length);
  if (volumes === undefined || start === closes.length)
    return unavailable('no-volume', `The source has no volumes of ${symbol} up to that date.`);
  const line = emptyLine(closes.length);
  line[start] = 0;
  for (let row = start + 1; row < closes.length; row++)
    line[row] = line[row - 1]! + Math.sign(closes[row]! - closes[row - 1]!) * volumes[row]!;
  return line;
}

/** The row after the last one in which a column has no value. */
function firstWhole(columns: readonly (Float64Array | undefined)[], rows: number): number {
  return columns.reduce((start, column) => {
    const gap = column?.findLastIndex(Number.isNaN) ?? rows - 1;
    return Math.max(start, gap + 1);
  }, 0);
}

function crossSeries({ symbol, dates, closes }: PriceBars, fast: number, slow: number): CrossSeries | Unavailable {
  if (closes.length <= slow)
    return unavailable('too-few-prices', `${symbol} has ${closes.length} prices; a crossing needs more than ${slow}.`);
  const found = crossings(dates, closes, fast, slow);
  return { state: found.at(-1)?.kind ?? null, crossings: found };
}
