import {
  AnalysisRequest,
  AnalysisResult,
  isAvailable,
  Transaction,
  type Accounts,
  type AnalysisWarning,
} from '@stocktool/contracts';
import fc from 'fast-check';
import type { AssetPrices } from '../series/alignment';
import { analyse } from '../analyse';
import { day, series } from '../made-up-prices.fixture';
import { accountReturns } from './accounts';
import { growthRates, type Flow } from './money-weighted';

const prices = (symbol: string, close: number[], adjClose = close): AssetPrices => series(symbol, adjClose, { close });
const flat = (days: number, price: number): number[] => new Array<number>(days).fill(price);

function returnsOf(transactions: object[], series: AssetPrices[], until?: string): Accounts {
  const parsed = transactions.map((each) => Transaction.parse(each));
  const accounts = accountReturns(parsed, series, until, []);
  if (!isAvailable<Accounts>(accounts)) throw new Error(JSON.stringify(accounts));
  return accounts;
}
const buy = (date: string, quantity: number, price?: number) => ({ date, type: 'buy', symbol: 'A', quantity, price });
const sell = (date: string, quantity: number, price?: number) => ({ date, type: 'sell', symbol: 'A', quantity, price });

describe('returns of an account', () => {
  it('a holding that is bought and kept has the return of its price, by all three', () => {
    const accounts = returnsOf([buy(day(0), 10, 100)], [prices('A', [100, 90, 120])]);
    for (const part of [accounts.timeWeighted, accounts.modifiedDietz, accounts.moneyWeighted])
      expect(part).toEqual({ total: expect.closeTo(0.2, 12), annualized: null });
  });

  it('time-weighted does not care when money came, the others do', () => {
    // 100 -> 200, then ten times the money just before it halves: the shares are where they began, the owner has lost.
    const series = [prices('A', [100, 200, 100])];
    const accounts = returnsOf([buy(day(0), 1, 100), buy(day(1), 10, 200)], series);
    expect(accounts.timeWeighted).toMatchObject({ total: expect.closeTo(0, 12) });
    // (1100 - 2100) / (100 + 2000 / 2)
    expect(accounts.modifiedDietz).toMatchObject({ total: expect.closeTo(-1000 / 1100, 12) });
    // 100 x^2 + 2000 x = 1100 with x the growth of half the span
    const half = (-2000 + Math.sqrt(2000 ** 2 + 4 * 100 * 1100)) / 200;
    expect(accounts.moneyWeighted).toMatchObject({ total: expect.closeTo(half ** 2 - 1, 12) });
  });

  it('is per year from 365 days on, and not before', () => {
    const year = prices('A', [...flat(365, 100), 121]);
    expect(returnsOf([buy(day(0), 1, 100)], [year], day(364)).timeWeighted).toMatchObject({ annualized: null });
    expect(returnsOf([buy(day(0), 1, 100)], [year])).toMatchObject({
      timeWeighted: { total: expect.closeTo(0.21, 12), annualized: expect.closeTo(0.21, 12) },
      moneyWeighted: { annualized: expect.closeTo(0.21, 12) },
    });
    const twoYears = prices('A', [...flat(730, 100), 121]);
    expect(returnsOf([buy(day(0), 1, 100)], [twoYears]).moneyWeighted).toMatchObject({
      annualized: expect.closeTo(0.1, 12),
    });
  });

  it('dividends and proceeds are withdrawn where there is no cash account, and stay where there is one', () => {
    const series = [prices('A', [100, 100, 100, 50])];
    const dividend = { date: day(1), type: 'dividend', symbol: 'A', amount: 10 };
    const without = returnsOf([buy(day(0), 1, 100), dividend], series);
    expect(without.timeWeighted).toMatchObject({ total: expect.closeTo(1.1 * 0.5 - 1, 12) });
    const deposit = { date: day(0), type: 'deposit', amount: 100 };
    const withCash = returnsOf([deposit, buy(day(0), 1, 100), dividend, sell(day(2), 1, 100)], series);
    expect(withCash.timeWeighted).toMatchObject({ total: expect.closeTo(0.1, 12) });
  });

  it('what a purchase lacks in cash is a deposit of that day', () => {
    const accounts = returnsOf(
      [{ date: day(0), type: 'deposit', amount: 50 }, buy(day(0), 1, 100)],
      [prices('A', [100, 110])],
    );
    expect(accounts.timeWeighted).toMatchObject({ total: expect.closeTo(0.1, 12) });
  });

  it('a split is no crash', () => {
    const series = [prices('A', [100, 102, 25.5, 26], [25, 25.5, 25.5, 26])];
    expect(returnsOf([buy(day(0), 1, 100)], series).timeWeighted).toMatchObject({ total: expect.closeTo(0.04, 12) });
  });

  it.each([
    ['sells what it does not hold', [buy(day(0), 1, 100), sell(day(1), 2, 100)], 'inconsistent-transactions'],
    ['withdraws what is not there', [{ date: day(0), type: 'withdrawal', amount: 5 }], 'inconsistent-transactions'],
    ['names a symbol without prices', [{ ...buy(day(0), 1, 1), symbol: 'NONE' }], 'unknown-symbol'],
    ['begins on the last day', [buy(day(3), 1, 100)], 'too-few-observations'],
  ])('an account that %s is refused', (_, transactions, code) => {
    const parsed = transactions.map((each) => Transaction.parse(each));
    const accounts = accountReturns(parsed, [prices('A', flat(4, 100))], undefined, []);
    expect(accounts).toMatchObject({ unavailable: { code } });
  });

  it('says what it left out and what stood for a raw close', () => {
    const warnings: AnalysisWarning[] = [];
    const later = [buy(day(0), 1, 100), buy(day(9), 1, 100)].map((each) => Transaction.parse(each));
    const adjustedOnly = { ...prices('A', [100, 101]), close: [null, null] };
    accountReturns(later, [adjustedOnly], undefined, warnings);
    expect(warnings.map(({ code }) => code)).toEqual(['close-missing', 'transactions-left-out']);
  });

  it.each([
    [{ price: 520 }, 'A traded at 520 on 2020-01-01, its close is 18.7: '],
    [{ price: 18.9 }, undefined],
    [{ price: 12, amount: undefined }, 'A traded at 12 on 2020-01-01, its close is 18.7: '],
    [{ amount: 5200 }, 'A traded at 520 on 2020-01-01, its close is 18.7: '],
    [{}, undefined],
  ])('a trade %j is compared with the close of its day', (paid, beginning) => {
    const transactions = [Transaction.parse({ date: '2020-01-01', type: 'buy', symbol: 'A', quantity: 10, ...paid })];
    const warnings: AnalysisWarning[] = [];
    const series = prices('A', [18.7, 19], [18.7, 19]);
    accountReturns(transactions, [{ ...series, dates: ['2020-01-01', '2020-01-02'] }], undefined, warnings);
    const far = warnings.filter(({ code }) => code === 'trade-far-from-price');
    expect(far.map(({ message }) => message.slice(0, beginning?.length))).toEqual(
      beginning === undefined ? [] : [beginning],
    );
  });

  it('never gives a number that is none, whatever happened', () => {
    const transaction = fc.record({
      date: fc.integer({ min: 0, max: 500 }).map(day),
      type: fc.constantFrom('buy', 'sell', 'dividend', 'deposit', 'withdrawal'),
      symbol: fc.constant('A'),
      quantity: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      amount: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    });
    const walk = Array.from({ length: 501 }, (_, i) => 100 * Math.exp(Math.sin(i / 20)));
    fc.assert(
      fc.property(fc.array(transaction, { minLength: 1, maxLength: 8 }), (all) => {
        const accounts = accountReturns(all, [prices('A', walk)], undefined, []);
        const wrong = Object.values(accounts).flatMap((part) =>
          typeof part === 'object' ? Object.values(part as object).filter((value) => typeof value === 'number') : [],
        );
        expect(wrong.filter((value) => !Number.isFinite(value))).toEqual([]);
      }),
    );
  });
});

