import { z } from 'zod';

/** A symbol of the market, or `~NAME` for a private price series of the caller. */
export const Ticker = z
  .string()
  .regex(
    /^[~^]?[A-Z0-9][A-Z0-9.=_-]{0,19}$/,
    'not a symbol: capitals, digits, . = _ -, at most 20 characters, such as AAPL, BRK-B, ^GSPC',
  )
  .meta({ id: 'Ticker', example: 'AAPL' });
export type Ticker = z.infer<typeof Ticker>;

/** `~NAME`: the caller's own series rather than the market's. */
export const isPrivateTicker = (symbol: string): boolean => symbol.startsWith('~');
