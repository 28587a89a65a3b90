import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

const answers = path.resolve(import.meta.dirname, '../../../../libs/market-data/src/vendors/finnhub/answers');
const finnhub: Record<string, string> = {
  '/stock/profile2': 'profile2',
  '/stock/dividend': 'dividend',
  '/stock/split': 'split',
  '/stock/financials-reported': 'financials-reported',
};

describe('a company, of the bundled data', () => {
  let gateway: TestGateway;
  let user: TestUser;
  beforeAll(async () => {
    gateway = await testGateway();
    user = await gateway.register();
  });
  afterAll(() => gateway.close());
  const get = (url: string) => gateway.call('get', `/v1/stocks/${url}`, user);

  it('has a name, a kind and a currency, and nothing made up', async () => {
    const { body } = await get('AAPL/profile').expect(200);
    expect(body).toMatchObject({ symbol: 'AAPL', kind: 'stock', currency: 'USD', source: 'bundled', sector: null });
    expect((await get('AAPL/profile?asOf=2010-01-04').expect(200)).body.asOf).toBe('2010-01-04T23:59:59.999Z');
    await get('AAPL/profile?asOf=1960-01-04').expect(404);
  });

  it.each(['dividends', 'financials'])('has no %s, and that is said', async (what) => {
    const { body } = await get(`AAPL/${what}`).expect(501);
    expect(body.type).toBe('/problems/no-source-configured');
  });

  it.each(['profile', 'dividends', 'financials'])('is not behind a private series: no %s', async (what) => {
    const series = gateway.call('put', '/v1/price-series/HOUSE', user).set('content-type', 'text/csv');
    await series.send('date,close\n2020-01-02,1\n2020-01-03,2');
    await get(`~HOUSE/${what}`).expect(404);
    await get(`not a symbol/${what}`.replaceAll(' ', '%20')).expect(400);
    await gateway.call('get', `/v1/stocks/AAPL/${what}`).expect(401);
  });

  it('is not there for an unknown symbol', async () => {
    await get('NOSUCH/profile').expect(404);
  });
});

describe('a company, of a vendor', () => {
  let vendor: Server;
  let asked: string[];
  let gateway: TestGateway;
  let user: TestUser;
  beforeAll(async () => {
    vendor = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://vendor');
      asked.push(pathname);
      response.setHeader('content-type', 'application/json');
      const answer = finnhub[pathname];
      return response.end(answer === undefined ? '{}' : readFileSync(path.join(answers, `${answer}.json`)));
    });
    await new Promise<void>((done) => vendor.listen(0, '127.0.0.1', done));
    gateway = await testGateway({
      MARKET_DATA: 'live',
      MARKET_DATA_VENDORS: 'finnhub',
      FINNHUB_API_KEY: 'a-key',
      FINNHUB_BASE_URL: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`,
    });
    user = await gateway.register();
  });
  beforeEach(() => (asked = []));
  afterAll(async () => {
    await gateway.close();
    vendor.close();
  });
  const get = (url: string) => gateway.call('get', `/v1/stocks/${url}`, user);

  it('is asked for once, however many want to know', async () => {
    const [first, ...rest] = await Promise.all(Array.from({ length: 20 }, () => get('AAPL/profile').expect(200)));
    expect(first!.body).toMatchObject({ symbol: 'AAPL', source: 'finnhub', exchange: expect.stringMatching(/\w/) });
    expect(rest.every(({ body }) => body.name === first!.body.name)).toBe(true);
    expect(asked).toEqual(['/stock/profile2']);
  });

  it('tells as of a date the dividends and the reports that were known', async () => {
    const all = (await get('AAPL/dividends').expect(200)).body;
    expect(all.dividends.length).toBeGreaterThan(1);
    const second = all.dividends[1].exDate;
    const then = (await get(`AAPL/dividends?asOf=${second}`).expect(200)).body;
    expect(then.dividends).toEqual(all.dividends.slice(0, 2));

    const { annual } = (await get('AAPL/financials').expect(200)).body;
    const { reportedAt, periodEnd } = annual[0];
    expect(periodEnd < reportedAt).toBe(true);
    const since = (await get(`AAPL/financials?asOf=${reportedAt}`).expect(200)).body;
    expect(since.annual).toEqual(annual);
    const before = (await get(`AAPL/financials?asOf=${periodEnd}`).expect(200)).body;
    expect(before.annual).toEqual(annual.slice(1));
  });
});
