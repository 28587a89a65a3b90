import path from 'node:path';
import { BundledSource, MarketDataSource, type DailySeries, type SourceNews } from '@stocktool/market-data';
import { Statement, type CompanyProfile, type Dividends, type Financials } from '@stocktool/contracts';
import { RecordedYahoo } from '@stocktool/testing';
import fc from 'fast-check';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

const root = path.resolve(import.meta.dirname, '../../../..');

/**
 * How to ask each read of market data about a symbol: a route that comes new has no line here, and the test fails until it has.
 */
const probes: Record<string, (symbol: string) => string> = {
  '/v1/quotes/{symbol}': (symbol) => `/v1/quotes/${symbol}?`,
  '/v1/quotes': (symbol) => `/v1/quotes?symbols=${symbol},IBM,^GSPC`,
  '/v1/stocks/{symbol}/history': (symbol) => `/v1/stocks/${symbol}/history?interval=1wk`,
  '/v1/stocks/{symbol}/risk': (symbol) => `/v1/stocks/${symbol}/risk?benchmark=^GSPC`,
  '/v1/stocks/{symbol}/indicators': (symbol) =>
    `/v1/stocks/${symbol}/indicators?names=sma:20,ema:12,rsi,macd,bbands,atr,adx,stoch,obv,cross`,
  '/v1/stocks/{symbol}/forecast': (symbol) => `/v1/stocks/${symbol}/forecast?days=5`,
  '/v1/stocks/{symbol}/profile': (symbol) => `/v1/stocks/${symbol}/profile?`,
  '/v1/stocks/{symbol}/dividends': (symbol) => `/v1/stocks/${symbol}/dividends?`,
  '/v1/stocks/{symbol}/financials': (symbol) => `/v1/stocks/${symbol}/financials?`,
  '/v1/stocks/{symbol}/news': (symbol) => `/v1/stocks/${symbol}/news?`,
  '/v1/market/summary': () => '/v1/market/summary?',
  '/v1/symbols': (symbol) => `/v1/symbols?q=${symbol}`,
};
/** Lists what a user has stored and says nothing of a market; tells what comes, which has no past. */
const withoutDate = ['/v1/price-series', '/v1/quotes/stream'];

/** `conventions` is the same text for every answer; the dates in it are those of past crises. */
const datesIn = ({ conventions: _, ...body }: Record<string, unknown>): string[] =>
  JSON.stringify(body).match(/\b\d{4}-\d{2}-\d{2}/g) ?? [];

const figures = Object.keys(Statement.shape).filter((name) => !['periodEnd', 'reportedAt'].includes(name));

/** The bundled past, and after `lastCommonDay` either what came or something else altogether. */
class World extends MarketDataSource {
  readonly name = 'bundled';
  readonly mode = 'live';
  readonly provides: MarketDataSource['provides'];
  lastCommonDay = '';
  otherwise = false;

