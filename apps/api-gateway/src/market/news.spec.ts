import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const items = [
  `<item><title>Apple shares soar as profit beats expectations</title><link>https://a.example/1?utm_source=rss</link>
   <description>&lt;p&gt;Sales &lt;b&gt;rose&lt;/b&gt; 5&amp;amp;#37;&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</description>
   <pubDate>Fri, 22 Nov 2024 21:30:00 GMT</pubDate></item>`,
  `<item><title><![CDATA[Lawsuit: Apple &amp; its suppliers accused of fraud]]></title><link>https://a.example/2</link>
   <pubDate>Thu, 21 Nov 2024 09:00:00 GMT</pubDate></item>`,
  '<item><title>No date</title><link>https://a.example/3</link></item>',
  '<item><title>Of the future</title><link>https://a.example/4</link><pubDate>Sat, 01 Jan 2124 00:00:00 GMT</pubDate></item>',
  '<item><title>Bad link</title><link>javascript:alert(1)</link><pubDate>Thu, 21 Nov 2024 09:00:00 GMT</pubDate></item>',
].join('');
const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Example Wire</title>${items}</channel></rss>`;
const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom Wire</title>
  <entry><title type="html">Apple shares soar as profit beats expectations!</title>
    <link rel="alternate" href="https://b.example/copy"/><published>2024-11-22T22:00:00Z</published></entry>
  <entry><title>Apple to hold its annual meeting on Tuesday</title><link href="https://b.example/meeting"/>
    <updated>2024-11-20T08:00:00Z</updated></entry></feed>`;

let server: Server;
let answers: Record<string, Answer>;
let asked: string[];
const says =
  (body: string): Answer =>
  (_, response) =>
    void response.end(body);

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!);
    const feed = request.url!.split('/')[1]!;
    return (answers[feed] ?? ((_, gone) => void gone.writeHead(404).end()))(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
beforeEach(() => {
  asked = [];
  answers = { rss: says(rss), atom: says(atom) };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const feeds = (...names: string[]) => {
  const { port } = server.address() as AddressInfo;
  return names.map((name) => `http://127.0.0.1:${port}/${name}/{symbol}`).join(' ');
};

describe('news', () => {
  let gateway: TestGateway;
  let user: TestUser;
  const start = async (...names: string[]) => {
    gateway = await testGateway({ NEWS_FEEDS: feeds(...names), MARKET_DATA_TIMEOUT_MS: '300' });
    user = await gateway.register();
  };
  const get = (url: string) => gateway.call('get', `/v1/stocks/${url}`, user);
  afterEach(() => gateway.close());

  it('come from every feed, each story once, newest first, as plain text with their tone', async () => {
    await start('rss', 'atom');
    const { body } = await get('AAPL/news').expect(200);
    expect(body.unavailable).toEqual([]);
    const told = body.items.map(({ title, url, publisher }: Record<string, string>) => [title, url, publisher]);
    expect(told).toEqual([
      ['Apple shares soar as profit beats expectations', 'https://a.example/1', 'Example Wire'],
      ['Lawsuit: Apple & its suppliers accused of fraud', 'https://a.example/2', 'Example Wire'],
      ['Apple to hold its annual meeting on Tuesday', 'https://b.example/meeting', 'Atom Wire'],
    ]);
    expect(body.items[0]).toMatchObject({ summary: 'Sales rose 5%', publishedAt: '2024-11-22T21:30:00.000Z' });
    const labels = body.items.map(({ sentiment }: { sentiment: { label: string } }) => sentiment.label);
    expect(labels).toEqual(['positive', 'negative', 'neutral']);
    expect((await get('AAPL/news?limit=1').expect(200)).body.items).toHaveLength(1);
    await get('AAPL/news?limit=0').expect(400);
  });

  it('are fetched once for all who ask', async () => {
    await start('rss');
    await Promise.all(Array.from({ length: 20 }, () => get('BRK-B/news').expect(200)));
    expect(asked).toEqual(['/rss/BRK-B']);
  });

  it('of ever other symbols are not asked of a feed without end', async () => {
    await start('rss');
    const symbols = Array.from({ length: 130 }, (_, at) => `X${at}`);
    const told = await Promise.all(symbols.map((symbol) => get(`${symbol}/news`)));
    expect(asked).toHaveLength(120);
    expect(told.filter(({ status }) => status === 503)).toHaveLength(10);
  });

  it('as of a date were published by its end', async () => {
    await start('rss', 'atom');
    const { body } = await get('AAPL/news?asOf=2024-11-21').expect(200);
    expect(body.items.map(({ url }: { url: string }) => url)).toEqual([
      'https://a.example/2',
      'https://b.example/meeting',
    ]);
  });

  it.each<[string, Answer]>([
    ['HTML', says('<html><body>Sorry</body></html>')],
    ['truncated', says(rss.slice(0, 40))],
    ['an entity bomb', says(`<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${rss}`)],
    ['an error', (_, response) => void response.writeHead(500).end()],
    ['elsewhere', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['too much', says(`${rss}${' '.repeat(2 * 1024 * 1024)}`)],
    ['silence', () => undefined],
  ])('of a feed that gives %s are missing, and that is said', async (_, bad) => {
    answers['bad'] = bad;
    await start('bad', 'atom');
    const { body } = await get('AAPL/news').expect(200);
    expect(body.unavailable).toEqual(['127.0.0.1']);
    expect(body.items).toHaveLength(2);
  });

  it('answer 503 where nobody can, 501 where nobody is asked, 404 for a private series', async () => {
    await start('gone');
    expect((await get('AAPL/news').expect(503)).headers['retry-after']).toBe('30');
    await get('~MINE/news').expect(404);
    await gateway.close();
    await start();
    expect((await get('AAPL/news').expect(501)).body.type).toBe('/problems/no-source-configured');
  });
});
