import { z } from 'zod';

/** What every object that its user keeps and changes has. `revision` counts its changes: it is the ETag of the object, and If-Match takes it. */
export const keptObject = {
  id: z.uuid(),
  revision: z.number().int().min(1).max(1_000_000_000),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

export const ObjectName = z.string().trim().min(1).max(80);
