import { isAvailable, Transaction, type Accounts } from '@stocktool/contracts';
import { readFileSync } from 'node:fs';
import { bundled } from '../bundled.fixture';
import { accountReturns } from './accounts';
import { growthRates } from './money-weighted';

// reference/accounts/values.json: pyxirr, checked with scipy (generate.py, versions inside).
const { cases } = JSON.parse(
  readFileSync(new URL('../../reference/accounts/values.json', import.meta.url), 'utf8'),
) as { cases: { name: string; flows: [day: number, amount: number][]; xirr: number }[] };

describe('the money-weighted return is the XIRR of pyxirr, to 1e-9', () => {
  it.each(cases)('$name', ({ flows, xirr }) => {
    const span = Math.max(...flows.map(([day]) => day));
    const found = growthRates(flows.map(([day, amount]) => ({ at: day / span, amount })));
    const yearly = found.kind === 'one' ? Math.expm1((found.rate * 365) / span) : Number.NaN;
    expect(Math.abs(yearly - xirr)).toBeLessThan(1e-9 * Math.max(1, Math.abs(xirr)));
  });
});

// reference/accounts/accounts.json: accounts replayed in exact fractions, rates by scipy and pyxirr (replay.py, versions inside).
const replayed = JSON.parse(
  readFileSync(new URL('../../reference/accounts/accounts.json', import.meta.url), 'utf8'),
) as { cases: Replayed[] };

const methods = ['timeWeighted', 'modifiedDietz', 'moneyWeighted'] as const;
type Replayed = { name: string; transactions: object[]; until: string } & Record<
  (typeof methods)[number],
  { total: number; annualized: number | null }
>;

describe('an account over bundled prices has the returns of its replay', () => {
  it.each(replayed.cases)('$name', ({ transactions, until, ...expected }) => {
    const known = transactions.map((each) => Transaction.parse(each));
    const accounts = accountReturns(known, ['KO', 'XOM'].map(bundled), until, []);
    if (!isAvailable<Accounts>(accounts)) throw new Error(accounts.unavailable.reason);
    for (const method of methods) {
      const { total, annualized } = expected[method];
      expect(accounts[method]).toEqual({
        total: expect.closeTo(total, 10),
        annualized: annualized === null ? null : expect.closeTo(annualized, 10),
      });
    }
  });
});
