import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The pages quote figures of the bundled prices. They are computed here anew, from the files, in the plainest way. */
const dataDir = path.resolve(import.meta.dirname, '../../../data');
const page = async (id: string) =>
  (await readFile(path.join(dataDir, 'knowledge', `${id}.md`), 'utf8')).replace(/\s+/g, ' ');

async function prices(symbol: string): Promise<Map<string, number>> {
  const { symbols } = JSON.parse(await readFile(path.join(dataDir, 'prices/symbols.json'), 'utf8'));
  const { file, rows, columns } = symbols.find((entry: { symbol: string }) => entry.symbol === symbol);
  const bytes = await readFile(path.join(dataDir, 'prices', file));
  const first = columns.indexOf('adjClose') * rows * 8;
  const date = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
  return new Map(
    Array.from({ length: rows }, (_, row) => [
      date(bytes.readInt32LE(columns.length * rows * 8 + row * 4)),
      bytes.readDoubleLE(first + row * 8),
    ]),
  );
}

type Returns = Map<string, number>;
function returnsOf(series: Map<string, number>, from = '', to = '9'): Returns {
  const rows = [...series];
  const all = rows.slice(1).map(([date, price], i) => [date, price / rows[i]![1] - 1] as const);
  return new Map(all.filter(([date]) => date >= from && date <= to));
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
function covariance(a: Returns, b: Returns): number {
  const dates = [...a.keys()].filter((date) => b.has(date));
  const [x, y] = [dates.map((date) => a.get(date)!), dates.map((date) => b.get(date)!)];
  const [meanX, meanY] = [mean(x), mean(y)];
  return x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0) / (x.length - 1);
}
const volatility = (returns: Returns) => Math.sqrt(covariance(returns, returns) * 252);
const correlation = (a: Returns, b: Returns) => covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
const percent = (value: number, digits: number) => `${(value * 100).toFixed(digits)} percent`;
const stocks = 'AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM'.split(' ');

const index = await prices('^GSPC');
const indexReturns = returnsOf(index);
const sorted = [...indexReturns.values()].sort((a, b) => a - b);
const growth = (returns: Returns) => [...returns.values()].reduce((wealth, value) => wealth * (1 + value), 1) - 1;