describe('an analysis with transactions', () => {
  it('has the returns of the account beside the figures of the holdings, and says why a year is missing', () => {
    const holdings = [{ symbol: 'A', quantity: 1 }];
    const request = { ...AnalysisRequest.parse({ holdings, benchmark: 'A' }), holdings };
    const transactions = [buy(day(0), 1, 100)].map((each) => Transaction.parse(each));
    const { portfolio, warnings } = analyse({ request, series: [prices('A', [100, 110, 120])], transactions });
    expect(portfolio.accounts).toMatchObject({ from: day(0), to: day(2), timeWeighted: { annualized: null } });
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'undefined-figure', path: 'portfolio.accounts.timeWeighted.annualized' }),
    );
    expect(AnalysisResult.parse(analyse({ request, series: [prices('A', [100, 110])] })).portfolio.accounts).toBe(
      undefined,
    );
  });
});

describe('money-weighted return', () => {
  const yearly = (flows: [number, number][], basis: number): number => {
    const span = Math.max(...flows.map(([days]) => days));
    const found = growthRates(flows.map(([days, amount]) => ({ at: days / span, amount })));
    if (found.kind !== 'one') throw new Error(found.kind);
    return Math.expm1((found.rate * basis) / span);
  };
  const golden: [number, number][] = [
    [0, -10000],
    [59, -2500],
    [200, 3000],
    [365, 10500],
  ];

  it('is the golden XIRR, Act/365 and Act/365.25', () => {
    expect(yearly(golden, 365)).toBeCloseTo(0.092958456282, 11);
    expect(yearly(golden, 365.25)).toBeCloseTo(0.093025000164, 11);
  });

  it('is none where money never changes direction, and several where more than one fits', () => {
    expect(
      growthRates([
        { at: 0, amount: -1 },
        { at: 1, amount: -2 },
      ]).kind,
    ).toBe('none');
    expect(
      growthRates([
        { at: 0, amount: -100 },
        { at: 1, amount: 0 },
      ]).kind,
    ).toBe('none');
    // (x - 1.1)(x - 1.5) = 0 with x the growth of half the span
    const flows = [
      { at: 0, amount: -1 },
      { at: 0.5, amount: 2.6 },
      { at: 1, amount: -1.65 },
    ];
    const found = growthRates(flows);
    expect(found).toEqual({
      kind: 'several',
      rates: [expect.closeTo(2 * Math.log(1.1), 12), expect.closeTo(2 * Math.log(1.5), 12)],
    });
    expect(
      growthRates([
        { at: 0, amount: -1 },
        { at: 0.5, amount: 2 },
        { at: 1, amount: -1.5 },
      ]).kind,
    ).toBe('none');
  });

  /** Flows at equal distances that are worth nothing at these growths from one to the next, and at no other: the polynomial with these roots. */
  const flowsWith = (growths: readonly number[], scale: number) => {
    const coefficients = growths.reduce(
      (made, growth) => [...made, 0].map((each, i) => each - growth * (made[i - 1] ?? 0)),
      [scale],
    );
    return coefficients.map((amount, i) => ({ at: i / growths.length, amount }));
  };

  it('finds every rate that fits, however near they are to each other, and no other', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 50, max: 300 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(-1000, 1, 1e6),
        (hundredths, scale) => {
          const growths = hundredths.map((each) => each / 100).sort((a, b) => a - b);
          const expected = growths.map((growth): unknown => expect.closeTo(growths.length * Math.log(growth), 6));
          const found = growthRates(flowsWith(growths, scale));
          expect(found).toEqual(
            growths.length === 1 ? { kind: 'one', rate: expected[0] } : { kind: 'several', rates: expected },
          );
        },
      ),
    ));

  it('two rates in one are one, and when they part by nothing there is none', () => {
    const [first, middle, last] = flowsWith([1.2, 1.2], -1) as [Flow, Flow, Flow];
    expect(growthRates([first, middle, last])).toEqual({ kind: 'one', rate: expect.closeTo(2 * Math.log(1.2), 6) });
    const parted = { ...middle, amount: middle.amount * (1 - 1e-9) };
    expect(growthRates([first, parted, last]).kind).toBe('none');
  });

  it('the rate it finds makes the flows worth nothing', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.5, noNaN: true }), fc.double({ min: 1, max: 1e4, noNaN: true })), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.double({ min: 100, max: 1e5, noNaN: true }),
        (deposits, end) => {
          const flows = [...deposits.map(([at, amount]) => ({ at, amount: -amount })), { at: 1, amount: end }];
          const found = growthRates(flows);
          if (found.kind !== 'one') throw new Error(found.kind);
          const worth = flows.reduce((sum, { at, amount }) => sum + amount * Math.exp(-found.rate * at), 0);
          const size = flows.reduce((sum, { at, amount }) => sum + Math.abs(amount * Math.exp(-found.rate * at)), 0);
          expect(Math.abs(worth)).toBeLessThan(1e-12 * size);
        },
      ),
    ));
});
