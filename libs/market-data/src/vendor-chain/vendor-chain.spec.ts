import { eventually, FixedClock, ManualMetrics } from '@stocktool/testing';
import path from 'node:path';
import { FinnhubSource } from '../vendors/finnhub/finnhub-source';
import type { RequestLimit } from '../vendors/request-budget';
import { answerOf, VendorServer } from '../vendors/vendor-server.fixture';
import { VendorChain, type ChainSettings } from './vendor-chain';

const finnhubAnswers = path.resolve(import.meta.dirname, '../vendors/finnhub');
const good = answerOf(finnhubAnswers, 'quote');
const unknown = answerOf(finnhubAnswers, 'quote-unknown');
const priced = (price: number, seconds = 1_732_309_200) => ({
  body: JSON.stringify({ c: price, d: 0, dp: 0, h: 0, l: 0, o: 0, pc: 228.52, t: seconds }),
});
const start = '2024-11-22T21:05:00Z';
const breaker = { failures: 3, openMs: 30_000 };
const noCrossCheck = { share: 0, basisPoints: 50 };

class SecondSource extends FinnhubSource {
  override readonly name = 'second' as 'finnhub';
}

let servers: VendorServer[];
beforeEach(async () => {
  servers = [await VendorServer.start(), await VendorServer.start()];
  for (const server of servers) server.on('/quote', good);
});
afterEach(() => Promise.all(servers.map((server) => server.stop())));

function chainOf({ limits = [], ...settings }: Partial<ChainSettings> & { limits?: RequestLimit[] } = {}) {
  const clock = new FixedClock(start);
  const metrics = new ManualMetrics();
  const reported: unknown[] = [];
  const vendors = [FinnhubSource, SecondSource].map((Source, i) => {
    const budget = servers[i]!.budget({ clock, limits: i === 0 ? limits : [] });
    const http = servers[i]!.httpWithin(budget, i === 0 ? 'finnhub' : 'second', { clock, timeoutMs: 500 });
    return { source: new Source(http, clock), budget };
  });
  const around = { clock, metrics, report: (error: unknown) => void reported.push(error) };
  const chain = new VendorChain(vendors, { breaker, crossCheck: noCrossCheck, ...settings }, around, () => 0.5);
  return { chain, clock, metrics, reported };
}

