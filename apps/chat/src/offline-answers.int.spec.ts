import { barsOf, indicatorsOf } from '@stocktool/analytics';
import { Problem, Statement, type CrossSeries, type Dividends, type Financials } from '@stocktool/contracts';
import { CompanyFacts, MarketDataSource } from '@stocktool/market-data';
import { tokensOf } from './grounding/number-grammar';
import { ask, idle, market, newsOf, questions, source, stopAll } from './offline-answers.fixture';
import { CompanyTools } from './tools/company-tools';

afterAll(stopAll);

class Vendor extends MarketDataSource {
  readonly name = 'vendor';
  readonly mode = 'live';
  readonly provides = new Set(['dividends', 'financials', 'news'] as const);
  now() {
    return source.now();
  }
  override dividends(symbol: string): Promise<Dividends> {
    const splits = [{ date: '2020-08-31', numerator: 4, denominator: 1 }];
    const dividends = [{ exDate: '2020-08-07', amount: 0.82 }];
    return Promise.resolve({ symbol, currency: 'USD', source: this.name, dividends, splits });
  }
  override financials(symbol: string): Promise<Financials> {
    const nothing = Object.fromEntries(Object.keys(Statement.shape).map((figure) => [figure, null]));
    const annual = [Statement.parse({ ...nothing, periodEnd: '2019-09-28', revenue: 260_174_000_000 })];
    return Promise.resolve({ symbol, currency: 'USD', source: this.name, annual, quarterly: [] });
  }
  override news() {
    const [url, publishedAt] = ['https://news.example/a', '2020-08-01T12:00:00.000Z'];
    const story = { id: '1', title: 'Profit soars 12%', url, publisher: 'News', publishedAt, summary: null };
    return Promise.resolve([{ ...story, source: this.name }]);
  }
}

