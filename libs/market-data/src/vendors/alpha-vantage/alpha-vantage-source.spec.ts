import { CompanyProfile, Dividends, Earnings, Financials } from '@stocktool/contracts';
import { FixedClock } from '@stocktool/testing';
import { answerOf, VendorServer } from '../vendor-server.fixture';
import { AlphaVantageSource } from './alpha-vantage-source';

const key = 'SECRETKEY';
const file = (name: string) => answerOf(import.meta.dirname, name);
let server: VendorServer;
let clock: FixedClock;
let vendor: AlphaVantageSource;
beforeEach(async () => {
  server = await VendorServer.start();
  clock = new FixedClock('2024-11-22T22:00:00Z');
  vendor = new AlphaVantageSource(server.http('alpha-vantage', { clock, timeoutMs: 300 }), key, clock);
});
afterEach(() => server.stop());

/** One path answers all: which answer, the parameter `function` says. */
const answers = (byFunction: Record<string, ReturnType<typeof file>>) =>
  server.on('/query', (url) => byFunction[url.searchParams.get('function') ?? '']);
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('AlphaVantageSource', () => {
  it('tells a quote as of the close of its day, or as of now while that day is not over', async () => {
    answers({ GLOBAL_QUOTE: file('global-quote') });
    expect(await vendor.quote('AAPL')).toMatchObject({
      price: 229.87,
      previousClose: 228.52,
      asOf: '2024-11-22T21:00:00.000Z',
      source: 'alpha-vantage',
    });
    clock.advance(-3 * 60 * 60_000);
    expect(await vendor.quote('AAPL')).toMatchObject({ asOf: '2024-11-22T19:00:00.000Z' });
  });

  it('knows nothing of an unknown symbol, and asks nothing about what has no known currency', async () => {
    answers({ GLOBAL_QUOTE: { body: '{"Global Quote":{}}' }, OVERVIEW: { body: '{}' } });
    expect(await vendor.quote('NOPE')).toBeUndefined();
    expect(await vendor.profile('NOPE')).toBeUndefined();
    expect(await vendor.quote('^GSPC')).toBeUndefined();
    expect(server.calls()).toBe(2);
    answers({ TIME_SERIES_DAILY_ADJUSTED: { body: '{"Error Message":"Invalid API call. SECRETKEY"}' } });
    expect(await vendor.history('NOPE')).toBeUndefined();
  });

  it('tells daily prices as traded with their adjusted close, oldest first', async () => {
    answers({ TIME_SERIES_DAILY_ADJUSTED: file('daily-adjusted') });
    const series = (await vendor.history('AAPL'))!;
    expect(series.dates).toEqual(['2020-08-28', '2020-08-31', '2020-09-01']);
    expect([...series.columns.close!]).toEqual([499.23, 129.04, 134.18]);
    expect([...series.columns.adjClose]).toEqual([121.5, 125.6, 130.6]);
  });

  it('tells who a company is, its dividends, and what it earned when', async () => {
    answers({
      OVERVIEW: file('overview'),
      DIVIDENDS: file('dividends'),
      SPLITS: file('splits'),
      EARNINGS: file('earnings'),
    });
    expect(CompanyProfile.parse(await vendor.profile('AAPL'))).toMatchObject({
      sector: 'TECHNOLOGY',
      marketCap: 3_474_668_921_000,
      website: 'https://www.apple.com',
    });
    expect(Dividends.parse(await vendor.dividends('AAPL'))).toMatchObject({
      dividends: [
        { exDate: '1987-05-11', amount: 0.12 },
        { exDate: '2024-11-08', amount: 0.25 },
      ],
      splits: [{ date: '2020-08-31', numerator: 4, denominator: 1 }],
    });
    expect(Earnings.parse(await vendor.earnings('AAPL')).items).toEqual([
      { date: '2024-10-31', epsEstimate: 1.6, epsActual: 1.64, surprisePercent: 2.5 },
      { date: '1996-04-17', epsEstimate: null, epsActual: -0.05, surprisePercent: null },
    ]);
  });

  it('brings three statements together by period, null where one is silent', async () => {
    answers({
      INCOME_STATEMENT: file('income-statement'),
      BALANCE_SHEET: file('balance-sheet'),
      CASH_FLOW: file('cash-flow'),
    });
    const { annual, quarterly } = Financials.parse(await vendor.financials('AAPL'));
    expect(annual[0]).toMatchObject({
      periodEnd: '2024-09-30',
      reportedAt: null,
      revenue: 391_035e6,
      totalAssets: 364_980e6,
      freeCashFlow: 108_807e6,
    });
    expect(quarterly[0]).toMatchObject({ operatingCashFlow: 26_811e6, capitalExpenditure: null, freeCashFlow: null });
  });

  it('finds symbols and tells news', async () => {
    answers({ SYMBOL_SEARCH: file('symbol-search'), NEWS_SENTIMENT: file('news-sentiment') });
    expect((await vendor.search('apple', 5)).map(({ symbol, currency }) => [symbol, currency])).toEqual([
      ['AAPL', 'USD'],
      ['APC.DEX', 'EUR'],
    ]);
    expect(await vendor.news('AAPL')).toMatchObject([
      { publisher: 'Benzinga', publishedAt: '2024-11-22T14:00:00.000Z', summary: 'Orders are up.' },
    ]);
  });

  it.each([
    [
      { Note: `Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute` },
      'rate-limited',
    ],
    [{ Information: `We have detected your API key as ${key}; the limit is 25 requests per day` }, 'rate-limited'],
    [{ Information: `Thank you! This is a premium endpoint. ${key}` }, 'not-entitled'],
  ])('takes %j in a 200 for what it is', async (body, kind) => {
    answers({ GLOBAL_QUOTE: { body: JSON.stringify(body) } });
    const error = (await failure(vendor.quote('AAPL'))) as Error;
    expect(error).toMatchObject({ kind });
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain(key);
    answers({ GLOBAL_QUOTE: file('global-quote') });
    const again = await failure(vendor.quote('AAPL'));
    if (kind === 'rate-limited') expect(again).toMatchObject({ kind: 'out-of-budget' });
    clock.advance(60 * 60_000);
    expect(await vendor.quote('AAPL')).toMatchObject({ price: 229.87 });
  });

  it.each([
    ['{"Global Quote":{"01. symbol":"AAPL","05. price":"NaN"}}', 'Global Quote.05. price (invalid_format)'],
    ['{"Global Quote":{"01. symbol":"AAPL","05. price":229}}', 'Global Quote.05. price (invalid_type)'],
    ['{"Meta Data":{}}', 'Global Quote (invalid_type)'],
  ])('names the field of %s', async (body, fault) => {
    answers({ GLOBAL_QUOTE: { body } });
    const error = (await failure(vendor.quote('AAPL'))) as Error;
    expect(error).toMatchObject({ kind: 'garbage' });
    expect(error.message).toContain(`alpha-vantage: ${fault}`);
  });
});
