import { z } from 'zod';

/** Of what a source tells and we keep for a while. Absent where it is as new as it should be. */
export const Stale = z
  .literal(true)
  .optional()
  .describe(
    'There when a newer answer was due and no source could give one: this is the last known, up to a week old.',
  );
