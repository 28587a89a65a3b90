import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { worker } from './worker.fixture';

let gateway: TestGateway;
let user: TestUser;
let analysisId: string;
beforeAll(async () => {
  gateway = await testGateway();
  user = await gateway.register();
  analysisId = await begin();
  const { start, succeed } = worker(gateway.app);
  await succeed(await start(user.id, analysisId));
});
afterAll(() => gateway.close());

const portfolio = { holdings: [{ symbol: 'AAPL', weight: 1 }], from: '2014-01-02', to: '2015-12-31' };
const begin = async () =>
  (await gateway.call('post', '/v1/analyses', user).send(portfolio).expect(202)).body.id as string;
const report = (query = '', id = analysisId) => gateway.call('get', `/v1/analyses/${id}/report${query}`, user);

describe('a report', () => {
  it('is a page behind a link of fifteen minutes, the same however many ask first at once', async () => {
    const answers = await Promise.all([report(), report(), report('?format=html')]);
    expect(answers.map(({ status }) => status)).toEqual([302, 302, 302]);
    const pages = await Promise.all(answers.map(({ headers }) => fetch(headers['location']!)));
    expect(pages[0]!.headers.get('content-type')).toContain('text/html');
    const texts = await Promise.all(pages.map((page) => page.text()));
    expect(texts[0]).toContain('<svg');
    expect(new Set(texts).size).toBe(1);
    expect(new URL(answers[0].headers['location'] ?? '').searchParams.get('X-Amz-Expires')).toBe('900');
  });

  it('comes as JSON with the result in it, by a link in the body when no redirect is wanted', async () => {
    const { body, headers } = await report('?format=json&redirect=false').expect(200);
    expect(headers['location']).toBeUndefined();
    const inSeconds = (Date.parse(body.expiresAt as string) - Date.now()) / 1000;
    expect(inSeconds).toBeGreaterThan(890);
    expect(inSeconds).toBeLessThanOrEqual(900);
    const kept = await (await fetch(body.url as string)).json();
    const { body: analysis } = await gateway.call('get', `/v1/analyses/${analysisId}`, user);
    expect((kept as { result: unknown }).result).toEqual(analysis.result);
  });

  it.each([
    ['html', 'text/html; charset=utf-8', 'inline', '<!doctype html>'],
    ['pdf', 'application/pdf', 'inline', '%PDF-1.7'],
    ['csv', 'text/csv; charset=utf-8', 'attachment', '\ufeffsection,key,symbol,date,value,text'],
    ['json', 'application/json', 'attachment', '{\n  "id": '],
  ])('as %s is %s, %s under a name that says what it is', async (format, type, disposition, beginning) => {
    const { headers } = await report(`?format=${format}`).expect(302);
    const file = await fetch(headers['location']!);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toBe(type);
    const name = `portfolio-analysis-${new Date().toISOString().slice(0, 4)}`;
    expect(file.headers.get('content-disposition')).toMatch(
      new RegExp(`^${disposition}; filename="${name}.*\\.${format}"`),
    );
    expect(
      Buffer.from(await file.arrayBuffer())
        .toString('utf8')
        .startsWith(beginning),
    ).toBe(true);
  });

  it('is refused until there is a result, and in formats that there are not', async () => {
    const queued = await begin();
    for (const query of ['', '?format=pdf'])
      expect((await report(query, queued).expect(409)).body.type).toBe('/problems/analysis-not-finished');
    await gateway.call('delete', `/v1/analyses/${queued}`, user).expect(204);
    await report('', queued).expect(409);
    for (const query of ['?format=doc', '?redirect=maybe', '?other=1']) await report(query).expect(400);
  });
});