  constructor(private readonly bundled: BundledSource) {
    super();
    this.provides = new Set([...bundled.provides, 'news']);
  }
  now(): Date {
    return this.otherwise ? new Date('2023-06-01T12:00:00Z') : this.bundled.now();
  }
  override quote(): Promise<never> {
    throw new Error('a quote as of a date comes from the history');
  }
  override async history(symbol: string): Promise<DailySeries | undefined> {
    const series = await this.bundled.history(symbol);
    if (!series || !this.otherwise) return series;
    const rows = series.dates.map((date, row) => ({ date, row }));
    const kept = rows.filter(({ date, row }) => date <= this.lastCommonDay || row % 3 > 0);
    const changed = (column: Float64Array) =>
      Float64Array.from(kept, ({ date, row }) => column[row]! * (date <= this.lastCommonDay ? 1 : 2 + Math.sin(row)));
    const columns = Object.fromEntries(Object.entries(series.columns).map(([name, column]) => [name, changed(column)]));
    return { ...series, dates: kept.map(({ date }) => date), columns: columns as DailySeries['columns'] };
  }
  override coverage(symbol: string) {
    return this.bundled.coverage(symbol);
  }
  override async universe() {
    return this.until(await this.bundled.universe());
  }
  override async search(query: string, limit: number) {
    return this.until(await this.bundled.search(query, limit));
  }
  override async profile(symbol: string): Promise<CompanyProfile | undefined> {
    const profile = await this.bundled.profile(symbol);
    return profile && { ...profile, employees: this.otherwise ? 200 : 100, asOf: this.now().toISOString() };
  }
  /** One a quarter, and after the last common day others. */
  override dividends(symbol: string): Promise<Dividends | undefined> {
    const paid = this.quarters().map((exDate) => ({ exDate, amount: this.after(exDate) ? 2 : 1 }));
    const splits = paid.map(({ exDate: date, amount }) => ({ date, numerator: 1 + amount, denominator: 1 }));
    return Promise.resolve({ symbol, currency: 'USD', source: this.name, dividends: paid, splits });
  }
  /** Half of them do not say when they were reported. */
  override financials(symbol: string): Promise<Financials | undefined> {
    const statements = this.quarters().map((periodEnd, i) => {
      const reportedAt = new Date(Date.parse(periodEnd) + 40 * 86_400_000).toISOString().slice(0, 10);
      const facts = Object.fromEntries(figures.map((figure) => [figure, this.after(reportedAt) ? 2 : 1]));
      return Statement.parse({ ...facts, periodEnd, reportedAt: i % 2 > 0 ? reportedAt : null });
    });
    const newestFirst = statements.reverse();
    const all = { annual: newestFirst, quarterly: newestFirst };
    return Promise.resolve({ symbol, currency: 'USD', source: this.name, ...all });
  }
  override news(symbol: string): Promise<SourceNews[]> {
    const stories = this.quarters().map((date) => {
      const url = `https://news.example/${symbol.replace('^', '')}/${date}`;
      const title = `${this.after(date) ? 'Losses' : 'Profit'} of the quarter to ${date}`;
      const publishedAt = `${date}T12:00:00.000Z`;
      return { id: date, title, url, publisher: 'News', publishedAt, summary: null, source: this.name };
    });
    return Promise.resolve(stories.reverse());
  }
  private after(date: string): boolean {
    return this.otherwise && date > this.lastCommonDay;
  }
  private quarters(): string[] {
    const years = Array.from({ length: 29 }, (_, i) => 1994 + i);
    return years.flatMap((year) => ['03-31', '06-30', '09-30', '12-31'].map((day) => `${year}-${day}`));
  }
  private until<Match extends { to: string | null }>(matches: Match[]): Match[] {
    const longer = ({ to }: Match) => this.otherwise && to !== null && to > this.lastCommonDay;
    return matches.map((match) => (longer(match) ? { ...match, to: '2023-05-31' } : match));
  }
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Without what the real clock says. */
const withoutAge = (body: object): unknown =>
  JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    ['ageSeconds', 'requestId'].includes(key) ? undefined : value,
  );

