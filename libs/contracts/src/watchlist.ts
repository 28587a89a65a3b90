import { z } from 'zod';
import { keptObject, ObjectName } from './kept-object';
import { Ticker } from './ticker';

const symbols = z
  .array(Ticker)
  .max(200)
  .refine((all) => new Set(all).size === all.length, { error: 'each symbol is named once' });

const example = { name: 'Banks', symbols: ['JPM', 'BAC'] };

export const WatchlistRequest = z
  .strictObject({ name: ObjectName, symbols: symbols.default([]) })
  .meta({ id: 'WatchlistRequest', example });
export type WatchlistRequest = z.infer<typeof WatchlistRequest>;

export const WatchlistPatch = z
  .strictObject({ name: ObjectName.optional(), symbols: symbols.optional() })
  .meta({ id: 'WatchlistPatch', example: { symbols: ['JPM', 'BAC', 'UNH'] } });
export type WatchlistPatch = z.infer<typeof WatchlistPatch>;

export const Watchlist = z.object({ ...keptObject, name: z.string(), symbols: z.array(Ticker) }).meta({
  id: 'Watchlist',
  example: {
    id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
    ...example,
    revision: 1,
    createdAt: '2026-01-05T14:30:00.000Z',
    updatedAt: '2026-01-05T14:30:00.000Z',
  },
});
export type Watchlist = z.infer<typeof Watchlist>;
