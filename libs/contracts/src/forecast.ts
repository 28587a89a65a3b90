import { z } from 'zod';
import { Day, Figure } from './figure';
import { AsOfQuery } from './market';
import { Ticker } from './ticker';

export const mostForecastDays = 60;

export const ForecastQuery = AsOfQuery.extend({
  days: z.coerce.number().int().min(1).max(mostForecastDays).default(20),
});
export type ForecastQuery = z.infer<typeof ForecastQuery>;

const Model = z.enum(['drift', 'damped trend', 'autoregression', 'mean reversion']);
const Fraction = z.number().min(0).max(1);

/** Prices by day, the first for the next trading day. */
const Path = z.array(z.number());

export const ForecastInterval = z.object({
  level: z.union([z.literal(0.5), z.literal(0.8), z.literal(0.95)]),
  lower: Path,
  upper: Path,
  coverage: Fraction.describe('Measured: of later prices, the fraction inside intervals made before them, all days.'),
  coverageAtEnd: Fraction.describe('The same for the last day alone.'),
});

export const ModelTest = z.object({
  model: Model,
  error: z
    .number()
    .describe('Mean absolute error of its forecasts of the past, in mean absolute daily changes (MASE).'),
  statistic: Figure.describe(
    'Diebold-Mariano with the correction of Harvey, Leybourne and Newbold; null when undefined.',
  ),
  pValue: Fraction.describe('One-sided: such a gain on the random walk by luck.'),
  adjustedPValue: Fraction.describe('Times the number of models tried (Bonferroni).'),
});

/** `skill: false` gives no path: nothing was better than a random walk, whose intervals are what is left to say. */
export const Forecast = z
  .object({
    symbol: Ticker,
    currency: z.string(),
    source: z.string(),
    asOf: Day.describe('The date of the last price used.'),
    lastPrice: z.number(),
    days: z.number().int(),
    skill: z.boolean(),
    statement: z.string(),
    model: Model.nullable(),
    path: Path.nullable(),
    intervalsOf: z.union([Model, z.literal('random walk')]),
    intervals: z.array(ForecastInterval),
    test: z.object({
      baseline: z.literal('random walk'),
      baselineError: z.number(),
      origins: z.number().int().describe('Days of the past from which every model forecast again; no two overlap.'),
      significance: Fraction,
      models: z.array(ModelTest),
    }),
    conventions: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Forecast' });
export type Forecast = z.infer<typeof Forecast>;
