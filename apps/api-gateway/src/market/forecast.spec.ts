import { forecastPrices } from '@stocktool/analytics';
import { Forecast } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { MakeForecast } from './make-forecast';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const get = (path: string, by = user) => gateway.call('get', `/v1${path}`, by);

describe('a forecast', () => {
  it('of a price without pattern says so, and gives no path but how far prices move', async () => {
    const { body } = await get('/stocks/AAPL/forecast').expect(200);
    const forecast = Forecast.parse(body);
    expect(forecast).toMatchObject({
      symbol: 'AAPL',
      days: 20,
      asOf: '2022-12-28',
      skill: false,
      model: null,
      path: null,
    });
    expect(forecast.statement).toMatch(/^No skill: in 125 forecasts of the past none of 4 models/);
    expect(forecast.intervalsOf).toBe('random walk');
    for (const { lower, upper } of forecast.intervals) {
      expect([lower.length, upper.length]).toEqual([20, 20]);
      expect(lower[19]!).toBeLessThan(forecast.lastPrice);
      expect(upper[19]!).toBeGreaterThan(forecast.lastPrice);
    }
  });

  it('knows nothing later than asOf, and is what the figures of that day give', async () => {
    const asOf = '2015-06-30';
    const { body } = await get(`/stocks/KO/forecast?days=5&asOf=${asOf}`).expect(200);
    const { adjClose } = await gateway.app.get(MarketData).series('KO', { asOf });
    const expected = forecastPrices(adjClose, 5);
    expect(body).toMatchObject({ asOf, lastPrice: adjClose.at(-1), intervals: expected.intervals });
    expect(body.test.models).toEqual(expected.tests);
    expect((await get(`/stocks/KO/forecast?days=5&asOf=${asOf}`).expect(200)).body).toEqual(body);
  });

  it('is had by others while one user asks for many', async () => {
    const make = gateway.app.get(MakeForecast, { strict: false });
    const other = await gateway.register();
    const ask = (userId: string, days: number) => make.run(userId, 'IBM', { days });
    const many = Array.from({ length: 20 }, (_, at) => ask(user.id, at + 1));
    const [others, ...own] = await Promise.allSettled([ask(other.id, 30), ...many]);
    expect(others).toMatchObject({ status: 'fulfilled', value: { days: 30 } });
    const refused = own.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(16);
    expect(refused[0]).toMatchObject({ reason: { code: 'dependency-unavailable', retryAfterSeconds: 5 } });
  });

  it('is made once for all who ask for the same at once, and none of them waits in a line', async () => {
    const users = await Promise.all(Array.from({ length: 3 }, () => gateway.register()));
    const asked = Array.from({ length: 30 }, (_, at) => get('/stocks/PG/forecast?days=7', users[at % 3]).expect(200));
    const [first, ...others] = (await Promise.all(asked)).map(({ body }) => body as unknown);
    for (const other of others) expect(other).toEqual(first); // more than a user's four places and all sixteen
  });

  it('of a private series with a pattern finds it, and shows its path and the coverage of its intervals', async () => {
    let [level, shock] = [0, 1];
    const rows = Array.from({ length: 900 }, (_, day) => {
      shock = (shock * 16807) % 2147483647;
      level = 0.6 * level + 0.02 * (shock / 2147483647 - 0.5);
      return `${new Date(Date.UTC(2018, 0, 1 + day)).toISOString().slice(0, 10)},${100 * Math.exp(level)}`;
    });
    await gateway
      .call('put', '/v1/price-series/TIDE', user)
      .set('content-type', 'text/csv')
      .send(['date,close', ...rows].join('\n'))
      .expect(201);
    const { body } = await get('/stocks/~TIDE/forecast?days=3').expect(200);
    expect(body).toMatchObject({ skill: true, model: 'mean reversion', intervalsOf: 'mean reversion' });
    expect(body.path).toHaveLength(3);
    expect(body.statement).toMatch(/nearer .* \(adjusted p-value/);
    expect(body.intervals.map(({ coverage }: { coverage: number }) => coverage > 0 && coverage <= 1)).toEqual([
      true,
      true,
      true,
    ]);
    await get('/stocks/~TIDE/forecast', await gateway.register()).expect(404);
  });

  it.each([
    ['AAPL/forecast?days=61', 400, 'validation-failed'],
    ['AAPL/forecast?days=0', 400, 'validation-failed'],
    ['AAPL/forecast?days=1.5', 400, 'validation-failed'],
    ['NOSUCH/forecast', 404, 'symbol-not-found'],
    ['FB/forecast', 422, 'too-few-prices'],
    ['AAPL/forecast?asOf=1991-01-02', 422, 'too-few-prices'],
  ])('GET /stocks/%s is refused: %i', async (path, status, code) => {
    const { body } = await get(`/stocks/${path}`).expect(status);
    expect(body.type).toBe(`/problems/${code}`);
  });

  it('is made beside other requests: they do not wait for it', async () => {
    const forecasts = [1, 2, 3].map((days) => get(`/stocks/XOM/forecast?days=${days}`).expect(200));
    let finished = 0;
    const all = Promise.all(forecasts.map((each) => each.then(() => finished++)));
    await get('/quotes/KO').expect(200);
    expect(finished).toBeLessThan(3);
    await all;
  });
});
