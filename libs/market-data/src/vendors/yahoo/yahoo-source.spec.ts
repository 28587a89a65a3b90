import { CompanyProfile, Dividends, Financials, Holders, Recommendations } from '@stocktool/contracts';
import { FixedClock } from '@stocktool/testing';
import { answerOf, VendorServer, type Reply } from '../vendor-server.fixture';
import { YahooClient } from './yahoo-client';
import { YahooSource } from './yahoo-source';

const clock = new FixedClock('2024-11-22T22:00:00Z');
const file = (name: string) => answerOf(import.meta.dirname, name);
const cookiePage: Reply = {
  headers: { 'set-cookie': 'A3=token; Domain=.yahoo.com; Path=/; Max-Age=31557600; Secure; HttpOnly' },
  body: '<html></html>',
};
const quotePath = '/v7/finance/quote';
let server: VendorServer;
let yahoo: YahooSource;
beforeEach(async () => {
  server = await VendorServer.start();
  server.on('/quote/AAPL', cookiePage).on('/v1/test/getcrumb', { body: 'crumb-1' });
  yahoo = new YahooSource(new YahooClient(server.http('yahoo', { clock, timeoutMs: 400 }), server.url), clock);
});
afterEach(() => server.stop());

const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('YahooSource', () => {
  it('tells quotes with one crumb for all, a price in pence as pounds', async () => {
    server.on(quotePath, (url) => file(url.searchParams.get('symbols') === 'VOD.L' ? 'quote-pence' : 'quote'));
    expect(await yahoo.quote('AAPL')).toMatchObject({
      price: 229.87,
      currency: 'USD',
      previousClose: 228.52,
      asOf: '2024-11-22T21:00:01.000Z',
      source: 'yahoo',
    });
    const pounds = (await yahoo.quote('VOD.L'))!;
    expect(pounds.currency).toBe('GBP');
    expect(pounds.price).toBeCloseTo(0.6982, 12);
    expect(server.calls('/v1/test/getcrumb')).toBe(1);
    const [request] = server.requests.filter(({ path }) => path === quotePath);
    expect([request!.query.get('crumb'), request!.headers.cookie]).toEqual(['crumb-1', 'A3=token']);
  });

  it('asks for many quotes in one request, where one that cannot be read or is not there leaves the others', async () => {
    const { body } = file('quote');
    const whole = JSON.parse(body!) as { quoteResponse: { result: Record<string, unknown>[] } };
    const [apple] = whole.quoteResponse.result;
    const answer = (...result: object[]) => ({ body: JSON.stringify({ quoteResponse: { result, error: null } }) });
    server.on(quotePath, answer(apple!, { ...apple, symbol: 'MSFT', regularMarketPrice: 'high' }));
    const outcomes = await yahoo.quotes(['AAPL', 'MSFT', 'NOPE']);
    expect(outcomes.get('AAPL')).toMatchObject({ price: 229.87 });
    expect(outcomes.get('MSFT')).toMatchObject({
      kind: 'garbage',
      message: expect.stringContaining('regularMarketPrice'),
    });
    expect(outcomes.has('NOPE')).toBe(false);
    expect(server.requests.filter(({ path }) => path === quotePath).map(({ query }) => query.get('symbols'))).toEqual([
      'AAPL,MSFT,NOPE',
    ]);
    server.on(quotePath, answer(apple!, { ...apple, symbol: 'OTHER' }));
    expect((await yahoo.quotes(['AAPL', 'NOPE'])).get('NOPE')).toMatchObject({ kind: 'garbage' });
  });

  it('takes another crumb when one is refused', async () => {
    server.on(quotePath, { status: 401, body: '{"finance":{"result":null,"error":{"code":"Unauthorized"}}}' });
    expect(await failure(yahoo.quote('AAPL'))).toMatchObject({ kind: 'refused' });
    server.on('/v1/test/getcrumb', { body: 'crumb-2' }).on(quotePath, file('quote'));
    expect(await yahoo.quote('AAPL')).toMatchObject({ price: 229.87 });
    expect(server.requests.at(-1)!.query.get('crumb')).toBe('crumb-2');
  });

  it('tells daily prices and dividends as they were traded and paid, days without a price left out', async () => {
    server.on('/v8/finance/chart/AAPL', file('chart'));
    const { dates, columns, currency } = (await yahoo.history('AAPL'))!;
    expect({ dates, currency }).toEqual({
      dates: ['2020-08-27', '2020-08-28', '2020-08-31', '2020-09-01'],
      currency: 'USD',
    });
    expect(columns.close![1]).toBeCloseTo(499.23, 2); // what was paid before the split of 4 for 1
    expect(columns.close![2]).toBeCloseTo(129.04, 2);
    expect(columns.volume![1]).toBe(46_907_500); // a quarter of the 187 630 000 shares after the split
    expect([...columns.adjClose]).toEqual([121.8, 121.6, 125.7, 130.7]);
    const paid = Dividends.parse(await yahoo.dividends('AAPL'));
    expect(paid.dividends[0]!.exDate).toBe('2020-08-07');
    expect(paid.dividends[0]!.amount).toBeCloseTo(0.82, 12); // as declared in July 2020
    expect(paid.splits).toEqual([{ date: '2020-08-31', numerator: 4, denominator: 1 }]);
  });

  it('finds symbols and news without a crumb', async () => {
    server.on('/v1/finance/search', file('search'));
    expect((await yahoo.search('apple', 5)).map(({ symbol, kind }) => [symbol, kind])).toEqual([
      ['AAPL', 'stock'],
      ['^GSPC', 'index'],
    ]);
    expect((await yahoo.news('AAPL'))!.map(({ title, publisher }) => [title, publisher])).toEqual([
      ['Apple in talks', 'Reuters'],
      ['What to watch next week', 'Yahoo Finance'],
    ]);
    expect(server.calls('/v1/test/getcrumb')).toBe(0);
  });

  it('tells who a company is, who holds it, what analysts say and its statements', async () => {
    const byModules: Record<string, string> = {
      recommendationTrend: 'recommendation-trend',
      institutionOwnership: 'institution-ownership',
    };
    server
      .on('/v10/finance/quoteSummary/AAPL', (url) =>
        file(byModules[url.searchParams.get('modules') ?? ''] ?? 'profile'),
      )
      .on('/ws/fundamentals-timeseries/v1/finance/timeseries/AAPL', file('fundamentals'));
    expect(CompanyProfile.parse(await yahoo.profile('AAPL'))).toMatchObject({
      name: 'Apple Inc.',
      sector: 'Technology',
      employees: 164_000,
      marketCap: 3_474_668_879_872,
    });
    expect(Recommendations.parse(await yahoo.recommendations('AAPL')).items).toMatchObject([
      { month: '2024-11-01', buy: 20, hold: 15 },
      { month: '2024-10-01', hold: 14 },
    ]);
    expect(Holders.parse(await yahoo.holders('AAPL')).items[0]).toMatchObject({
      name: 'Vanguard Group Inc',
      reportedAt: '2024-09-30',
      fraction: 0.0891,
    });
    const { annual } = Financials.parse(await yahoo.financials('AAPL'));
    expect(annual).toMatchObject([
      { periodEnd: '2024-09-28', revenue: 391_035e6, eps: 6.08, capitalExpenditure: 9447e6, freeCashFlow: 108_807e6 },
    ]);
  });

  it('knows nothing of what Yahoo does not have', async () => {
    server.on(quotePath, file('quote-unknown')).on('/v8/finance/chart/NOPE', { status: 404, ...file('chart-unknown') });
    expect(await yahoo.quote('NOPE')).toBeUndefined();
    expect(await yahoo.history('NOPE')).toBeUndefined();
    expect(await yahoo.profile('NOPE')).toBeUndefined();
  });

  it.each([
    ['an HTML page', { body: '<html>crumb-1</html>' }, 'garbage', 'not as its client expects'],
    ['JSON that breaks off', { ...file('quote'), truncated: true }, 'unreachable', 'broke off'],
    ['nothing at all', { silent: true }, 'unreachable', 'within 400 ms'],
    ['too many requests', { status: 429, body: 'Too Many Requests' }, 'rate-limited', 'too many'],
    [
      'a price as text',
      {
        body: '{"quoteResponse":{"result":[{"symbol":"AAPL","quoteType":"EQUITY","currency":"USD","regularMarketPrice":"x","regularMarketTime":1}],"error":null}}',
      },
      'garbage',
      'regularMarketPrice (invalid_type)',
    ],
  ])('says what is wrong with %s, and never what was in it', async (_what, reply, kind, detail) => {
    server.on(quotePath, reply);
    const error = (await failure(yahoo.quote('AAPL'))) as Error;
    expect(error).toMatchObject({ vendor: 'yahoo', kind });
    expect(error.message).toContain(detail);
    expect(`${error.message} ${String(error.cause)}`).not.toContain('crumb-1');
  });
});
