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
    /** Whole shares that the cash of the request buys, and what is left of it. */
    shares: z.object({ quantities: z.record(z.string(), z.number()), leftover: z.number() }).optional(),
  })
  .meta({ id: 'OptimalPortfolio' });
export type OptimalPortfolio = z.infer<typeof OptimalPortfolio>;

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
    frontier: part(z.array(z.object({ return: z.number(), volatility: z.number(), weights: Weights }))),
  })
  .meta({ id: 'Optimization' });
export type Optimization = z.infer<typeof Optimization>;
