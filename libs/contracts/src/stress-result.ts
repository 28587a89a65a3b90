import { z } from 'zod';
import { Day, Figure } from './figure';

/** One scenario a row; `coverage` is the fraction of weight that had data, `portfolioReturn` that of the covered part. */
export const StressRow = z
  .object({
    scenario: z.string(),
    from: Day.optional(),
    to: Day.optional(),
    /** Of an instant shock: what moves by how much, a fraction. */
    shock: z.object({ factor: z.string(), move: z.number() }).optional(),
    portfolioReturn: Figure,
    coverage: z.number(),
  })
  .meta({ id: 'StressRow' });
export const Stress = z.array(StressRow);
export type Stress = z.infer<typeof Stress>;
