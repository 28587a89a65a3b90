import { z } from 'zod';

/** `?limit=&cursor=` of every list. The cursor is opaque and belongs to one list of one user. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().min(1).max(2048).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The schema of one page of `item`s, for Swagger and for clients. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
