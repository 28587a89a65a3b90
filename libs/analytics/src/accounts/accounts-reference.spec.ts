import { readFileSync } from 'node:fs';
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
