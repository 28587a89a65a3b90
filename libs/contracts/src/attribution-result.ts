import { z } from 'zod';
import { Day, Figure, part } from './figure';

const BySymbol = z.record(z.string(), Figure);

export const Attribution = z
  .object({
    /** Of each holding to the total return; they sum to it. */
    contribution: BySymbol,
    factors: part(
      z.object({
        /** Per year. */
        alpha: Figure,
        betas: BySymbol,
        /** Newey-West, of alpha (`alpha`) and each beta. */
        tStats: BySymbol,
        rSquared: Figure,
      }),
    ).optional(),
    /** Brinson-Fachler, where sectors and a benchmark portfolio are given. */
    brinson: part(
      z.object({
        sectors: z.array(
          z.object({ sector: z.string(), allocation: z.number(), selection: z.number(), interaction: z.number() }),
        ),
        activeReturn: z.number(),
      }),
    ).optional(),
    /** One day's return taken apart: what the factors explain and what is left. */
    explainedMove: part(
      z.object({ date: Day, return: z.number(), byFactor: BySymbol, residual: z.number() }),
    ).optional(),
  })
  .meta({ id: 'Attribution' });
export type Attribution = z.infer<typeof Attribution>;
