import { z } from 'zod';
import { AttributionRequest } from './attribution-request';
import { RequestedNumber } from './requested-number';
import { Ticker } from './ticker';

export const Holding = z
  .strictObject({
    symbol: Ticker,
    weight: RequestedNumber.min(0).max(1).optional(),
    quantity: RequestedNumber.positive().max(1e12).optional(),
  })
  .refine(({ weight, quantity }) => (weight === undefined) !== (quantity === undefined), {
    error: 'a holding has either a weight or a quantity',
  })
  .meta({ id: 'Holding', example: { symbol: 'AAPL', weight: 0.6 } });
export type Holding = z.infer<typeof Holding>;

export const AnalysisPart = z.enum([
  'performance',
  'risk',
  'correlation',
  'optimization',
  'monteCarlo',
  'stress',
  'attribution',
]);
export type AnalysisPart = z.infer<typeof AnalysisPart>;

export const MonteCarloRequest = z.strictObject({
  paths: z.number().int().min(1).max(1_000_000).default(100_000),
  horizonDays: z.number().int().min(1).max(2520).default(252),
  seed: z.number().int().min(0).max(4_294_967_295).default(42),
  model: z.enum(['gbm', 'studentT', 'bootstrap', 'filteredHistorical']).default('gbm'),
  /** `quasi`: what moves the portfolio over the horizon is drawn evenly; tail figures settle with far fewer paths. gbm and studentT. */
  sampling: z.enum(['pseudo', 'quasi']).default('pseudo'),
  target: RequestedNumber.positive().max(1000).optional(),
});
export type MonteCarloRequest = z.infer<typeof MonteCarloRequest>;

const weightTolerance = 1e-6;

const Bound = RequestedNumber.min(0).max(1);

export const OptimizationRequest = z
  .strictObject({
    longOnly: z.boolean().default(true),
    maxWeight: Bound.default(1),
    frontierPoints: z.number().int().min(2).max(200).default(25),
    covariance: z.enum(['sample', 'exponential', 'ledoitWolf', 'ledoitWolfIdentity', 'oas']).default('sample'),
    expectedReturns: z
      .enum(['historical', 'exponential', 'capm', 'jamesStein', 'blackLitterman'])
      .default('historical'),
    groups: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(80),
          symbols: z.array(Ticker).min(1).max(200),
          min: Bound.optional(),
          max: Bound.optional(),
        }),
      )
      .max(20)
      .default([]),
    views: z
      .array(
        z.strictObject({
          symbol: Ticker,
          versus: Ticker.optional(),
          return: RequestedNumber.min(-1).max(10),
          confidence: Bound.optional(),
        }),
      )
      .max(50)
      .default([]),
    /** At most this sum of absolute changes from the weights held now. */
    turnoverLimit: RequestedNumber.min(0).max(2).nullable().default(null),
    /** Cost of a trade as a fraction of what is traded, taken once from the expected return of a year. */
    transactionCost: RequestedNumber.min(0).max(1).default(0),
    /** Instead of 0 (or -maxWeight) and maxWeight. */
    bounds: z
      .array(
        z.strictObject({
          symbol: Ticker,
          min: RequestedNumber.min(-1).max(1).optional(),
          max: RequestedNumber.min(-1).max(1).optional(),
        }),
      )
      .max(200)
      .default([]),
    targetReturn: RequestedNumber.min(-1).max(10).nullable().default(null),
    targetVolatility: RequestedNumber.positive().max(10).nullable().default(null),
    /** Shares of the variance in riskParity; what they leave of 1 goes to the others in equal parts. */
    riskBudget: z
      .array(z.strictObject({ symbol: Ticker, share: RequestedNumber.positive().max(1) }))
      .max(200)
      .default([]),
    /** Of Black and Litterman: uncertainty of the prior, and risk aversion behind it. */
    tau: RequestedNumber.positive().max(1).default(0.05),
    delta: RequestedNumber.positive().max(100).default(2.5),
    cvarConfidence: z.number().min(0.5).max(0.995).default(0.95),
    /** Of the bootstrap behind the bands. */
    seed: z.number().int().min(0).max(4_294_967_295).default(42),
    cash: RequestedNumber.positive().max(1e12).nullable().default(null),
  })
  .superRefine(({ bounds, riskBudget, groups, views }, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [name, rows] of [
      ['bounds', bounds],
      ['riskBudget', riskBudget],
    ] as const)
      if (new Set(rows.map(({ symbol }) => symbol)).size !== rows.length) fault([name], 'each symbol is named once');
    for (const [name, rows] of [
      ['bounds', bounds],
      ['groups', groups],
    ] as const)
      rows.forEach(({ min = -Infinity, max = Infinity }, at) => {
        if (min > max) fault([name, at, 'min'], '`min` is above `max`');
      });
    views.forEach(({ symbol, versus }, at) => {
      if (symbol === versus) fault(['views', at, 'versus'], 'a view compares two symbols');
    });
    const shares = riskBudget.reduce((sum, { share }) => sum + share, 0);
    if (shares > 1 + weightTolerance) fault(['riskBudget'], 'the shares sum to more than 1');
  });