describe('the offline model over the bundled data', () => {
  it.each(questions)('grounds every number: %s', async (question) => {
    const { content, grounding, finishReason } = await ask(question);
    expect(finishReason).toBe('stop');
    expect(grounding.filter(({ ok }) => !ok)).toEqual([]);
    const { numbers, references } = tokensOf(content);
    expect(grounding.map(({ text }) => text)).toEqual(
      [...numbers, ...references].sort((a, b) => a.start - b.start).map(({ text }) => text),
    );
    for (const { start, end, text } of grounding) expect(content.slice(start, end)).toBe(text);
  });

  it('answers a portfolio with its figures, the shares of risk and the report', async () => {
    const { content, toolCalls } = await ask('Analyse 60% AAPL and 40% MSFT from 2014-01-02 to 2017-12-29');
    expect(toolCalls).toMatchObject([{ name: 'analyze_portfolio', ok: true }]);
    expect(content).toMatch(/Sharpe ratio \d/);
    expect(content).toMatch(/AAPL \d+\.\d+% \(weight 60\.0%\)/);
    expect(content).toMatch(/\/v1\/analyses\/[0-9a-f-]{36}\/report/);
    expect(content).toContain('as of 2017-12-29');
    expect(content).toContain('Not investment advice.');
  });

  it.each([
    ['takes longer', idle],
    [
      'is left to the sweep by the queue',
      { send: () => Promise.reject(new Problem('dependency-unavailable', 'no queue')) },
    ],
  ])('gives the id and the link when the analysis %s', async (_, queue) => {
    const { content, grounding } = await ask('Analyse 60% AAPL and 40% MSFT', { queue });
    expect(content).toMatch(/The analysis is queued\. It will be at \/v1\/analyses\/[0-9a-f-]{36},/);
    expect(grounding.every(({ ok }) => ok)).toBe(true);
  });

  it('gives indicators as the market data has them, and says what the source lacks', async () => {
    const { content, toolCalls } = await ask('RSI and ATR of Apple');
    expect(toolCalls).toMatchObject([{ name: 'get_technical_indicators', ok: true }]);
    const history = await market.history('AAPL', { interval: '1d', adjusted: true });
    const { series } = indicatorsOf(barsOf(history), ['rsi:14'], {});
    expect(content).toContain((series['rsi:14'] as number[]).at(-1)!.toFixed(2));
    expect(content).toMatch(/no highs and lows of AAPL/);
  });

  it('names the days of golden and death crosses', async () => {
    const { content } = await ask('Did IBM have a golden cross from 2009 to 2012?');
    const history = await market.history('IBM', { interval: '1d', adjusted: true, to: '2012-12-31' });
    const { cross } = indicatorsOf(barsOf(history), ['cross'], { from: '2009-01-01' }).series as { cross: CrossSeries };
    expect(cross.crossings.length).toBeGreaterThan(1);
    for (const { date } of cross.crossings) expect(content).toContain(date);
  });

  it('forecasts with what it has been right about before, or says that it has no skill', async () => {
    const { content } = await ask('Forecast for Apple');
    expect(content).toMatch(/No skill: in 125 forecasts of the past/);
    expect(content).toMatch(/Range at 95%: .* held 9\d\.\d% of the time/);
    const before = await ask('Forecast for Apple', { asOf: '2015-06-30' });
    expect(before.content).toContain('as of 2015-06-30');
  });

  it('knows nothing later than the date asked as of', async () => {
    const { content } = await ask('How did Apple do since 2015?', { asOf: '2016-06-30' });
    expect(content).toContain('2015-01-02 to 2016-06-30');
    const dates = [...content.matchAll(/\d{4}-\d{2}-\d{2}/g)].map(([date]) => date);
    expect(dates.every((date) => date <= '2016-06-30')).toBe(true);
    expect((await ask('price of FB', { asOf: '2012-01-01' })).content).toMatch(/no price/i);
  });

  it('says when a symbol has no data then, rather than answer with something else', async () => {
    const { content, toolCalls } = await ask('How did FB do in 2020?');
    expect(toolCalls).toMatchObject([{ ok: false }]);
    expect(content).toContain('2012-05-18 to 2013-03-01');
  });

  it('offers of a company what a source is configured for, and says what is not', async () => {
    const { toolCalls, content } = await ask('Any news about Apple?');
    expect(toolCalls).toEqual([]);
    expect(content).toContain('no source for that');
    expect((await ask('Which sector is Pfizer in?')).content).toContain('Pfizer (PFE)');
  });

  it('tells what a company pays, reports and is in the news for, every number from the tool', async () => {
    const vendor = new Vendor();
    const company = new CompanyTools(vendor, new CompanyFacts(vendor), newsOf(vendor));
    const paid = await ask('Dividends and splits of Apple', { company });
    expect(paid.content).toContain('2020-08-07: $0.8200');
    expect(paid.content).toContain('4 for 1 on 2020-08-31');
    const reported = await ask('Revenue of Apple', { company });
    expect(reported.content).toMatch(/Year to 2019-09-28: revenue \$260,174,000,000\.00, net income n\/a/);
    const told = await ask('News about Apple', { company });
    expect(told.content).toContain('Profit soars 12% (tone positive) https://news.example/a');
    for (const { grounding, content } of [paid, reported, told]) {
      expect(grounding.length).toBeGreaterThan(0);
      expect(grounding.filter(({ ok }) => !ok)).toEqual([]);
      expect(content).toContain('Source: vendor data');
    }
    const before = await ask('Dividends and splits of Apple', { company, asOf: '2020-08-10' });
    expect(before.content).not.toContain('Splits');
  });

  it('quotes a page and cites it', async () => {
    const { content, citations, events } = await ask('What is value at risk?');
    expect(citations.length).toBeGreaterThan(0);
    expect(content).toContain(citations[0]!.snippet.trim());
    expect(events.some(({ event }) => event === 'citation')).toBe(true);
  });

  it('agrees with the price that the market data has', async () => {
    const { price } = await market.quote('KO');
    expect((await ask('price of KO')).content).toContain(`$${price.toFixed(2)}`);
  });
});
