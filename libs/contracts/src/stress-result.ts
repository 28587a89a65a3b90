import { z } from 'zod';
import { Day, Figure } from './figure';

/** One scenario a row. A scenario for which nothing has data stays in the list: coverage 0 and no return. */
export const StressRow = z
  .object({
    scenario: z.string(),
    /** Of a historical window. */
    from: Day.optional(),
    to: Day.optional(),
    /** Of an instant shock: what moves by how much, a fraction. Of `correlation`: what every correlation becomes. */
    shock: z.object({ factor: z.string(), move: z.number() }).optional(),
    /** Of the part that has data, its weights scaled up to the whole. */
    portfolioReturn: Figure,
    /** Fraction of the weight that has data. */
    coverage: z.number(),
    /** The holdings without data. */
    uncovered: z.array(z.string()),
    /** What to compare with: the benchmark in the same window or shock. */
    benchmarkReturn: Figure.optional(),
    /** In a historical window: of the same weights bought at its start and held. */
    heldReturn: Figure.optional(),
    /** Instant shock: what the portfolio moves for each 1 that the factor moves. */
    beta: Figure.optional(),
    /** Correlation to one: the same fall at the correlations measured. */
    atMeasuredCorrelation: Figure.optional(),
  })
  .meta({ id: 'StressRow' });
export const Stress = z.array(StressRow);
export type Stress = z.infer<typeof Stress>;