export type OptimizationRequest = z.infer<typeof OptimizationRequest>;

export const AnalysisRequest = z
  .strictObject({
    kind: z.literal('portfolio').default('portfolio'),
    holdings: z.array(Holding).min(1).max(200).optional(),
    portfolioId: z.uuid().optional(),
    benchmark: Ticker.default('^GSPC'),
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
    riskFreeRate: RequestedNumber.min(-0.5).max(1).default(0),
    include: z.array(AnalysisPart).min(1).max(7).default(['performance', 'risk', 'correlation']),
    monteCarlo: MonteCarloRequest.optional(),
    optimization: OptimizationRequest.optional(),
    attribution: AttributionRequest.optional(),
    compat: z.enum(['none', 'quantstats', 'empyrical', 'skfolio', 'pyportfolioopt']).default('none'),
  })
  .superRefine((request, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (request.from !== undefined && request.to !== undefined && request.from >= request.to)
      fault(['to'], '`to` must be after `from`');
    if (new Set(request.include).size !== request.include.length) fault(['include'], 'each part is named once');
    if ((request.holdings === undefined) === (request.portfolioId === undefined)) {
      fault(['holdings'], 'give either holdings or portfolioId');
      return;
    }
    const holdings = request.holdings ?? [];
    const seen = new Set<string>();
    holdings.forEach(({ symbol }, index) => {
      if (seen.has(symbol)) fault(['holdings', index, 'symbol'], `${symbol} is given twice`);
      seen.add(symbol);
    });
    const sectors = request.attribution?.sectors;
    holdings.forEach(({ symbol }, index) => {
      if (sectors && !(symbol in sectors)) fault(['holdings', index, 'symbol'], `${symbol} has no sector`);
    });
    const weighted = holdings.filter(({ weight }) => weight !== undefined);
    if (weighted.length > 0 && weighted.length < holdings.length) {
      fault(['holdings'], 'all holdings by weight or all by quantity, not mixed');
      return;
    }
    const sum = weighted.reduce((total, { weight }) => total + (weight ?? 0), 0);
    if (weighted.length > 0 && Math.abs(sum - 1) > weightTolerance)
      fault(['holdings'], `weights must sum to 1, they sum to ${Number(sum.toPrecision(9))}`);
  })
  .meta({
    id: 'AnalysisRequest',
    example: {
      kind: 'portfolio',
      holdings: [
        { symbol: 'AAPL', weight: 0.6 },
        { symbol: 'MSFT', weight: 0.4 },
      ],
      benchmark: '^GSPC',
      from: '2014-01-02',
      to: '2017-12-29',
      riskFreeRate: 0.02,
      include: ['performance', 'risk', 'correlation'],
    },
  });
export type AnalysisRequest = z.infer<typeof AnalysisRequest>;
