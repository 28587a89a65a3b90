import { z } from 'zod';
import { Ticker } from './ticker';

/** A figure, or null with a row in `warnings` that says why it is undefined. Never NaN or infinite. */
const Figure = z.number().nullable();
const Day = z.iso.date();

export const Unavailable = z.object({ unavailable: z.object({ code: z.string(), reason: z.string() }) }).meta({
  id: 'Unavailable',
  example: { unavailable: { code: 'not-built', reason: 'Monte Carlo is not available yet.' } },
});
export type Unavailable = z.infer<typeof Unavailable>;

export const Performance = z
  .object({
    totalReturn: Figure,
    cagr: Figure,
    arithmeticReturn: Figure,
    annualVolatility: Figure,
    sharpe: Figure,
    sortino: Figure,
    calmar: Figure,
    omega: Figure,
    ulcer: Figure,
    tailRatio: Figure,
    probabilisticSharpe: Figure,
    maxDrawdown: z.object({ value: Figure, peak: Day.nullable(), trough: Day.nullable(), recovery: Day.nullable() }),
    skewness: Figure,
    kurtosis: Figure,
    bestDay: z.object({ date: Day, return: z.number() }),
    worstDay: z.object({ date: Day, return: z.number() }),
  })
  .meta({ id: 'Performance' });
export type Performance = z.infer<typeof Performance>;

const ByConfidence = z.object({ '0.95': Figure, '0.99': Figure });

export const Risk = z
  .object({
    var: z.object({
      historical: ByConfidence,
      parametric: ByConfidence,
      cornishFisher: ByConfidence,
      monteCarlo: z.union([ByConfidence, Unavailable]),
    }),
    cvar: z.object({
      historical: ByConfidence,
      parametric: ByConfidence,
      monteCarlo: z.union([ByConfidence, Unavailable]),
    }),
    beta: Figure,
    alpha: Figure,
    rSquared: Figure,
    trackingError: Figure,
    informationRatio: Figure,
    upCapture: Figure,
    downCapture: Figure,
    varTests: z.union([z.object({ kupiec: z.unknown(), christoffersen: z.unknown() }), Unavailable]).optional(),
    componentVar: z.union([z.record(z.string(), Figure), Unavailable]).optional(),
    marginalVar: z.union([z.record(z.string(), Figure), Unavailable]).optional(),
    incrementalVar: z.union([z.record(z.string(), Figure), Unavailable]).optional(),
  })
  .meta({ id: 'Risk' });
export type Risk = z.infer<typeof Risk>;

const part = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, Unavailable]);

export const AssetResult = z
  .object({
    symbol: Ticker,
    weight: z.number(),
    performance: part(Performance).optional(),
    risk: part(Risk).optional(),
    riskContribution: Figure,
  })
  .meta({ id: 'AssetResult' });
export type AssetResult = z.infer<typeof AssetResult>;

export const AnalysisWarning = z.object({ code: z.string(), path: z.string(), message: z.string() });
export type AnalysisWarning = z.infer<typeof AnalysisWarning>;

export const AnalysisResult = z
  .object({
    window: z.object({
      from: Day,
      to: Day,
      observations: z.number().int().min(0).max(1_000_000),
      periodsPerYear: z.number(),
    }),
    conventions: z.record(z.string(), z.string()),
    sources: z.array(z.object({ symbol: Ticker, source: z.string(), asOf: Day })),
    portfolio: z.object({
      performance: part(Performance).optional(),
      risk: part(Risk).optional(),
      monthly: z
        .array(
          z.object({
            year: z.number().int().min(1800).max(9999),
            month: z.number().int().min(1).max(12),
            return: Figure,
          }),
        )
        .optional(),
      drawdowns: z
        .array(
          z.object({
            peak: Day,
            trough: Day,
            recovery: Day.nullable(),
            depth: z.number(),
            days: z.number().int().min(0).max(1_000_000),
          }),
        )
        .optional(),
      wealth: z
        .object({ dates: z.array(Day), portfolio: z.array(z.number()), benchmark: z.array(z.number()) })
        .optional(),
    }),
    assets: z.array(AssetResult),
    correlation: part(z.object({ symbols: z.array(Ticker), matrix: z.array(z.array(Figure)) })).optional(),
    optimization: Unavailable.optional(),
    monteCarlo: Unavailable.optional(),
    stress: Unavailable.optional(),
    attribution: Unavailable.optional(),
    warnings: z.array(AnalysisWarning),
  })
  .meta({ id: 'AnalysisResult' });
export type AnalysisResult = z.infer<typeof AnalysisResult>;

/** A part of the result that was computed, as opposed to `{unavailable}`. */
export const isAvailable = <Value extends object>(value: Value | Unavailable | undefined): value is Value =>
  value !== undefined && !('unavailable' in value);
