import { z } from 'zod';

/** Far below any figure of a market, far above 1e-130, under which the store (DynamoDB) cannot keep a number. */
const smallest = 1e-100;

/** A figure in a request, to be given bounds of its own. Closer to zero than any real figure, but not zero, is refused. */
export const RequestedNumber = z.number().refine((value) => value === 0 || Math.abs(value) >= smallest, {
  error: `must be 0, or at least ${smallest} away from it`,
});
