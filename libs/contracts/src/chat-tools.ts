import { z } from 'zod';
import { AnalysisStatus } from './analysis';
import { Holding } from './analysis-request';
import { chatCompanyTools } from './chat-company-tools';
import { chatPortfolioTools } from './chat-portfolio-tools';
import {
  asOf,
  benchmark,
  Dated,
  Day,
  Drawdown,
  Figure,
  period,
  riskFreeRate,
  Sources,
  TailRisk,
  units,
  Window,
} from './chat-tool-parts';
import { mostForecastDays } from './forecast';
import { Crossing, IndicatorName, mostIndicators } from './indicators';
import { ObjectName } from './kept-object';
import { Ticker } from './ticker';

/**
 * What the assistant can do: one row per tool. The model is offered `description` and `parameters`; `result` is what it reads
 * back, so that the tool, the offline model and other clients of the same tools agree. Rates are fractions, losses positive.
 */
export const chatTools = {
  get_stock_quote: {
    description: 'The last price of one symbol, with its change from the previous close.',
    parameters: z.strictObject({ symbol: Ticker, asOf }),
    result: z.object({
      symbol: Ticker,
      price: z.number(),
      currency: z.string(),
      change: Figure,
      changePercent: Figure,
      previousClose: Figure,
      asOf: z.iso.datetime(),
      source: z.string(),
      stale: z.boolean(),
      units,
    }),
  },
  get_historical_prices: {
    description:
      'How one symbol did over a period: return, volatility, drawdown, extremes, each calendar year, and a few closes.',
    parameters: z.strictObject({ symbol: Ticker, ...period, asOf }),
    result: z.object({
      symbol: Ticker,
      currency: z.string(),
      source: z.string(),
      window: Window,
      firstClose: z.number(),
      lastClose: z.number(),
      highestClose: Dated,
      lowestClose: Dated,
      totalReturn: Figure,
      annualReturn: Figure.describe('Compound; null for periods under a year.'),
      annualVolatility: Figure,
      maxDrawdown: Drawdown,
      bestDay: Dated,
      worstDay: Dated,
      calendarYears: z.array(z.object({ year: z.number(), return: Figure, complete: z.boolean() })),
      closes: z.array(Dated),
      units,
    }),
  },
  get_risk_assessment: {
    description:
      'Risk of one symbol against a benchmark: volatility, value at risk, expected shortfall, drawdown, beta, ratios.',
    parameters: z.strictObject({ symbol: Ticker, ...period, benchmark, riskFreeRate, asOf }),
    result: z.object({
      symbol: Ticker,
      benchmark: Ticker,
      window: Window,
      totalReturn: Figure,
      annualReturn: Figure,
      annualVolatility: Figure,
      sharpe: Figure,
      sortino: Figure,
      maxDrawdown: Drawdown,
      tailRisk: TailRisk,
      beta: Figure,
      alpha: Figure,
      rSquared: Figure,
      trackingError: Figure,
      informationRatio: Figure,
      sources: Sources,
      units,
    }),
  },
  calculate_correlation: {
    description: 'Pairwise correlation of the daily returns of two to twenty symbols.',
    parameters: z.strictObject({ symbols: z.array(Ticker).min(2).max(20), ...period, asOf }),
    result: z.object({
      window: Window,
      pairs: z.array(z.object({ first: Ticker, second: Ticker, correlation: Figure })),
      sources: Sources,
      units,
    }),
  },
  analyze_portfolio: {
    description:
      'Starts a full risk analysis of a portfolio (all holdings by weight, summing to one, or all by quantity, or one that the user keeps) and gives its headline when it is ready soon.',
    parameters: z.strictObject({
      holdings: z.array(Holding).min(1).max(200).optional(),
      portfolio: ObjectName.optional().describe('Instead of holdings: the name of a portfolio that the user keeps.'),
      ...period,
      benchmark,
      riskFreeRate,
      asOf,
    }),
    result: z.object({
      analysisId: z.uuid(),
      status: AnalysisStatus,
      links: z.object({ self: z.string(), report: z.string() }),
      headline: z
        .object({
          window: Window,
          totalReturn: Figure,
          annualReturn: Figure,
          annualVolatility: Figure,
          sharpe: Figure,
          maxDrawdown: Drawdown,
          tailRisk: TailRisk,
          beta: Figure,
          assets: z.array(z.object({ symbol: Ticker, weight: z.number(), riskContribution: Figure })),
          warnings: z.array(z.string()),
        })
        .optional(),
      error: z.string().optional(),
      sources: Sources.optional(),
      units,
    }),
  },
  get_technical_indicators: {
    description:
      'The latest values of technical indicators of one symbol: sma:20, ema:12, rsi:14, macd, bbands:20:2, atr:14, adx:14, stoch:14:3, obv.',
    parameters: z.strictObject({
      symbol: Ticker,
      names: z
        .array(IndicatorName)
        .min(1)
        .max(mostIndicators)
        .default(['sma:50', 'sma:200', 'rsi:14', 'macd:12:26:9', 'bbands:20:2'])
        .describe('Kind and periods, such as sma:50 or macd:12:26:9.'),
      asOf,
    }),
    result: z.object({
      symbol: Ticker,
      currency: z.string(),
      source: z.string(),
      asOf: Day,
      close: z.number(),
      indicators: z.array(
        z.object({
          name: z.string(),
          values: z.array(z.object({ line: z.string(), value: Figure })),
          unavailable: z.string().optional(),
        }),
      ),
      units,
    }),
  },
  check_golden_cross: {
    description:
      'Golden and death crosses of one symbol in a period: the days on which the fast moving average crossed the slow one, and how they stand now.',
    parameters: z.strictObject({ symbol: Ticker, ...period, asOf }),
    result: z.object({
      symbol: Ticker,
      currency: z.string(),
      source: z.string(),
      window: Window,
      fastDays: z.number(),
      slowDays: z.number(),
      fastAverage: Figure,
      slowAverage: Figure,
      state: z.enum(['golden', 'death']).nullable(),
      total: z.number(),
      latest: z.array(Crossing).describe('Newest first.'),
      units,
    }),
  },
  forecast_price: {
    description:
      'A forecast of one symbol some trading days ahead, if a model has beaten a random walk on the past; otherwise that there is no skill, and how far prices usually move.',
    parameters: z.strictObject({
      symbol: Ticker,
      days: z.number().int().min(1).max(mostForecastDays).default(20).describe('Trading days ahead.'),
      asOf,
    }),
    result: z.object({
      symbol: Ticker,
      currency: z.string(),
      source: z.string(),
      asOf: Day,
      lastPrice: z.number(),
      days: z.number(),
      skill: z.boolean(),
      statement: z.string(),
      forecast: Figure.describe('For the last day; null without skill.'),
      intervals: z.array(z.object({ level: z.number(), lower: z.number(), upper: z.number(), coverage: z.number() })),
      units,
    }),
  },
  ...chatPortfolioTools,
  ...chatCompanyTools,
  web_search: {
    description:
      'Pages of the web about a question, each with title, address, date and a passage. What they say is not checked by anybody: name the page where you use it.',
    parameters: z.strictObject({
      query: z.string().trim().min(1).max(300),
      k: z.number().int().min(1).max(10).default(5),
      asOf: asOf.describe('A date: only pages that are known to be from before it. Leave out for the latest.'),
    }),
    result: z.object({
      query: z.string(),
      source: z.string(),
      asOf: Day.describe('The day of the search, or the date asked for.'),
      items: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          url: z.string(),
          publishedAt: Day.nullable(),
          snippet: z.string(),
        }),
      ),
    }),
  },
  search_knowledge: {
    description: 'Pages about metrics, methods, asset classes, strategies and risks, and the documents of the user.',
    parameters: z.strictObject({
      query: z.string().trim().min(1).max(400),
      k: z.number().int().min(1).max(10).default(4),
      asOf: asOf.describe('Accepted by every tool; pages carry no date, so it changes nothing here.'),
    }),
    result: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          documentId: z.string(),
          title: z.string(),
          page: z.number().optional(),
          snippet: z.string(),
          score: z.number(),
        }),
      ),
    }),
  },
} as const satisfies Record<string, { description: string; parameters: z.ZodType; result: z.ZodType }>;

export type ChatToolName = keyof typeof chatTools;
/** Checked arguments, with the defaults filled in. */
export type ChatToolArguments<Name extends ChatToolName> = z.output<(typeof chatTools)[Name]['parameters']>;
export type ChatToolResult<Name extends ChatToolName> = z.output<(typeof chatTools)[Name]['result']>;

/** What the model reads when a tool could not answer. */
export const ChatToolFailure = z.object({
  error: z.object({ code: z.string(), title: z.string(), detail: z.string() }),
});
export type ChatToolFailure = z.infer<typeof ChatToolFailure>;
