import { AnalysisRequest, type AnalysisResult, type Performance, type Risk } from '@stocktool/contracts';
import fc from 'fast-check';
import { renderHtml, renderJson, type ReportInput } from '.';
import { heatMap } from './charts/heat-map';
import { dateTicks, ticks } from './charts/scale';
import { percentText, ratioText, shareText } from './format';

const performance: Performance = {
  totalReturn: 1.2345,
  cagr: 0.0876,
  arithmeticReturn: 0.09,
  annualVolatility: 0.2,
  sharpe: 0.61,
  sortino: null,
  calmar: 0.4,
  omega: 1.1,
  ulcer: 0.07,
  tailRatio: 0.95,
  probabilisticSharpe: 0.97,
  maxDrawdown: { value: 0.31, peak: '2020-02-19', trough: '2020-03-23', recovery: null },
  skewness: -0.5,
  kurtosis: 9.1,
  bestDay: { date: '2020-03-24', return: 0.09 },
  worstDay: { date: '2020-03-16', return: -0.12 },
};
const monteCarlo = { unavailable: { code: 'not-built', reason: 'No simulation yet.' } };
const both = (low: number, high: number) => ({ '0.95': low, '0.99': high });
const risk: Risk = {
  var: { historical: both(0.02, 0.03), parametric: both(0.021, 0.031), cornishFisher: both(0.022, 0.05), monteCarlo },
  cvar: { historical: both(0.028, 0.045), parametric: both(0.026, 0.036), monteCarlo },
  beta: 1.05,
  alpha: 0.013,
  rSquared: 0.88,
  trackingError: 0.05,
  informationRatio: 0.7,
  upCapture: 1.02,
  downCapture: 0.98,
};

const resultOf = (symbols: string[], over: Partial<AnalysisResult> = {}): AnalysisResult => ({
  window: { from: '2014-01-02', to: '2020-12-31', observations: 1762, periodsPerYear: 252 },
  conventions: { cagr: '(1+totalReturn)^(P/n) - 1', var: 'loss over one period' },
  sources: symbols.map((symbol) => ({ symbol, source: 'bundled', asOf: '2022-12-28' })),
  portfolio: {
    performance,
    risk,
    wealth: { dates: ['2014-01-02', '2017-06-30', '2020-12-31'], portfolio: [1, 1.5, 2.2], benchmark: [1, 1.3, 1.9] },
  },
  assets: symbols.map((symbol) => ({
    symbol,
    weight: 1 / symbols.length,
    performance,
    risk,
    riskContribution: 1 / symbols.length,
  })),
  correlation: { symbols, matrix: symbols.map((_, i) => symbols.map((_, j) => (i === j ? 1 : -0.25))) },
  warnings: [],
  ...over,
});

const inputOf = (result: AnalysisResult): ReportInput => ({
  id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
  createdAt: '2026-01-05T14:30:00.000Z',
  finishedAt: '2026-01-05T14:30:01.000Z',
  request: AnalysisRequest.parse({ holdings: [{ symbol: 'AAPL', weight: 1 }], riskFreeRate: 0.02 }),
  result,
});

/** Tags must nest and close, as in XML; void elements apart. */
function openTags(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, rest] of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!rest!.endsWith('/') && !['meta', 'br', 'line'].includes(name!)) open.push(name!);
  }
  return open;
}

