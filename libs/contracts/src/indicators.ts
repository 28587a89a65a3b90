import { z } from 'zod';
import { Day, Figure, part } from './figure';
import { AsOfQuery, inOrder, orderFault, range } from './market';
import { Ticker } from './ticker';

const longestPeriod = 400;
const period = (given: number) => ({ min: 2, max: longestPeriod, default: given });

/** Each kind with its parameters in the order of the name: `macd:12:26:9`. What is left out has its default. */
export const indicatorKinds = {
  sma: [{ ...period(20), min: 1 }],
  ema: [{ ...period(20), min: 1 }],
  rsi: [period(14)],
  macd: [period(12), period(26), period(9)],
  bbands: [period(20), { min: 0.1, max: 10, default: 2 }],
  atr: [period(14)],
  adx: [period(14)],
  stoch: [period(14), { min: 1, max: 50, default: 3 }],
  obv: [],
  cross: [period(50), period(200)],
} as const satisfies Record<string, readonly { min: number; max: number; default: number }[]>;
export type IndicatorKind = keyof typeof indicatorKinds;

export interface IndicatorSpec {
  readonly kind: IndicatorKind;
  readonly parameters: readonly number[];
}

const isKind = (kind: string): kind is IndicatorKind => Object.hasOwn(indicatorKinds, kind);
const pairs: ReadonlySet<IndicatorKind> = new Set(['macd', 'cross']);

/** What a name asks for, or in words why it is none. */
export function readIndicator(name: string): IndicatorSpec | string {
  const [kind = '', ...given] = name.split(':');
  if (!isKind(kind)) return `not an indicator: ${Object.keys(indicatorKinds).join(', ')}, such as sma:20`;
  const bounds: readonly { min: number; max: number; default: number }[] = indicatorKinds[kind];
  if (given.length > bounds.length) return `${kind} has at most ${bounds.length} parameters`;
  const parameters: number[] = [];
  for (const [i, { min, max, default: usual }] of bounds.entries()) {
    const text = given[i];
    const value = text === undefined ? usual : /^\d{1,3}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    const whole = Number.isInteger(min);
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value)))
      return `parameter ${i + 1} of ${kind} is a ${whole ? 'whole ' : ''}number from ${min} to ${max}`;
    parameters.push(value);
  }
  if (pairs.has(kind) && parameters[0]! >= parameters[1]!) return `the first period of ${kind} is the shorter one`;
  return { kind, parameters };
}

export const IndicatorName = z
  .string()
  .max(40)
  .superRefine((name, context) => {
    const read = readIndicator(name);
    if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
  })
  .meta({ id: 'IndicatorName', example: 'sma:20' });

export const mostIndicators = 10;

const nameList = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .pipe(z.array(IndicatorName).min(1).max(mostIndicators));

export const IndicatorsQuery = AsOfQuery.extend({ ...range, names: nameList }).refine(inOrder, orderFault);
export type IndicatorsQuery = z.infer<typeof IndicatorsQuery>;

/** One value a date, null before warm-up and where the value is undefined. */
const Line = z.array(Figure);

export const Crossing = z.object({ date: Day, kind: z.enum(['golden', 'death']), close: z.number() });

export const CrossSeries = z.object({
  state: z.enum(['golden', 'death']).nullable().describe('Since the last crossing known at the end of the window.'),
  crossings: z.array(Crossing).describe('In the window, oldest first.'),
});
export type CrossSeries = z.infer<typeof CrossSeries>;

export const IndicatorSeries = part(
  z.union([
    Line,
    z.object({ macd: Line, signal: Line, histogram: Line }),
    z.object({ upper: Line, middle: Line, lower: Line }),
    z.object({ adx: Line, plusDi: Line, minusDi: Line }),
    z.object({ k: Line, d: Line }),
    CrossSeries,
  ]),
);
export type IndicatorSeries = z.infer<typeof IndicatorSeries>;

export const Indicators = z
  .object({
    symbol: Ticker,
    currency: z.string(),
    source: z.string(),
    dates: z.array(Day),
    series: z.record(z.string(), IndicatorSeries),
    conventions: z.record(z.string(), z.string()),
  })
  .meta({
    id: 'Indicators',
    example: {
      symbol: 'AAPL',
      currency: 'USD',
      source: 'bundled',
      dates: ['2022-12-27', '2022-12-28'],
      series: {
        'sma:20': [140.93, 140.02],
        'atr:14': { unavailable: { code: 'no-high-low', reason: 'The source has no highs and lows of AAPL.' } },
      },
      conventions: { prices: 'adjusted for splits and dividends' },
    },
  });
export type Indicators = z.infer<typeof Indicators>;
