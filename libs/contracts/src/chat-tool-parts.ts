import { z } from 'zod';
import { RequestedNumber } from './requested-number';
import { Ticker } from './ticker';

/** What the arguments and results of several chat tools have in common. */
export const Figure = z.number().nullable();
export const Day = z.iso.date();

export const asOf = Day.optional().describe('A date: nothing later is used. Leave out for the latest data.');
export const period = {
  from: Day.optional().describe('First date, inclusive. Default: the first date with data.'),
  to: Day.optional().describe('Last date, inclusive. Default: the last date with data.'),
};
export const benchmark = Ticker.default('^GSPC').describe('Symbol to compare with.');
export const riskFreeRate = RequestedNumber.min(-0.5).max(1).default(0).describe('Annual, as a fraction.');

export const Window = z.object({ from: Day, to: Day, observations: z.number() });
export const Dated = z.object({ date: Day, value: z.number() });
export const Drawdown = z.object({
  value: Figure,
  peak: Day.nullable(),
  trough: Day.nullable(),
  recovery: Day.nullable(),
});
export const Sources = z.array(z.object({ symbol: Ticker, source: z.string(), asOf: Day }));
/** In words, without digits, so that a unit is never taken for a figure. */
export const units = z.string();

export const TailRisk = z.array(
  z.object({ confidence: z.number(), historical: Figure, parametric: Figure, expectedShortfall: Figure }),
);
