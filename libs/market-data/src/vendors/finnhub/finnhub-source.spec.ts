import { CompanyProfile, Dividends, Earnings, Financials, Holders, Recommendations } from '@stocktool/contracts';
import { FixedClock } from '@stocktool/testing';
import { VendorFailure } from '../vendor-failure';
import { answerOf, VendorServer } from '../vendor-server.fixture';
import { FinnhubSource } from './finnhub-source';

const clock = new FixedClock('2024-11-22T21:30:00Z');
const answer = (name: string) => answerOf(import.meta.dirname, name);
let server: VendorServer;
let finnhub: FinnhubSource;
beforeEach(async () => {
  server = await VendorServer.start();
  finnhub = new FinnhubSource(server.http('finnhub', { clock, timeoutMs: 300 }), clock);
});
afterEach(() => server.stop());

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('FinnhubSource', () => {
  it('tells a quote with the change computed from its prices, the key in a header and nowhere else', async () => {
    server.on('/quote', answer('quote'));
    const quote = await finnhub.quote('BRK-B');
    expect(quote).toMatchObject({
      symbol: 'BRK-B',
      price: 229.87,
      currency: 'USD',
      previousClose: 228.52,
      asOf: '2024-11-22T21:00:00.000Z',
      source: 'finnhub',
    });
    expect(quote!.change).toBeCloseTo(1.35, 10);
    expect(quote!.changePercent).toBeCloseTo(0.5908, 4); // as Finnhub's own `dp` says
    const [request] = server.requests;
    expect(request!.headers['x-finnhub-token']).toBe('the-key');
    expect(Object.fromEntries(request!.query)).toEqual({ symbol: 'BRK.B' });
  });

  it('takes zeros for an unknown symbol, and asks nothing about what has no known currency', async () => {
    server.on('/quote', answer('quote-unknown'));
    expect(await finnhub.quote('NOPE')).toBeUndefined();
    for (const symbol of ['^GSPC', 'EURUSD=X', 'VOD.L']) expect(await finnhub.quote(symbol)).toBeUndefined();
    expect(server.calls()).toBe(1);
  });

  it('finds symbols, a class written our way', async () => {
    server.on('/search', answer('search'));
    expect(await finnhub.search('apple', 3)).toEqual([
      expect.objectContaining({ symbol: 'AAPL', name: 'APPLE INC', kind: 'stock', currency: null, from: null }),
      expect.objectContaining({ symbol: 'BRK-B', kind: 'stock' }),
      expect.objectContaining({ symbol: 'SPY', kind: 'etf' }),
    ]);
  });

  it('tells who a company is, millions as units, and nothing of one it does not know', async () => {
    server.on('/stock/profile2', answer('profile2'));
    const profile = CompanyProfile.parse(await finnhub.profile('AAPL'));
    expect(profile).toMatchObject({
      name: 'Apple Inc',
      country: 'US',
      industry: 'Technology',
      marketCap: 3_474_710_500_000,
      sharesOutstanding: 15_115_820_000,
      sector: null,
    });
    server.on('/stock/profile2', { body: '{}' });
    expect(await finnhub.profile('NOPE')).toBeUndefined();
  });

  it('tells dividends and splits, oldest first', async () => {
    server.on('/stock/dividend', answer('dividend')).on('/stock/split', answer('split'));
    expect(Dividends.parse(await finnhub.dividends('AAPL'))).toMatchObject({
      currency: 'USD',
      dividends: [
        { exDate: '2024-08-12', amount: 0.25 },
        { exDate: '2024-11-08', amount: 0.25 },
      ],
      splits: [
        { date: '2014-06-09', numerator: 7, denominator: 1 },
        { date: '2020-08-31', numerator: 4, denominator: 1 },
      ],
    });
  });

  it('tells annual statements by their US GAAP concepts, with the day they became known', async () => {
    server.on('/stock/financials-reported', answer('financials-reported'));
    const { annual, quarterly, currency } = Financials.parse(await finnhub.financials('AAPL'));
    expect({ quarterly, currency }).toEqual({ quarterly: [], currency: 'USD' });
    expect(annual).toEqual([
      {
        periodEnd: '2024-09-28',
        reportedAt: '2024-11-01',
        revenue: 391_035e6,
        grossProfit: 180_683e6,
        operatingIncome: 123_216e6,
        netIncome: 93_736e6,
        eps: 6.08,
        totalAssets: 364_980e6,
        totalLiabilities: 308_030e6,
        totalEquity: 56_950e6,
        operatingCashFlow: 118_254e6,
        capitalExpenditure: 9447e6,
        freeCashFlow: 108_807e6,
      },
    ]);
  });

  it('tells earnings by announcement, recommendations by month, holders by size, and news, newest or largest first', async () => {
    server
      .on('/calendar/earnings', answer('calendar-earnings'))
      .on('/stock/recommendation', answer('recommendation'))
      .on('/stock/ownership', answer('ownership'))
      .on('/company-news', answer('company-news'));
    const earnings = Earnings.parse(await finnhub.earnings('AAPL'));
    expect(earnings.items.map(({ date, epsActual }) => [date, epsActual])).toEqual([
      ['2025-01-30', null],
      ['2024-10-31', 1.64],
    ]);
    expect(earnings.items[1]!.surprisePercent).toBeCloseTo(2.5, 10);
    expect(Recommendations.parse(await finnhub.recommendations('AAPL')).items[0]).toMatchObject({
      month: '2024-11-01',
      strongBuy: 13,
      sell: 2,
    });
    expect(Holders.parse(await finnhub.holders('AAPL')).items[0]).toMatchObject({ shares: 1_313_977_257 });
    expect((await finnhub.news('AAPL'))!.map(({ id, publishedAt, summary }) => [id, publishedAt, summary])).toEqual([
      ['finnhub-131482987', '2024-11-22T18:43:20.000Z', null],
      ['finnhub-131482104', '2024-11-22T14:00:00.000Z', expect.stringContaining('supplier')],
    ]);
  });

  it.each([
    ['an HTML page', { body: '<html>the-key</html>', headers: { 'content-type': 'text/html' } }, 'garbage', 'not JSON'],
    ['JSON that breaks off', { ...answer('quote'), truncated: true }, 'unreachable', 'broke off'],
    ['a number as text', { body: '{"c":"229.87","pc":1,"t":1}' }, 'garbage', 'c (invalid_type)'],
    ['a missing field', { body: '{"c":1}' }, 'garbage', 'pc (invalid_type)'],
    ['nothing at all', { silent: true }, 'unreachable', 'within 300 ms'],
    ['its own failure', { status: 502, body: 'the-key' }, 'unreachable', 'status 502'],
    ['a plan without it', { status: 403, body: '{"error":"the-key"}' }, 'not-entitled', 'status 403'],
    ['a wrong key', { status: 401, body: '{"error":"Invalid API key the-key"}' }, 'refused', 'status 401'],
  ] as const)('says what is wrong with %s, and never what was in it', async (_what, reply, kind, detail) => {
    server.on('/quote', reply);
    const error = (await failure(finnhub.quote('AAPL'))) as VendorFailure;
    expect(error).toBeInstanceOf(VendorFailure);
    expect(error).toMatchObject({ vendor: 'finnhub', kind });
    expect(error.message).toContain(detail);
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('the-key');
    expect(server.calls()).toBe(kind === 'unreachable' ? 2 : 1); // a failure on the way is tried once more, nothing else is
  });

  it.each([
    ['30', 30_000],
    ['Fri, 22 Nov 2024 21:31:00 GMT', 60_000],
    [undefined, 60_000],
  ])('does not ask again before Retry-After %s is over', async (retryAfter, ms) => {
    const now = new FixedClock('2024-11-22T21:30:00Z');
    const source = new FinnhubSource(server.http('finnhub', { clock: now }), now);
    server.on('/quote', { status: 429, ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }) });
    expect(await failure(source.quote('AAPL'))).toMatchObject({ kind: 'rate-limited' });
    server.on('/quote', answer('quote'));
    now.advance(ms - 1000);
    expect(await failure(source.quote('AAPL'))).toMatchObject({ kind: 'out-of-budget' });
    expect(server.calls()).toBe(1);
    now.advance(1000);
    expect(await source.quote('AAPL')).toMatchObject({ price: 229.87 });
  });
});
