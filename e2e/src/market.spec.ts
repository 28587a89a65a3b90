import { api, newUser, type User } from './client';

let user: User;
beforeAll(async () => {
  user = await newUser();
});

const get = (path: string) => api('GET', path, { token: user.token });

describe('market data', () => {
  it('labels a quote with its source, its time and where it came from', async () => {
    const { status, body } = await get('/v1/quotes/AAPL');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      symbol: 'AAPL',
      currency: 'USD',
      source: 'bundled',
      cache: expect.stringMatching(/memory|dynamodb|origin/),
    });
    expect(body.ageSeconds).toBeGreaterThan(0);
    expect((await get('/v1/quotes/AAPL')).body.cache).toBe('memory');
  });

  it('answers many quotes at once, and names those it has not', async () => {
    const { body } = await get('/v1/quotes?symbols=AAPL,NOSUCH,MSFT');
    expect(body.items.map(({ symbol }: { symbol: string }) => symbol).sort()).toEqual(['AAPL', 'MSFT']);
    expect(body.errors).toMatchObject([{ symbol: 'NOSUCH', problem: { status: 404 } }]);
  });

  it('gives history by day, week and month; what the source lacks is null', async () => {
    const day = await get('/v1/stocks/AAPL/history?from=2020-01-01&to=2020-03-31');
    const week = await get('/v1/stocks/AAPL/history?from=2020-01-01&to=2020-03-31&interval=1wk');
    const month = await get('/v1/stocks/AAPL/history?from=2020-01-01&to=2020-03-31&interval=1mo');
    expect(day.body.rows).toHaveLength(62);
    expect(week.body.rows.length).toBeLessThan(day.body.rows.length);
    expect(month.body.rows).toHaveLength(3);
    expect(day.body.rows[0]).toMatchObject({ date: '2020-01-02', open: null, volume: null });
    expect(
      (await get('/v1/stocks/IBM/history?from=2010-01-01&to=2010-01-31&adjusted=false')).body.rows[0].open,
    ).toBeGreaterThan(0);
  });

  it('lets nothing later than asOf pass', async () => {
    const { body } = await get('/v1/stocks/AAPL/history?from=2020-01-01&to=2020-12-31&asOf=2020-06-30');
    expect(body.rows.at(-1).date).toBe('2020-06-30');
    expect((await get('/v1/quotes/AAPL?asOf=2020-06-30')).body.asOf).toMatch(/^2020-06-30/);
  });

  it('assesses one symbol as an analysis would', async () => {
    const { status, body } = await get('/v1/stocks/AAPL/risk?from=2015-01-02&to=2019-12-31');
    expect(status).toBe(200);
    expect(body.performance.annualVolatility).toBeGreaterThan(0);
    expect(body.risk.var.historical['0.95']).toBeGreaterThan(0);
    expect(body.conventions).toHaveProperty('returns');
  });

  it('finds symbols by name and sums the market up', async () => {
    const { body } = await get('/v1/symbols?q=apple');
    expect(JSON.stringify(body)).toContain('AAPL');
    expect((await get('/v1/market/summary')).body).toMatchObject({ dataMode: 'bundled' });
  });
});
