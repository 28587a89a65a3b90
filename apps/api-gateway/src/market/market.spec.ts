import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

let gateway: TestGateway;
let user: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
});
afterAll(() => gateway.close());

const get = (path: string, by = user) => gateway.call('get', `/v1${path}`, by);
const putSeries = (name: string, csv: string, by = user) =>
  gateway.call('put', `/v1/price-series/${name}`, by).set('content-type', 'text/csv; charset=utf-8').send(csv);
const csv = (days: number) =>
  [
    'date,close',
    ...Array.from({ length: days }, (_, day) => {
      const date = new Date(Date.UTC(2015, 0, 1 + day)).toISOString().slice(0, 10);
      return `${date},${100 + (day % 7)}`;
    }),
  ].join('\n');

describe('quotes', () => {
  it('say their source, their time, and where they came from', async () => {
    const { body } = await get('/quotes/AAPL').expect(200);
    expect(body).toMatchObject({ symbol: 'AAPL', currency: 'USD', source: 'bundled', price: expect.any(Number) });
    expect((await get('/quotes/AAPL')).body.cache).toBe('memory');
    expect((await get('/quotes/AAPL?asOf=2020-06-30')).body.asOf).toMatch(/^2020-06-30/);
  });

  it('come many at once, those that are unknown named', async () => {
    const { body } = await get('/quotes?symbols=AAPL,NOSUCH,MSFT').expect(200);
    expect(body.items.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['AAPL', 'MSFT']);
    expect(body.errors).toMatchObject([
      { symbol: 'NOSUCH', problem: { status: 404, type: '/problems/symbol-not-found' } },
    ]);
  });

  it.each([
    ['/quotes/NOSUCH', 404, 'symbol-not-found'],
    ['/quotes/no%20such', 400, 'validation-failed'],
    ['/quotes/~MINE', 404, 'symbol-not-found'],
    ['/quotes', 400, 'validation-failed'],
    [`/quotes?symbols=${Array(51).fill('AAPL').join(',')}`, 400, 'validation-failed'],
    ['/quotes/AAPL?asOf=yesterday', 400, 'validation-failed'],
    ['/stocks/NOSUCH/history', 404, 'symbol-not-found'],
    ['/stocks/AAPL/history?interval=1h', 400, 'validation-failed'],
    ['/stocks/AAPL/history?from=2020-02-01&to=2020-01-01', 400, 'validation-failed'],
    ['/stocks/AAPL/risk?benchmark=NOSUCH', 404, 'symbol-not-found'],
    ['/stocks/AAPL/risk?from=1900-01-01&to=1900-12-31', 422, 'no-date-overlap'],
    ['/symbols', 400, 'validation-failed'],
  ])('GET %s is refused', async (path, status, code) => {
    const { body } = await get(path).expect(status);
    expect(body.type).toBe(`/problems/${code}`);
  });
});

describe('history and risk', () => {
  it('come by interval, null where the source has nothing', async () => {
    const { body } = await get('/stocks/AAPL/history?from=2020-01-01&to=2020-03-31').expect(200);
    expect(body).toMatchObject({ symbol: 'AAPL', currency: 'USD', source: 'bundled' });
    expect(body.rows).toHaveLength(62);
    expect(body.rows[0]).toMatchObject({ date: '2020-01-02', open: null, volume: null });
    expect((await get('/stocks/AAPL/history?from=2020-01-01&to=2020-03-31&interval=1mo')).body.rows).toHaveLength(3);
  });

  it('assess one symbol as an analysis does', async () => {
    const { body } = await get('/stocks/AAPL/risk?from=2015-01-02&to=2019-12-31&riskFreeRate=0.01').expect(200);
    expect(body.performance.annualVolatility).toBeGreaterThan(0);
    expect(body.risk.var.historical['0.95']).toBeGreaterThan(0);
    expect(body).toMatchObject({ conventions: { returns: expect.any(String) }, window: { from: '2015-01-02' } });
  });

  it('sum the market up and find symbols by name', async () => {
    expect((await get('/market/summary').expect(200)).body).toMatchObject({
      dataMode: 'bundled',
      session: expect.any(String),
    });
    const { body } = await get('/symbols?q=apple').expect(200);
    expect(body).toMatchObject({ items: [{ symbol: 'AAPL' }], nextCursor: null });
  });
});

describe('a price series of one’s own', () => {
  it('is made, replaced, listed, quoted, analysed and deleted; nobody else knows of it', async () => {
    const stranger = await gateway.register();
    const made = await putSeries('house', csv(400)).expect(201);
    expect(made.body).toEqual({ symbol: '~HOUSE', rows: 400, from: '2015-01-01', to: '2016-02-04' });
    await putSeries('HOUSE', csv(300)).expect(200);
    expect((await get('/price-series')).body).toMatchObject({
      items: [{ symbol: '~HOUSE', rows: 300 }],
      nextCursor: null,
    });
    expect((await get('/quotes/~HOUSE').expect(200)).body.source).not.toBe('bundled');
    await get('/quotes/~HOUSE', stranger).expect(404);
    expect((await get('/symbols?q=~')).body.items).toHaveLength(1);
    const request = {
      holdings: [
        { symbol: '~HOUSE', weight: 0.5 },
        { symbol: 'AAPL', weight: 0.5 },
      ],
    };
    await gateway.call('post', '/v1/analyses', user).send(request).expect(202);
    const { body } = await gateway.call('post', '/v1/analyses', stranger).send(request).expect(422);
    expect(body.errors).toEqual([{ path: 'holdings.0.symbol', message: expect.any(String) }]);
    await gateway.call('delete', '/v1/price-series/HOUSE', stranger).expect(404);
    await gateway.call('delete', '/v1/price-series/HOUSE', user).expect(204);
    await gateway.call('delete', '/v1/price-series/HOUSE', user).expect(404);
    await get('/quotes/~HOUSE').expect(404);
  });

  it.each([
    ['HOUSE', 'date,close\n2024-01-02,abc', '2.close'],
    ['HOUSE', 'date\n2024-01-02', '1.close'],
    ['HOUSE', '', '1'],
    ['ho%20use', 'date,close\n2024-01-02,1', 'name'],
  ])('named %s is refused for %j', async (name, text, path) => {
    const { body } = await putSeries(name, text).expect(400);
    expect(body.errors[0]).toMatchObject({ path });
  });

  it('is text/csv up to 5 MB', async () => {
    const asJson = gateway.call('put', '/v1/price-series/HOUSE', user).send({ date: 1 });
    expect((await asJson.expect(415)).body.type).toBe('/problems/unsupported-media-type');
    const large = `date,close\n${'2024-01-02,1\n'.repeat(450_000)}`;
    expect((await putSeries('HOUSE', large).expect(413)).body.type).toBe('/problems/body-too-large');
    const wide = `date,close\n${'2024-01-02,1\n'.repeat(200_000)}`; // over 1 MB: read, and refused for its rows
    await putSeries('HOUSE', wide).expect(400);
  });
});
