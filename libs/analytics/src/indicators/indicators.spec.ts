import { readFileSync } from 'node:fs';
import { indicatorKinds, type CrossSeries, type IndicatorSeries } from '@stocktool/contracts';
import fc from 'fast-check';
import { ATR, BollingerBands, RSI, SMA } from 'trading-signals';
import { bundledBars } from '../bundled.fixture';
import { indicatorsOf } from './indicators';
import type { PriceBars } from './price-bars';

// reference/indicators/values.json: TA-Lib (generate.py, version inside)
type Line = (number | null)[];

const reference = JSON.parse(
  readFileSync(new URL('../../reference/indicators/values.json', import.meta.url), 'utf8'),
) as { rows: number; forgotten: number; lines: Record<string, Line | Record<string, Line>> };
const ibm = bundledBars('IBM', reference.rows);
const everyKind = Object.keys(indicatorKinds);

const linesOf = (series: IndicatorSeries | Record<string, Line>): Line[] => {
  if (Array.isArray(series)) return [series];
  return 'unavailable' in series || 'crossings' in series ? [] : Object.values(series);
};

function farFrom(actual: Line, expected: Line, relative: number): string[] {
  const largest = Math.max(...expected.map((value) => Math.abs(value ?? 0)));
  return expected.flatMap((value, row) => {
    const ours = actual[row] ?? null;
    const close = value === null ? ours === null : Math.abs((ours ?? NaN) - value) <= relative * largest;
    return close ? [] : [`${row}: ${ours}, not ${value}`];
  });
}

const made = (closes: number[], more: Partial<PriceBars> = {}): PriceBars => ({
  symbol: '~MADE',
  dates: closes.map((_, day) => new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10)),
  closes: Float64Array.from(closes),
  ...more,
});
const lineOf = (bars: PriceBars, name: string): Line => indicatorsOf(bars, [name], {}).series[name] as Line;

describe('indicators agree with others', () => {
  it.each(Object.keys(reference.lines))('%s with TA-Lib', (name) => {
    const from = name.startsWith('adx') ? reference.forgotten : 0;
    const actual = linesOf(indicatorsOf(ibm, [name], {}).series[name]!);
    const expected = linesOf(reference.lines[name]!);
    expect(actual).toHaveLength(expected.length);
    expected.forEach((line, i) => expect(farFrom(actual[i]!.slice(from), line.slice(from), 1e-9)).toEqual([]));
  });

  it('SMA, RSI, Bollinger bands and ATR with the package trading-signals', () => {
    const names = ['sma:50', 'rsi:14', 'bbands:20:2.5', 'atr:14'] as const;
    const { series } = indicatorsOf(ibm, names, {});
    const [average, strength, bands, range] = [new SMA(50), new RSI(14), new BollingerBands(20, 2.5), new ATR(14)];
    const rows = Array.from(ibm.closes, (close, row) => ({ close, high: ibm.highs![row]!, low: ibm.lows![row]! }));
    const [sma, rsi, bbands, atr] = names.map((name) => series[name]!);
    expect(farFrom(sma as Line, rows.map(({ close }) => average.update(close, false)), 1e-12)).toEqual([]); // prettier-ignore
    expect(farFrom(rsi as Line, rows.map(({ close }) => strength.update(close, false)), 1e-12)).toEqual([]); // prettier-ignore
    const upper = rows.map(({ close }) => bands.update(close, false)?.upper ?? null);
    expect(farFrom((bbands as { upper: Line }).upper, upper, 1e-12)).toEqual([]);
    expect(farFrom(atr as Line, rows.map((row) => range.update(row, false)), 1e-12)).toEqual([]); // prettier-ignore
  });

  it('RSI with the table that StockCharts publishes', () => {
    const closes = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328,
      45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835,
      45.3548, 44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
    ];
    const published = [
      70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46,
      37.3, 33.08, 37.77,
    ];
    const strength = lineOf(made(closes), 'rsi:14');
    expect(strength.slice(0, 14)).toEqual(new Array(14).fill(null));
    strength.slice(14).forEach((value, i) => expect(value).toBeCloseTo(published[i]!, 1));
  });

  it('SMA and EMA with the table that StockCharts publishes', () => {
    const closes = [
      22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36, 24.05,
      23.75, 23.83, 23.95, 23.63, 23.82, 23.87, 23.65, 23.19, 23.1, 23.33, 22.68, 23.1, 22.4, 22.17,
    ];
    const simple = [
      22.22, 22.21, 22.23, 22.26, 22.31, 22.42, 22.61, 22.77, 22.91, 23.08, 23.21, 23.38, 23.53, 23.65, 23.71, 23.69,
      23.61, 23.51, 23.43, 23.28, 23.13,
    ];
    const exponential = [
      22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.8, 22.97, 23.13, 23.28, 23.34, 23.43, 23.51, 23.54, 23.47, 23.4,
      23.39, 23.26, 23.23, 23.08, 22.92,
    ];
    const rounded = (name: string) => lineOf(made(closes), name).slice(9).map((value) => value!); // prettier-ignore
    rounded('sma:10').forEach((value, i) => expect(Math.abs(value - simple[i]!)).toBeLessThan(0.0101));
    rounded('ema:10').forEach((value, i) => expect(Math.abs(value - exponential[i]!)).toBeLessThan(0.0101));
  });
});

