import { z } from 'zod';
import { RequestedNumber } from './requested-number';
import { Ticker } from './ticker';

const Positive = RequestedNumber.positive().max(1e15);

/**
 * What happened in an account. `quantity` is in shares and `price` for one share, as traded on that day; `amount` is the money that moved, fees
 * included, and where it is not given it is quantity times price (the close of the day without a price).
 */
export const Transaction = z
  .strictObject({
    date: z.iso.date(),
    type: z.enum(['buy', 'sell', 'dividend', 'deposit', 'withdrawal']),
    symbol: Ticker.optional(),
    quantity: Positive.optional(),
    price: Positive.optional(),
    amount: Positive.optional(),
  })
  .superRefine(({ type, symbol, quantity, amount }, context) => {
    const need = (path: string, given: unknown) => {
      if (given === undefined) context.addIssue({ code: 'custom', path: [path], message: `a ${type} needs it` });
    };
    if (type === 'buy' || type === 'sell') {
      need('symbol', symbol);
      need('quantity', quantity);
    } else need('amount', amount);
  })
  .meta({ id: 'Transaction', example: { date: '2020-03-16', type: 'buy', symbol: 'AAPL', quantity: 10, price: 59.7 } });
export type Transaction = z.infer<typeof Transaction>;