describe('renderHtml', () => {
  const html = renderHtml(inputOf(resultOf(['AAPL', 'MSFT'])));

  it('shows the figures, the conventions, the sources and that it is no advice', () => {
    for (const text of ['123.4%', '8.76%', '31.00%', 'CAGR', '(1+totalReturn)^(P/n) - 1', 'bundled', '28 Dec 2022'])
      expect(html).toContain(text);
    expect(html).toContain('not investment advice');
    expect(html).toContain('Value at risk (VaR)');
    expect(html).toContain('not recovered');
  });

  it('forbids the browser scripts and loading, before anything else in the page', () => {
    const [policy] = html.match(/<meta http-equiv="Content-Security-Policy" content="[^"]*">/)!;
    expect(policy.replaceAll('&#39;', "'")).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(html.indexOf(policy)).toBeLessThan(html.search(/<style|<title|<body/));
  });

  it('is one file: no script, nothing loaded, every tag closed', () => {
    expect(html).not.toMatch(/<script|<link|<img|src=|href=|@import|url\(/i);
    expect(openTags(html)).toEqual([]);
  });

  it('gives every chart a title and a description of its own', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, labelled] of html.matchAll(/aria-labelledby="([^"]+)"/g))
      for (const id of labelled!.split(' ')) expect(ids).toContain(id);
    expect(html.match(/<svg/g)).toHaveLength(html.match(/role="img"/g)!.length);
  });

  it('gives an undefined figure as n/a and warnings with their place', () => {
    const warnings = [
      { code: 'undefined-figure', path: 'portfolio.performance.sortino', message: 'sortino is undefined' },
    ];
    const page = renderHtml(inputOf(resultOf(['AAPL'], { warnings })));
    expect(page).toMatch(/Sortino ratio<\/th><td><abbr[^>]*>n\/a/);
    expect(page).toContain('portfolio.performance.sortino');
  });

  it('names the parts that are not there, with the reason', () => {
    const page = renderHtml(inputOf(resultOf(['AAPL'], { monteCarlo })));
    expect(page).toMatch(/Monte Carlo simulation<\/th><td class="text">No simulation yet\./);
  });

  it('works with nothing but what every result has', () => {
    const { correlation: _, ...rest } = resultOf(['AAPL']);
    const asset = { symbol: 'AAPL', weight: 1, riskContribution: null };
    const page = renderHtml(inputOf({ ...rest, portfolio: {}, assets: [asset] }));
    expect(openTags(page)).toEqual([]);
    expect(page).not.toMatch(/NaN|undefined<|Infinity/);
  });

  it('stays small with 200 holdings', () => {
    const symbols = Array.from({ length: 200 }, (_, i) => `S${i}`);
    const page = renderHtml(inputOf(resultOf(symbols)));
    expect(page.length).toBeLessThan(500_000);
    expect(page).toContain('25 largest of 200');
    expect(page).toContain('S199');
  });

  it('escapes every text from outside, wherever it stands', () => {
    const attack = `"'><img src=x onerror=alert(1)><script>alert(2)</script>&`;
    const mark = (text: string) => `${text}${attack}`;
    const hostile = resultOf([mark('AAPL'), mark('MSFT')], {
      conventions: { [mark('name')]: mark('text') },
      sources: [{ symbol: mark('AAPL'), source: mark('source'), asOf: '2022-12-28' }],
      warnings: [{ code: mark('code'), path: mark('path'), message: mark('message') }],
      stress: { unavailable: { code: mark('code'), reason: mark('reason') } },
    });
    const input = inputOf(hostile);
    const page = renderHtml({ ...input, id: mark('id'), request: { ...input.request, benchmark: mark('benchmark') } });
    expect(page).not.toMatch(/<img|<script/);
    expect(page).not.toContain(attack);
    expect(openTags(page)).toEqual([]);
    expect(page).toContain('&lt;script&gt;');
  });
});

describe('renderJson', () => {
  it('has the whole analysis and the disclaimer', () => {
    const input = inputOf(resultOf(['AAPL']));
    const parsed = JSON.parse(renderJson(input));
    expect(parsed).toMatchObject(input);
    expect(parsed.disclaimer).toContain('not investment advice');
  });
});

describe('numbers', () => {
  it.each([
    [0.12345, '12.35%'],
    [-0.0312, '\u22123.12%'],
    [-0.000001, '0.00%'],
    [3.339, '333.9%'],
    [123.4, '12,340%'],
  ])('percentText(%d) is %s', (value, text) => expect(percentText(value)).toBe(text));

  it.each([
    [1, '100%'],
    [0.25, '25%'],
    [0.125, '12.5%'],
    [0, '0%'],
    [0.1, '10%'],
  ])('shareText(%d) is %s', (value, text) => expect(shareText(value)).toBe(text));

  it('ratioText has two decimals and a true minus sign', () => expect(ratioText(-1.005)).toBe('\u22121.01'));
});

describe('axes', () => {
  it('ticks are round, ascending, within the bounds and few', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 1e-3, max: 100, noNaN: true }),
        (low, extent) => {
          const values = ticks(low, low + extent, 5);
          expect(values.length).toBeGreaterThanOrEqual(2);
          expect(values.length).toBeLessThanOrEqual(6);
          values.forEach((value, i) => {
            expect(value).toBeGreaterThanOrEqual(low - extent * 1e-6);
            expect(value).toBeLessThanOrEqual(low + extent * (1 + 1e-6));
            if (i > 0) expect(value).toBeGreaterThan(values[i - 1]!);
          });
        },
      ),
    ));

  it('a flat line has one tick', () => expect(ticks(1, 1, 5)).toEqual([1]));

  it('dates are labelled by year over years, by month over months, by day over days', () => {
    const yearly = Array.from(
      { length: 60 },
      (_, i) => `${2010 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-01`,
    );
    expect(dateTicks(yearly, 11).map(({ precision }) => precision)).toEqual(Array(4).fill('year'));
    expect(dateTicks(yearly.slice(0, 8), 11)[0]!.precision).toBe('month');
    expect(dateTicks(['2020-01-01', '2020-01-02'], 11)).toMatchObject([{ precision: 'day' }, { position: 1 }]);
  });

  it('a heat map names the closest and the furthest pair for those who do not see it', () => {
    const { text } = heatMap(
      ['A', 'B', 'C'],
      [
        [1, 0.9, null],
        [0.9, 1, -0.2],
        [null, -0.2, 1],
      ],
    );
    expect(text).toContain('Closest are A and B at 0.90, furthest apart B and C at \u22120.20.');
    expect(text).toContain('A and C: n/a');
  });
});
