import { z } from 'zod';

/**
 * Of answers beside `source`. Optional for what a source tells; every answer of a route has them. `asOf` is when it was found out at
 * the source, or the end of the date that was asked for.
 */
export const provenance = {
  asOf: z.iso.datetime().optional().describe('When this was found out; with `asOf` of a date, its end at the latest.'),
  ageSeconds: z.number().min(0).optional().describe('Since then.'),
  cache: z
    .enum(['memory', 'dynamodb', 'origin'])
    .optional()
    .describe('Which cache had it: of this process, of all processes, or none.'),
};