describe('figures in the pages', () => {
  it('returns: total, compound and arithmetic return of the index', async () => {
    const text = await page('returns');
    const total = growth(indexReturns);
    expect(text).toContain(`about ${percent(total, 0)} over ${indexReturns.size} daily returns`);
    expect(text).toContain(
      `compound annual growth rate of about ${percent((1 + total) ** (252 / indexReturns.size) - 1, 1)}`,
    );
    expect(text).toContain(`arithmetic return of about ${percent(mean(sorted) * 252, 1)}`);
  });

  it('volatility: of the index, calm and wild years, single shares and all twenty', async () => {
    const text = await page('volatility');
    expect(text).toContain(`The S&P 500 index: about ${percent(volatility(indexReturns), 1)}`);
    expect(text).toContain(`about ${percent(volatility(returnsOf(index, '2017', '2018')), 1)} in 2017`);
    expect(text).toContain(
      `about ${percent(volatility(returnsOf(index, '2008-09', '2009-03-31')), 0)} from September 2008`,
    );
    const all = await Promise.all(stocks.map(async (symbol) => returnsOf(await prices(symbol))));
    const average = new Map([...indexReturns.keys()].map((date) => [date, mean(all.map((one) => one.get(date)!))]));
    expect(text).toContain(`about ${percent(volatility(average), 1)}, although the average`);
    expect(text).toContain(`about ${percent(mean(all.map(volatility)), 1)}. The difference is diversification`);
  });

  it('sharpe-ratio: of the index', async () => {
    const ratio = (mean(sorted) * 252) / volatility(indexReturns);
    expect(await page('sharpe-ratio')).toContain(`Sharpe ratio of about ${ratio.toFixed(2)}`);
  });

  it('value-at-risk: historical and parametric', async () => {
    const text = await page('value-at-risk');
    const quantile = (share: number) => {
      const position = (sorted.length - 1) * share;
      const low = Math.floor(position);
      return sorted[low]! + (position - low) * (sorted[low + 1]! - sorted[low]!);
    };
    const shortfall = (share: number) => mean(sorted.slice(0, Math.floor((sorted.length - 1) * share) + 1));
    const normal = (z: number) => mean(sorted) - (z * volatility(indexReturns)) / Math.sqrt(252);
    const row = (name: string, at95: number, at99: number) =>
      `| ${name} | ${percent(-at95, 2)} | ${percent(-at99, 2)} |`;
    const table = text.replace(/ +\|/g, ' |');
    expect(table).toContain(row('historical VaR', quantile(0.05), quantile(0.01)));
    expect(table).toContain(row('parametric VaR', normal(1.644853627), normal(2.326347874)));
    expect(table).toContain(row('historical CVaR', shortfall(0.05), shortfall(0.01)));
  });

  it('drawdown: the three large ones of the index', async () => {
    const table = (await page('drawdown')).replace(/ +\|/g, ' |');
    const fall = (from: string, to: string) => percent(1 - index.get(to)! / index.get(from)!, 1);
    expect(table).toContain(`| 9 October 2002 | ${fall('2000-03-24', '2002-10-09')} | 30 May 2007 |`);
    expect(table).toContain(`| 9 March 2009 | ${fall('2007-10-09', '2009-03-09')} | 28 March 2013 |`);
    expect(table).toContain(`| 23 March 2020 | ${fall('2020-02-19', '2020-03-23')} | 18 August 2020 |`);
    const backAt = (from: string) => [...index].find(([date, price]) => date > from && price >= index.get(from)!)![0];
    expect(backAt('2000-03-24')).toBe('2007-05-30');
    expect(backAt('2007-10-09')).toBe('2013-03-28');
    expect(backAt('2020-02-19')).toBe('2020-08-18');
  });

  it('skewness-and-kurtosis: the ten best days and the worst one', async () => {
    const text = await page('skewness-and-kurtosis');
    const withoutBest = sorted.slice(0, -10).reduce((wealth, value) => wealth * (1 + value), 1) - 1;
    expect(text).toContain(`about ${percent(withoutBest, 0)} instead of about ${percent(growth(indexReturns), 0)}`);
    expect(text).toContain(`lost ${percent(-indexReturns.get('2020-03-16')!, 2)}`);
    expect(sorted[0]).toBe(indexReturns.get('2020-03-16'));
  });

  it('correlation: of pairs, and of all shares in calm and in crisis', async () => {
    const text = await page('correlation');
    const all = new Map(await Promise.all(stocks.map(async (symbol) => [symbol, await prices(symbol)] as const)));
    const pair = (a: string, b: string) => correlation(returnsOf(all.get(a)!), returnsOf(all.get(b)!)).toFixed(2);
    expect(text).toContain(`Chevron and Exxon Mobil: about ${pair('CVX', 'XOM')}`);
    expect(text).toContain(`Coca-Cola and PepsiCo: about ${pair('KO', 'PEP')}`);
    expect(text).toContain(`Apple and Exxon Mobil: about ${pair('AAPL', 'XOM')}`);
    const averageIn = (from: string, to: string) => {
      const returns = [...all.values()].map((series) => returnsOf(series, from, to));
      return mean(returns.flatMap((a, i) => returns.slice(i + 1).map((b) => correlation(a, b)))).toFixed(2);
    };
    const table = text.replace(/ +\|/g, ' |');
    expect(table).toContain(`| 2004 to 2006, calm | ${averageIn('2004', '2007')} |`);
    expect(table).toContain(`| 2017, very calm | ${averageIn('2017', '2018')} |`);
    expect(table).toContain(`financial crisis | ${averageIn('2008-09', '2009-03-31')} |`);
    expect(table).toContain(`pandemic | ${averageIn('2020-02-19', '2020-04-30')} |`);
  });

  it('beta-and-alpha: of three shares and an ETF', async () => {
    const text = await page('beta-and-alpha');
    const beta = async (symbol: string) => {
      const returns = returnsOf(await prices(symbol));
      const benchmark = new Map([...indexReturns].filter(([date]) => returns.has(date)));
      return (covariance(returns, benchmark) / covariance(benchmark, benchmark)).toFixed(2);
    };
    expect(text).toContain(
      `Apple has a beta of about ${await beta('AAPL')}, Johnson & Johnson about ${await beta('JNJ')}`,
    );
    expect(text).toContain(`Coca-Cola about ${await beta('KO')}`);
    expect(text).toContain(`USMV, from 2014 on, has about ${await beta('USMV')}`);
  });

  it('rebalancing: half Apple and half Coca-Cola, held and rebalanced', async () => {
    const text = await page('rebalancing');
    const [apple, cola] = [returnsOf(await prices('AAPL'), '2013'), returnsOf(await prices('KO'), '2013')];
    const held = (growth(apple) + growth(cola)) / 2;
    const daily = new Map([...apple].map(([date, value]) => [date, (value + cola.get(date)!) / 2]));
    expect(text).toContain(
      `grew by about ${percent(growth(apple), 0)}, Coca-Cola's by about ${percent(growth(cola), 0)}`,
    );
    expect(text).toContain(`untouched portfolio is about ${percent(held, 0)}`);
    expect(text).toContain(`Apple makes about ${percent((1 + growth(apple)) / 2 / (1 + held), 0)}`);
    expect(text).toContain(`the gain is about ${percent(growth(daily), 0)}`);
  });
});
