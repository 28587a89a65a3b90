import { z } from 'zod';
import { Day, Figure, part } from './figure';

/** A return over the whole span; per year only where the span has at least 365 days. Fractions. */
const AccountReturn = z.object({ total: Figure, annualized: Figure });

/** Returns of a real account from its transactions. `moneyWeighted` is XIRR (Act/365). */
export const Accounts = z
  .object({
    from: Day,
    to: Day,
    timeWeighted: part(AccountReturn),
    modifiedDietz: part(AccountReturn),
    moneyWeighted: part(AccountReturn),
  })
  .meta({ id: 'Accounts' });
export type Accounts = z.infer<typeof Accounts>;
