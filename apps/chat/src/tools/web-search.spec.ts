import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { FixedClock } from '@stocktool/testing';
import { citationsFor } from '../reply/citations';
import { BraveSearch } from '../web-search/brave-search';
import { openWebSearch } from '../web-search/open-web-search';
import { TavilySearch } from '../web-search/tavily-search';
import type { WebSearchSource } from '../web-search/web-search-source';
import { WebSearch } from './web-search';

interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const published = (engine: string) => readFileSync(path.join(import.meta.dirname, `../web-search/published/${engine}.json`)); // prettier-ignore
const asked: Asked[] = [];
let reply: { status?: number; headers?: Record<string, string>; body: string | Buffer } = { body: '{}' };
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    asked.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers }).end(reply.body);
  });
});
let endpoint: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/search`;
});
beforeEach(() => void (asked.length = 0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const clock = new FixedClock('2026-03-02T15:00:00.000Z');
const context = (userId = 'one', asOf?: string) => ({ userId, signal: AbortSignal.timeout(5000), ...(asOf && { asOf }) }); // prettier-ignore
const search = (source: WebSearchSource, asOf?: string) =>
  new WebSearch(source, clock).run({ query: 'chip shortage', k: 5 }, context('one', asOf));

describe('a search of the web', () => {
  it('has pages of Brave with title, address, date and plain text, and nothing that a browser would run', async () => {
    reply = { body: published('brave') };
    const result = await search(new BraveSearch('the-key', endpoint));
    expect(asked[0]).toMatchObject({ url: '/search?q=chip+shortage&count=5', headers: { 'x-subscription-token': 'the-key' } }); // prettier-ignore
    expect(result).toMatchObject({ source: 'brave', asOf: '2026-03-02' });
    expect(result.items.map(({ url, publishedAt }) => [url, publishedAt])).toEqual([
      ['https://news.example/cars/chip-shortage', '2021-09-23'],
      ['https://attack.example/page', null],
      ['https://fabs.example/2023/capacity', '2023-02-01'],
    ]);
    expect(result.items[0]!.snippet).toBe(
      'Output fell by 7.7 million cars in 2021 because of the chip shortage , AlixPartners said & carmakers agreed.',
    );
    expect(JSON.stringify(result)).not.toContain('<');
  });

  it('has pages of Tavily too', async () => {
    reply = { body: published('tavily') };
    const { items } = await search(new TavilySearch('the-key', endpoint));
    expect(asked[0]!.headers['authorization']).toBe('Bearer the-key');
    expect(JSON.parse(asked[0]!.body)).toMatchObject({ query: 'chip shortage', max_results: 5, topic: 'general' });
    expect(items.map(({ publishedAt }) => publishedAt)).toEqual(['2021-09-23', null]);
  });

  it.each([
    ['brave', (): WebSearchSource => new BraveSearch('k', endpoint), 'freshness=1990-01-01to2022-06-30'],
    ['tavily', (): WebSearchSource => new TavilySearch('k', endpoint), '"end_date":"2022-06-30"'],
  ])('as of a date has nothing later, and nothing that may be: %s', async (engine, source, told) => {
    reply = { body: published(engine) };
    const result = await search(source(), '2022-06-30');
    expect(`${asked[0]!.url} ${asked[0]!.body}`).toContain(told);
    expect(result).toMatchObject({ asOf: '2022-06-30', items: [{ publishedAt: '2021-09-23' }] });
    expect(result.items).toHaveLength(1);
  });

  it.each([
    ['an error that quotes the key', { status: 401, body: 'bad key the-key' }, 5],
    ['too many questions', { status: 429, headers: { 'retry-after': '7' }, body: '' }, 7],
    ['another place', { status: 302, headers: { location: 'http://169.254.169.254/' }, body: '' }, 5],
    ['no JSON', { body: '<html>' }, 5],
    ['another format', { body: '{"web":{"results":[{"title":1}]}}' }, 5],
    ['more than can be read', { body: `{"pad":"${'x'.repeat(1_100_000)}"}` }, 5],
  ])('is a problem that tells nothing of the engine: %s', async (_, answer, retryAfterSeconds) => {
    reply = answer;
    const failure = search(new BraveSearch('the-key', endpoint));
    await expect(failure).rejects.toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('the-key') });
    expect(asked).toHaveLength(1);
  });

  it('ends with the reply that wants it', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(new BraveSearch('k', endpoint).search({ query: 'x', count: 1 }, stopped)).rejects.toThrow('stopped');
  });

  it('is made so often for one user, and no more', async () => {
    reply = { body: published('tavily') };
    const tool = new WebSearch(new TavilySearch('k', endpoint), clock);
    const once = (userId: string) => tool.run({ query: 'x', k: 1 }, context(userId));
    for (let made = 0; made < 30; made++) await once('busy');
    await expect(once('busy')).rejects.toMatchObject({ code: 'too-many-requests' });
    await expect(once('other')).resolves.toMatchObject({ source: 'tavily' });
    expect(asked).toHaveLength(31);
  });

  it('is cited by title and address where an answer names the page', async () => {
    reply = { body: published('brave') };
    const result = await search(new BraveSearch('k', endpoint));
    const record = { id: 't', name: 'web_search', argumentsJson: '{}', ok: true, resultJson: JSON.stringify(result) };
    const url = 'https://news.example/cars/chip-shortage';
    expect(citationsFor(`Carmakers built fewer cars (${url}).`, [record])).toEqual([
      { id: result.items[0]!.id, title: 'Chip shortage: what carmakers say | Example News', url, snippet: result.items[0]!.snippet }, // prettier-ignore
    ]);
  });

  it('is there where a key is, Brave before Tavily', () => {
    expect(openWebSearch({ BRAVE_API_KEY: undefined, TAVILY_API_KEY: undefined })).toBeUndefined();
    expect(openWebSearch({ BRAVE_API_KEY: undefined, TAVILY_API_KEY: 't' })!.name).toBe('tavily');
    expect(openWebSearch({ BRAVE_API_KEY: 'b', TAVILY_API_KEY: 't' })!.name).toBe('brave');
  });
});