describe('every read of market data as of a date', () => {
  let world: World;
  let gateway: TestGateway;
  let user: TestUser;
  beforeAll(async () => {
    world = new World(await BundledSource.open(path.join(root, 'data')));
    gateway = await testGateway({}, (builder) => builder.overrideProvider(MarketDataSource).useValue(world));
    user = await gateway.register();
  });
  afterAll(() => gateway.close());

  const ask = async (url: string): Promise<Answer> => gateway.call('get', encodeURI(url), user);
  const putSeries = (csv: string) =>
    gateway.call('put', '/v1/price-series/MINE', user).set('content-type', 'text/csv').send(csv);

  it('takes the date, and is asked below', async () => {
    const { body } = await ask('/openapi.json');
    type Operation = { tags: string[]; parameters?: { name: string }[] };
    const reads = Object.entries(body['paths'] as Record<string, { get?: Operation }>).filter(
      ([url, { get }]) => get?.tags.includes('market data') && !withoutDate.includes(url),
    );
    expect(reads.map(([url]) => url).sort()).toEqual(Object.keys(probes).sort());
    for (const [url, { get }] of reads)
      expect([url, get!.parameters?.map(({ name }) => name)]).toEqual([url, expect.arrayContaining(['asOf'])]);
  });

  const days = fc.sample(fc.date({ min: new Date('1995-01-01'), max: new Date('2022-12-27'), noInvalidDate: true }), {
    numRuns: 4,
    seed: 20221228,
  });
  const cases = days.flatMap((day) =>
    ['AAPL', 'IBM', '~MINE'].map((symbol) => [symbol, day.toISOString().slice(0, 10)]),
  );

  it.each(cases)(
    'tells of %s on %s no later date, and the same whatever came after it',
    async (symbol, asOf) => {
      const csv = (future: number) => {
        const rows = Array.from({ length: 900 }, (_, row) => {
          const date = new Date(Date.parse(asOf) + (row - 800) * 86_400_000).toISOString().slice(0, 10);
          const close = 100 + 20 * Math.sin(row / 30) + (row > 800 ? future * row : 0);
          return `${date},${close}`;
        });
        return ['date,close', ...rows].join('\n');
      };
      const answers: Answer[][] = [];
      for (const otherwise of [false, true]) {
        Object.assign(world, { otherwise, lastCommonDay: asOf });
        if (symbol === '~MINE') expect((await putSeries(csv(otherwise ? 1 : 0))).status).toBeLessThan(300);
        const urls = Object.values(probes).map((probe) => `${probe(symbol)}&asOf=${asOf}`.replace('?&', '?'));
        answers.push(await Promise.all(urls.map(ask)));
      }
      Object.keys(probes).forEach((route, i) => {
        const [one, other] = [answers[0]![i]!, answers[1]![i]!];
        expect([route, [200, 404, 422].includes(one.status)]).toEqual([route, true]);
        expect([route, datesIn(one.body).filter((date) => date > asOf)]).toEqual([route, []]);
        expect([route, other.status, withoutAge(other.body)]).toEqual([route, one.status, withoutAge(one.body)]);
      });
    },
    60_000,
  );
});

describe('a vendor’s recorded answers as of a date', () => {
  let vendor: RecordedYahoo;
  let gateway: TestGateway;
  let user: TestUser;
  beforeAll(async () => {
    vendor = await RecordedYahoo.start();
    gateway = await testGateway(vendor.settings);
    user = await gateway.register();
  });
  afterAll(async () => {
    await gateway.close();
    vendor.stop();
  });

  it.each(['2020-08-27', '2020-08-28', '2020-08-30', '2020-08-31'])('tell nothing later than %s', async (asOf) => {
    for (const [route, probe] of Object.entries(probes)) {
      const url = encodeURI(`${probe('AAPL').replace(',IBM,^GSPC', '')}&asOf=${asOf}`.replace('?&', '?'));
      const { body } = await gateway.call('get', url, user);
      expect([route, datesIn(body).filter((date) => date > asOf)]).toEqual([route, []]);
    }
    const { body } = await gateway.call('get', `/v1/stocks/AAPL/history?asOf=${asOf}`, user).expect(200);
    expect(body.rows.length).toBeGreaterThan(0);
  });

  it('are asked for once: another gateway finds them, and every answer says where it comes from', async () => {
    const urls = ['history', 'profile', 'dividends', 'financials', 'news'].map((what) => `/v1/stocks/AAPL/${what}`);
    for (const url of urls) await gateway.call('get', url, user).expect(200);
    const before = vendor.requests;
    const other = await testGateway(vendor.settings);
    for (const url of urls) {
      const { body } = await other.call('get', url, user).expect(200);
      expect([url, body]).toEqual([url, expect.objectContaining({ cache: 'dynamodb' })]);
      expect([url, body.ageSeconds >= 0, Number.isNaN(Date.parse(body.asOf))]).toEqual([url, true, false]);
    }
    expect(vendor.requests).toBe(before);
    await other.close();
  });
});
