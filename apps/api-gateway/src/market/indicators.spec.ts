import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const get = (path: string, by = user) => gateway.call('get', `/v1${path}`, by);
const everyName = 'sma:20,ema:12,rsi:14,macd,macd:5:35:5,bbands:20:2,atr:14,adx:14,stoch:14:3,obv,cross'.split(',');

describe('indicators', () => {
  it('come for the dates asked for, warmed up on prices before them', async () => {
    const window = 'from=2012-01-03&to=2012-02-03';
    const { body } = await get(`/stocks/IBM/indicators?names=${everyName.slice(0, 10).join(',')}&${window}`).expect(
      200,
    );
    expect(body).toMatchObject({
      symbol: 'IBM',
      currency: 'USD',
      source: 'bundled',
      conventions: { sma: expect.any(String) },
    });
    expect(body.dates).toHaveLength(23);
    expect(Object.keys(body.series)).toEqual(everyName.slice(0, 10));
    for (const series of Object.values<object>(body.series))
      for (const line of Array.isArray(series) ? [series] : Object.values(series))
        expect((line as unknown[]).every((value) => typeof value === 'number')).toBe(true);
    const longer = await get('/stocks/IBM/indicators?names=ema:12&from=2000-01-01&to=2012-02-03').expect(200);
    expect(longer.body.series['ema:12'].slice(-23)).toEqual(body.series['ema:12']);
  });

  it('know nothing later than asOf', async () => {
    const later = await get('/stocks/AAPL/indicators?names=sma:20,cross&asOf=2020-06-30&from=2020-06-01').expect(200);
    const then = await get('/stocks/AAPL/indicators?names=sma:20,cross&to=2020-06-30&from=2020-06-01').expect(200);
    expect(later.body).toEqual(then.body);
    expect(later.body.dates.at(-1)).toBe('2020-06-30');
  });

  it('that need what the source lacks say so', async () => {
    const { body } = await get('/stocks/AAPL/indicators?names=atr:14,obv,rsi&from=2022-12-01').expect(200);
    expect(body.series).toMatchObject({
      'atr:14': { unavailable: { code: 'no-high-low', reason: expect.stringContaining('AAPL') } },
      obv: { unavailable: { code: 'no-volume' } },
      rsi: expect.arrayContaining([expect.any(Number)]),
    });
  });

  it('are there for a private series, for its owner alone', async () => {
    const csv = Array.from({ length: 300 }, (_, day) => {
      const date = new Date(Date.UTC(2015, 0, 1 + day)).toISOString().slice(0, 10);
      return `${date},${100 + 10 * Math.sin(day / 20)}`;
    });
    await gateway
      .call('put', '/v1/price-series/WAVE', user)
      .set('content-type', 'text/csv')
      .send(['date,close', ...csv].join('\n'))
      .expect(201);
    const { body } = await get('/stocks/~WAVE/indicators?names=sma:20,cross:20:60,atr').expect(200);
    expect(body.series['sma:20'].filter((value: unknown) => value === null)).toHaveLength(19);
    expect(body.series['cross:20:60'].crossings.length).toBeGreaterThan(2);
    expect(body.series.atr).toMatchObject({ unavailable: { code: 'no-high-low' } });
    await get('/stocks/~WAVE/indicators?names=sma:20', await gateway.register()).expect(404);
  });

  it.each([
    ['', /names|expected/],
    ['names=', /not an indicator/],
    ['names=vwap', /not an indicator/],
    ['names=sma:0', /parameter 1 of sma is a whole number from 1 to 400/],
    ['names=sma:20.5', /whole number/],
    ['names=sma:401', /400/],
    ['names=sma:1e2', /whole number/],
    ['names=rsi:14:3', /at most 1/],
    ['names=macd:26:12', /shorter/],
    ['names=bbands:20:99', /0.1 to 10/],
    [`names=${Array.from({ length: 11 }, (_, i) => `sma:${i + 2}`).join(',')}`, /10/],
    ['names=sma:20&from=2020-02-01&to=2020-01-01', /before/],
  ])('are refused for %s', async (query, message) => {
    const { body } = await get(`/stocks/AAPL/indicators?${query}`).expect(400);
    expect(body.type).toBe('/problems/validation-failed');
    expect(JSON.stringify(body.errors)).toMatch(message);
  });

  it('of an unknown symbol are not found', async () => {
    await get('/stocks/NOSUCH/indicators?names=sma:20').expect(404);
  });
});
