import { z } from 'zod';
import { ByConfidence } from './figure';

const quantiles = { p5: z.number(), p25: z.number(), p50: z.number(), p75: z.number(), p95: z.number() };

/** Wealth of 1 put in at the start, after `horizonDays` trading days; losses over the horizon are positive fractions. */
export const MonteCarlo = z
  .object({
    paths: z.number().int().min(1).max(1_000_000),
    horizonDays: z.number().int().min(1).max(2520),
    seed: z.number().int().min(0).max(4_294_967_295),
    model: z.enum(['gbm', 'studentT', 'bootstrap', 'filteredHistorical']),
    sampling: z.enum(['pseudo', 'quasi']).optional(),
    terminal: z.object({ mean: z.number(), ...quantiles }),
    probabilityOfLoss: z.number(),
    probabilityOfTarget: z.number().optional(),
    var: ByConfidence,
    cvar: ByConfidence,
    /** The deepest fall of a path from its peak so far, a positive fraction. */
    maxDrawdown: z.object({ mean: z.number(), ...quantiles }),
    /** By the path of the figure (`terminal.mean`, `var.0.95`), from batches of paths; empty where there are too few paths. */
    standardErrors: z.record(z.string(), z.number()),
    fan: z.array(z.object({ day: z.number().int().min(0).max(2520), ...quantiles })),
  })
  .meta({ id: 'MonteCarlo' });
export type MonteCarlo = z.infer<typeof MonteCarlo>;
