import fastify from 'fastify';

/** The baseline: one route of Fastify that answers a quote, and nothing else. */
const quote = {
  symbol: 'AAPL',
  price: 125.674,
  currency: 'USD',
  previousClose: 129.64,
  change: -3.966,
  changePercent: -3.06,
  asOf: '2022-12-28T21:00:00.000Z',
  source: 'bundled',
  ageSeconds: 100,
  stale: false,
  cache: 'memory',
};
const app = fastify();
app.get('/v1/quotes/:symbol', () => quote);
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