describe('crossings', () => {
  it('are every day on which the averages change sides, by hand', () => {
    const { dates, closes } = ibm;
    const mean = (end: number, days: number) => closes.slice(end - days + 1, end + 1).reduce((a, b) => a + b, 0) / days;
    const expected = dates.flatMap((date, row) => {
      if (row < 200) return [];
      const [before, now] = [row - 1, row].map((at) => mean(at, 50) > mean(at, 200));
      return before === now ? [] : [{ date, kind: now ? 'golden' : 'death', close: closes[row] }];
    });
    const { cross } = indicatorsOf(ibm, ['cross'], {}).series as { cross: CrossSeries };
    expect(expected.length).toBeGreaterThan(1);
    expect(cross).toEqual({ state: expected.at(-1)!.kind, crossings: expected });
    const from = expected[1]!.date;
    expect(indicatorsOf(ibm, ['cross'], { from }).series['cross']).toEqual({ ...cross, crossings: expected.slice(1) });
  });

  it('need more prices than the slow average', () => {
    expect(indicatorsOf(made(new Array<number>(200).fill(1)), ['cross'], {}).series['cross']).toMatchObject({
      unavailable: { code: 'too-few-prices' },
    });
  });
});

describe('every indicator', () => {
  const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });
  const bars = fc.array(fc.tuple(price, fc.nat({ max: 1e6 })), { minLength: 1, maxLength: 120 }).map((rows) => {
    const closes = rows.map(([close]) => close);
    return made(closes, {
      highs: Float64Array.from(closes, (close) => close * 1.01),
      lows: Float64Array.from(closes, (close) => close * 0.98),
      volumes: Float64Array.from(rows, ([, volume]) => volume),
    });
  });
  const names = [...everyKind, 'cross:2:5', 'sma:1', 'stoch:2:1', 'rsi:2', 'adx:3'];

  it('is the same whatever the window, knows nothing later than its end, and is never NaN', () => {
    fc.assert(
      fc.property(bars, fc.nat(), fc.nat(), (all, a, b) => {
        const rows = all.dates.length;
        const [first, last] = [a % rows, b % rows].sort((x, y) => x - y) as [number, number];
        const span = { from: all.dates[first], to: all.dates[last] };
        const whole = indicatorsOf(all, names, {}).series;
        const { dates, series } = indicatorsOf(all, names, span);
        expect(dates).toEqual(all.dates.slice(first, last + 1));
        for (const name of names) {
          const [shown, known] = [linesOf(series[name]!), linesOf(whole[name]!)];
          expect([name, shown]).toEqual([name, known.map((line) => line.slice(first, last + 1))]);
          expect(shown.flat().every((value) => value === null || Number.isFinite(value))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says what the source lacks, and begins after a gap', () => {
    const closes = Array.from({ length: 60 }, (_, day) => 100 + Math.sin(day));
    const only = indicatorsOf(made(closes), everyKind, {}).series;
    for (const name of ['atr', 'adx', 'stoch'])
      expect(only[name]).toMatchObject({ unavailable: { code: 'no-high-low' } });
    expect(only['obv']).toMatchObject({ unavailable: { code: 'no-volume' } });
    const volumes = Float64Array.from(closes, (_, day) => (day === 9 ? NaN : 100));
    expect(lineOf(made(closes, { volumes }), 'obv').slice(8, 12)).toEqual([null, null, 0, expect.any(Number)]);
  });

  it('is null where prices never move, not a division by zero', () => {
    const flat = new Array<number>(60).fill(7);
    const line = Float64Array.from(flat);
    const bars = made(flat, { highs: line, lows: line, volumes: line });
    const { series } = indicatorsOf(bars, ['rsi', 'stoch', 'adx', 'bbands', 'atr', 'obv'], {});
    expect(new Set(linesOf(series['rsi']!).flat())).toEqual(new Set([null]));
    expect(new Set(linesOf(series['stoch']!).flat())).toEqual(new Set([null]));
    expect((series['adx'] as { adx: Line }).adx.at(-1)).toBe(0);
    expect((series['bbands'] as { upper: Line }).upper.at(-1)).toBe(7);
    expect([lineOf(bars, 'atr').at(-1), lineOf(bars, 'obv').at(-1)]).toEqual([0, 0]);
  });
});
