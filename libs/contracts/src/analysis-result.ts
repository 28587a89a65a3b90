import { z } from 'zod';
import { Accounts } from './accounts-result';
import { Attribution } from './attribution-result';
import { ByConfidence, Day, Figure, part, type Unavailable } from './figure';
import { MonteCarlo } from './monte-carlo-result';
import { Optimization } from './optimization-result';
import { Stress } from './stress-result';
import { Ticker } from './ticker';

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

const VarTest = z.object({ statistic: Figure, pValue: Figure });

export const Risk = z
  .object({
    var: z.object({
      historical: ByConfidence,
      parametric: ByConfidence,
      cornishFisher: ByConfidence,
      monteCarlo: part(ByConfidence),
    }),
    cvar: z.object({
      historical: ByConfidence,
      parametric: ByConfidence,
      monteCarlo: part(ByConfidence),
    }),
    beta: Figure,
    alpha: Figure,
    rSquared: Figure,
    trackingError: Figure,
    informationRatio: Figure,
    upCapture: Figure,
    downCapture: Figure,
    /** Backtests of the historical VaR at 95 %: likelihood ratio and p-value (chi-squared). */
    varTests: part(z.object({ kupiec: VarTest, christoffersen: VarTest })).optional(),
    /** Per holding, of the portfolio's parametric VaR at 95 %; the components sum to it. Portfolio only. */
    componentVar: part(z.record(z.string(), Figure)).optional(),
    marginalVar: part(z.record(z.string(), Figure)).optional(),
    incrementalVar: part(z.record(z.string(), Figure)).optional(),
  })
  .meta({ id: 'Risk' });
export type Risk = z.infer<typeof Risk>;

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
      rolling: part(
        z.object({
          /** Periods in a window. */
          window: z.number().int().min(2).max(100_000),
          /** The last day of each window. */
          dates: z.array(Day),
          volatility: z.array(Figure),
          sharpe: z.array(Figure),
          beta: z.array(Figure),
        }),
      ).optional(),
      /** From transactions: returns of the account, not of today's holdings. */
      accounts: part(Accounts).optional(),
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
    optimization: part(Optimization).optional(),
    monteCarlo: part(MonteCarlo).optional(),
    stress: part(Stress).optional(),
    attribution: part(Attribution).optional(),
    warnings: z.array(AnalysisWarning),
  })
  .meta({ id: 'AnalysisResult' });
export type AnalysisResult = z.infer<typeof AnalysisResult>;

/** A part of the result that was computed, as opposed to `{unavailable}`. */
export const isAvailable = <Value extends object>(value: Value | Unavailable | undefined): value is Value =>
  value !== undefined && !('unavailable' in value);
