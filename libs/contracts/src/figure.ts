import { z } from 'zod';

/** A figure, or null with a row in `warnings` that says why it is undefined. Never NaN or infinite. */
export const Figure = z.number().nullable();
export const Day = z.iso.date();
export const ByConfidence = z.object({ '0.95': Figure, '0.99': Figure });

export const Unavailable = z.object({ unavailable: z.object({ code: z.string(), reason: z.string() }) }).meta({
  id: 'Unavailable',
  example: { unavailable: { code: 'infeasible-bounds', reason: 'Five holdings of at most 10 % each make 50 %.' } },
});
export type Unavailable = z.infer<typeof Unavailable>;

/** A part of a result: its value, or why there is none. */
export const part = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, Unavailable]);
