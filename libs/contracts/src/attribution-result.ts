import { z } from 'zod';
import { Day, Figure, part } from './figure';

const BySymbol = z.record(z.string(), Figure);
/** The dates that a part could use, which may be fewer than those of the analysis. */
const UsedWindow = z.object({ from: Day, to: Day, observations: z.number().int().min(1).max(1_000_000) });

export const Attribution = z
  .object({
    /** Of each holding to the total return; they sum to it. */
    contribution: BySymbol,
    factors: part(
      z.object({
        window: UsedWindow,
        /** Per year. */
        alpha: Figure,
        /** Of the benchmark and of each factor portfolio, all in one regression. */
        betas: BySymbol,
        /** Newey-West, of alpha (`alpha`) and each beta. */
        tStats: BySymbol,
        rSquared: Figure,
        /** Lags of the Newey-West errors. */
        lags: z.number().int().min(0).max(1_000_000),
      }),
    ).optional(),
    /** Brinson-Fachler, where sectors and a benchmark portfolio are given; all effects sum to the active return. */
    brinson: part(
      z.object({
        window: UsedWindow,
        sectors: z.array(
          z.object({ sector: z.string(), allocation: z.number(), selection: z.number(), interaction: z.number() }),
        ),
        portfolioReturn: z.number(),
        benchmarkReturn: z.number(),
        activeReturn: z.number(),
      }),
    ).optional(),
    /** One day's return taken apart: what the factors explain and what is left. */
    explainedMove: part(
      z.object({
        date: Day,
        return: z.number(),
        /** Beta times the return of the factor that day. With the residual they sum to the return. */
        byFactor: BySymbol,
        residual: z.number(),
        /** Weight times return of each holding; they sum to the return, too. */
        byHolding: BySymbol,
      }),
    ).optional(),
  })
  .meta({ id: 'Attribution' });
export type Attribution = z.infer<typeof Attribution>;
