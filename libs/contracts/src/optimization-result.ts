import { z } from 'zod';
import { part } from './figure';

const Weights = z.record(z.string(), z.number());

/** Annual return, volatility and Sharpe ratio that the estimates expect of these weights; fractions. */
export const OptimalPortfolio = z
  .object({
    weights: Weights,
    /** 5 % and 95 % of each weight when the returns are drawn again (bootstrap). */
    bands: z.record(z.string(), z.object({ p5: z.number(), p95: z.number() })).optional(),
    return: z.number(),
    volatility: z.number(),
    sharpe: z.number().nullable(),
    /** The objective of minCvar: the mean loss of one period in the worst (1 - cvarConfidence) of all periods; positive. */
    cvar: z.number().optional(),
    /** Where the rule alone breaks a limit, these are the nearest weights within: the sum of absolute differences from the rule's. */
    movedByLimits: z.number().optional(),
    /** Sum of absolute changes from the weights held now; where trading is limited or costs. */
    turnover: z.number().optional(),
    /** Whole shares that the cash of the request buys, and what is left of it. */
    shares: z.object({ quantities: z.record(z.string(), z.number()), leftover: z.number() }).optional(),
  })
  .meta({ id: 'OptimalPortfolio' });
export type OptimalPortfolio = z.infer<typeof OptimalPortfolio>;

const Figures = z.object({ return: z.number(), volatility: z.number(), sharpe: z.number().nullable() });

export const Optimization = z
  .object({
    minVariance: part(OptimalPortfolio),
    maxSharpe: part(OptimalPortfolio),
    targetReturn: part(OptimalPortfolio).optional(),
    targetVolatility: part(OptimalPortfolio).optional(),
    riskParity: part(OptimalPortfolio),
    hrp: part(OptimalPortfolio),
    maxDiversification: part(OptimalPortfolio),
    minCvar: part(OptimalPortfolio),
    equalWeight: part(OptimalPortfolio),
    inverseVolatility: part(OptimalPortfolio),
    /** From minimum variance to the most return, at equal distances in return. */
    frontier: part(z.array(z.object({ return: z.number(), volatility: z.number(), weights: Weights }))),
    /** What the estimates expect of the weights held now. */
    current: Figures,
    estimates: z.object({
      expectedReturns: z.record(z.string(), z.number()),
      /** Weight of the target in a shrunk covariance, 0 for the others. */
      shrinkage: z.number(),
    }),
    /** Of the bands: how often the history was drawn again (0: no bands), in blocks of so many periods. */
    bootstrap: z
      .object({
        draws: z.number().int().min(0).max(100_000),
        cvarDraws: z.number().int().min(0).max(100_000),
        blockLength: z.number().int().min(1).max(100_000),
        seed: z.number().int().min(0).max(4_294_967_295),
      })
      .optional(),
  })
  .meta({ id: 'Optimization' });
export type Optimization = z.infer<typeof Optimization>;