const calls = () => servers.map((server) => server.calls());
const failure = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('VendorChain', () => {
  it('asks the first vendor, and the next where it fails; the answer says who gave it', async () => {
    const { chain, metrics } = chainOf();
    expect(await chain.quote('AAPL')).toMatchObject({ source: 'finnhub' });
    servers[0]!.on('/quote', { status: 500 });
    expect(await chain.quote('AAPL')).toMatchObject({ source: 'second' });
    expect(metrics.samples).toEqual([{ name: 'VendorFailures', value: 1, dimensions: { Vendor: 'finnhub' } }]);
    for (const [source, accepted] of Object.entries({ finnhub: true, second: true, bundled: false }))
      expect(chain.accepts(source)).toBe(accepted);
  });

  it('opens a breaker after failures in a row, lets one call try after a while, and closes on its success', async () => {
    const { chain, clock } = chainOf();
    servers[0]!.on('/quote', { status: 500 });
    for (let i = 0; i < 3; i++) await chain.quote('AAPL');
    expect(chain.breakers()[0]).toMatchObject({ name: 'finnhub', state: 'open', lastFailure: 'finnhub: status 500' });
    expect(calls()).toEqual([6, 3]); // each failure on the way was tried once more
    clock.advance(29_999);
    expect(await chain.quote('AAPL')).toMatchObject({ source: 'second' });
    expect(calls()).toEqual([6, 4]);

    clock.advance(1);
    servers[0]!.on('/quote', { silent: true });
    const probe = chain.quote('AAPL');
    await eventually(() => chain.breakers()[0]!.state === 'half-open');
    const others = await Promise.all(Array.from({ length: 20 }, () => chain.quote('AAPL')));
    expect(others.every((quote) => quote!.source === 'second')).toBe(true);
    expect(await probe).toMatchObject({ source: 'second' });
    expect(calls()[0]).toBe(8);
    expect(chain.breakers()[0]).toMatchObject({ state: 'open', since: '2024-11-22T21:05:30.000Z' });

    clock.advance(30_000);
    servers[0]!.on('/quote', good);
    expect(await chain.quote('AAPL')).toMatchObject({ source: 'finnhub' });
    expect(chain.breakers()[0]).toMatchObject({ state: 'closed', since: '2024-11-22T21:06:00.000Z' });
  });

  it('passes over a vendor whose budget is spent, in any window, and does not hold it against its health', async () => {
    const { chain, clock, reported } = chainOf({ limits: [{ requests: 2, perMs: 60_000 }] });
    const sources: string[] = [];
    for (let i = 0; i < 10; i++) {
      sources.push((await chain.quote('AAPL'))!.source);
      clock.advance(15_000);
    }
    expect(sources.map((source) => source[0]).join('')).toBe('ffssffssff');
    expect(chain.breakers()[0]).toMatchObject({ state: 'closed', lastFailure: null });
    expect(reported).toEqual([]);
  });

  it('asks again an hour later for what a plan lacks, and other things at once', async () => {
    const { chain, clock } = chainOf();
    servers[0]!.on('/stock/dividend', { status: 403, body: '{}' });
    servers[1]!.on('/stock/dividend', { body: '[]' }).on('/stock/split', { body: '[]' });
    for (let i = 0; i < 5; i++) expect(await chain.dividends('AAPL')).toMatchObject({ source: 'second' });
    expect(servers[0]!.calls('/stock/dividend')).toBe(1);
    expect(await chain.quote('AAPL')).toMatchObject({ source: 'finnhub' });
    clock.advance(60 * 60_000);
    await chain.dividends('AAPL');
    expect(servers[0]!.calls('/stock/dividend')).toBe(2);
  });

  it('believes "unknown" only of a vendor that was asked before any failed', async () => {
    const { chain } = chainOf();
    for (const server of servers) server.on('/quote', unknown);
    expect(await chain.quote('NOPE')).toBeUndefined();
    expect(calls()).toEqual([1, 1]);
    servers[1]!.on('/quote', { status: 500 });
    expect(await chain.quote('NOPE')).toBeUndefined();
    servers[0]!.on('/quote', { status: 500 });
    servers[1]!.on('/quote', unknown);
    expect(await failure(chain.quote('NOPE'))).toMatchObject({
      code: 'market-data-unavailable',
      retryAfterSeconds: 30,
    });
  });

  it.each([
    ['a negative price', priced(-3)],
    ['a price of the future', priced(229.87, 1_732_309_200 + 86_400)],
    ['a price of zero', priced(0)],
    ['HTML', { body: '<!doctype html>' }],
    ['an infinite number', { body: '{"c":1e999,"pc":1,"t":1732309200}' }],
  ])('lets nothing through of %s', async (_what, reply) => {
    const { chain, reported } = chainOf();
    for (const server of servers) server.on('/quote', reply);
    expect(await failure(chain.quote('AAPL'))).toMatchObject({ code: 'market-data-unavailable' });
    expect(reported).toMatchObject([{ kind: 'garbage' }, { kind: 'garbage' }]);
  });

  it.each([
    [232.5, 114.4], // 2.63 of 229.87
    [229.87 * 1.0049, undefined],
  ])('flags a second vendor that says %d', async (price, basisPoints) => {
    const { chain, metrics } = chainOf({ crossCheck: { share: 1, basisPoints: 50 } });
    servers[1]!.on('/quote', priced(price));
    const quote = await chain.quote('AAPL');
    expect(quote).toMatchObject({ price: 229.87, source: 'finnhub' });
    if (basisPoints === undefined) expect(quote!.disagreement).toBeUndefined();
    else {
      expect(quote!.disagreement).toMatchObject({ source: 'second', price });
      expect(quote!.disagreement!.basisPoints).toBeCloseTo(basisPoints, 1);
    }
    expect(metrics.total('VendorDisagreements')).toBe(basisPoints === undefined ? 0 : 1);
  });

  it('compares a sample only, never prices of different times, and answers although the second fails', async () => {
    const sampled = chainOf({ crossCheck: { share: 0.5, basisPoints: 50 } }); // the draw is 0.5
    await sampled.chain.quote('AAPL');
    expect(calls()).toEqual([1, 0]);
    const { chain } = chainOf({ crossCheck: { share: 1, basisPoints: 50 } });
    servers[1]!.on('/quote', priced(300, 1_732_309_200 - 86_400));
    expect(await chain.quote('AAPL')).not.toHaveProperty('disagreement');
    servers[1]!.on('/quote', { status: 500 });
    expect(await chain.quote('AAPL')).toMatchObject({ source: 'finnhub' });
  });
});
