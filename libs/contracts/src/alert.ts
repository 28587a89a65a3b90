import { z } from 'zod';
import { keptObject } from './kept-object';
import { RequestedNumber } from './requested-number';
import { isPrivateTicker, Ticker } from './ticker';

const Price = RequestedNumber.positive().max(1e12);
const Percent = RequestedNumber.positive().max(1000);
const about = {
  above: 'Holds while the price is at or above this.',
  below: 'Holds while the price is at or below this.',
  changePercent: 'Holds while the price is this many percent points or more away from the previous close, up or down.',
};

/** The conditions of an alert by their fields. */
export const AlertCondition = z.enum(['above', 'below', 'changePercent']);
export type AlertCondition = z.infer<typeof AlertCondition>;

/**
 * Looked at with every fresh quote of the stock updater. A condition fires once when it begins to hold (also where it does so from the
 * start), and again only after a quote at which it did not: event `price.alert`. Changing an alert arms all of its conditions.
 */
export const AlertRequest = z
  .strictObject({
    symbol: Ticker.refine((symbol) => !isPrivateTicker(symbol), {
      error: 'a private series has no quotes that change',
    }),
    above: Price.optional().describe(about.above),
    below: Price.optional().describe(about.below),
    changePercent: Percent.optional().describe(about.changePercent),
  })
  .superRefine(({ above, below, changePercent }, context) => {
    if (above === undefined && below === undefined && changePercent === undefined)
      context.addIssue({ code: 'custom', path: [], message: 'one of above, below and changePercent is needed' });
    if (above !== undefined && below !== undefined && above <= below)
      context.addIssue({
        code: 'custom',
        path: ['above'],
        message: 'every price is `above` or `below`: give a higher `above`',
      });
  })
  .meta({ id: 'AlertRequest', example: { symbol: 'AAPL', above: 150, below: 110 } });
export type AlertRequest = z.infer<typeof AlertRequest>;

/** `null` takes a condition away. */
export const AlertPatch = z
  .strictObject({ above: Price.nullable(), below: Price.nullable(), changePercent: Percent.nullable() })
  .partial()
  .meta({ id: 'AlertPatch', example: { above: 160, below: null } });
export type AlertPatch = z.infer<typeof AlertPatch>;

export const Alert = z
  .object({
    ...keptObject,
    symbol: Ticker,
    above: z.number().optional(),
    below: z.number().optional(),
    changePercent: z.number().optional(),
    holds: z.array(AlertCondition).describe('The conditions that held at the last quote: they have fired.'),
    lastFiredAt: z.iso.datetime().nullable(),
  })
  .meta({
    id: 'Alert',
    example: {
      id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
      symbol: 'AAPL',
      above: 150,
      below: 110,
      holds: [],
      lastFiredAt: null,
      revision: 1,
      createdAt: '2026-01-05T14:30:00.000Z',
      updatedAt: '2026-01-05T14:30:00.000Z',
    },
  });
export type Alert = z.infer<typeof Alert>;
