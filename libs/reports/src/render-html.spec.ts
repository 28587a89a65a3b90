import { renderHtml } from '.';
import { fullResult, inputOf, resultOf } from './report.fixture';

const monteCarlo = { unavailable: { code: 'not-built', reason: 'No simulation yet.' } };

/** Tags must nest and close, as in XML; void elements apart. */
function openTags(html: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, rest] of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!rest!.endsWith('/') && !['meta', 'br'].includes(name!)) open.push(name!);
  }
  return open;
}

/** They tell of the report: what it lacks, where its prices are from, how its figures are computed. */
const withoutFigures = new Set(['missing', 'warnings', 'data', 'definitions']);

describe('renderHtml', () => {
  const html = renderHtml(inputOf(resultOf(['AAPL', 'MSFT'])));
  const full = renderHtml(inputOf(fullResult(['AAPL', 'MSFT', 'JNJ'])));

  it('shows the figures, the conventions, the sources and that it is no advice', () => {
    for (const text of ['123.4%', '8.76%', '31.00%', 'CAGR', '(1+totalReturn)^(P/n) - 1', 'bundled', '28 Dec 2022'])
      expect(html).toContain(text);
    expect(html).toContain('not investment advice');
    expect(html).toContain('Value at risk (VaR)');
    expect(html).toContain('not recovered');
  });

  it('shows every part that there is', () => {
    const headings = [...full.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, text]) => text);
    expect(headings).toEqual([
      'At a glance',
      'Growth of 1',
      'Drawdowns',
      'Your account',
      'Monthly returns',
      'Through time',
      'Figures in detail',
      'Losses in the tail',
      'Holdings',
      'Correlation',
      'Where the return came from',
      'Stress tests',
      'Simulated futures',
      'Optimal portfolios',
      'Warnings',
      'Data',
      'How the figures are computed',
    ]);
    const charts = [
      'growth',
      'drawdown',
      'rolling-volatility',
      'rolling-sharpe',
      'rolling-beta',
      'risk-shares',
      'correlation',
      'contribution',
      'stress',
      'fan',
      'frontier',
      'weights',
    ];
    for (const chart of charts) expect(full).toContain(`id="${chart}-wide-title"`);
    for (const text of [
      'This portfolio',
      'Kupiec',
      '10.84%',
      'Énergie &amp; Łódź',
      '9 Oct 2007 to 9 Mar 2009, without META',
      '27.65%',
    ])
      expect(full).toContain(text === '10.84%' ? '1.08' : text);
  });

  it('says of every figure in a table or at a glance how it is computed, on hover and behind a link that leads there', () => {
    const ids = new Set([...full.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...full.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(60);
    for (const id of links) expect(ids).toContain(id);
    for (const [tile] of full.matchAll(/<div[^>]*><dt>.*?<\/dd>/g))
      if (tile.includes('class="sub"')) expect(tile).toMatch(/^<div title="[^"]{10,}"/);
    const undefinedFigures: string[] = [];
    for (const [section, id] of full.matchAll(/<section id="([^"]+)".*?<\/section>/gs)) {
      if (withoutFigures.has(id!)) continue;
      for (const [whole, opened] of section.matchAll(/<table([^>]*)>.*?<\/table>/gs))
        for (const [row] of opened!.includes('title=') ? [] : whole.matchAll(/<tr title="[^"]{10,}|<tr>.*?<\/tr>/gs))
          for (const [cell] of row.matchAll(/<td(?! class="words")[^>]*>[^<]*\d[^<]*/g))
            if (!/title="[^"]{10,}/.test(cell)) undefinedFigures.push(`${id}: ${cell}`);
    }
    expect(undefinedFigures).toEqual([]);
    const charts = [...full.matchAll(/<figure.*?<\/figure>/gs)].map(([figure]) => figure);
    expect(charts.length).toBeGreaterThan(9);
    for (const figure of charts) {
      expect(figure).toMatch(/^<figure title="[^"]{10,}/);
      expect(figure).toMatch(/<figcaption>Definition: <a class="term" href="#term-/);
    }
  });

  it('forbids the browser scripts and loading, before anything else in the page', () => {
    const [policy] = html.match(/<meta http-equiv="Content-Security-Policy" content="[^"]*">/)!;
    expect(policy.replaceAll('&#39;', "'")).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(html.indexOf(policy)).toBeLessThan(html.search(/<style|<title|<body/));
  });

  it('is one file: no script, nothing loaded, every tag closed', () => {
    for (const page of [html, full]) {
      expect(page).not.toMatch(/<script|<link|<img|src=|href="[^#]|@import|url\(|\son\w+=/i);
      expect(openTags(page)).toEqual([]);
      expect(page).not.toMatch(/NaN|undefined<|Infinity|\[object/);
    }
  });

  it('gives every chart a title and a description of its own', () => {
    const ids = [...full.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, labelled] of full.matchAll(/aria-labelledby="([^"]+)"/g))
      for (const id of labelled!.split(' ')) expect(ids).toContain(id);
    expect(full.match(/<svg/g)).toHaveLength(full.match(/role="img"/g)!.length);
    expect(full).not.toMatch(/<desc[^>]*><\/desc>/);
  });

  it('gives an undefined figure as a dash with the reason, and warnings with their place', () => {
    const warnings = [
      { code: 'undefined-figure', path: 'portfolio.performance.sortino', message: 'sortino is undefined' },
    ];
    const page = renderHtml(inputOf(resultOf(['AAPL'], { warnings })));
    expect(page).toMatch(/Sortino ratio(?:<\/a>)?<\/th><td[^>]*><abbr title="sortino is undefined">\u2013</);
    expect(page).toContain('No figure: sortino is undefined.');
    expect(page).toContain('<code>portfolio.performance.sortino</code>');
  });

  it('names the parts that are not there, with the reason', () => {
    const page = renderHtml(inputOf(resultOf(['AAPL'], { monteCarlo })));
    expect(page).toMatch(/Monte Carlo simulation<\/th><td class="words">No simulation yet\./);
    expect(full).toContain('Minimum CVaR: not available. No weights within these bounds.');
    expect(full).toContain('More than one rate solves these flows.');
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
    expect(renderHtml(inputOf(fullResult(symbols))).length).toBeLessThan(1_000_000);
  });

  it('escapes every text from outside, wherever it stands', () => {
    const attack = `"'><img src=x onerror=alert(1)><script>alert(2)</script>&`;
    const mark = (text: string) => `${text}${attack}`;
    const hostile = {
      ...fullResult(['AAPL', 'MSFT']),
      ...resultOf([mark('AAPL'), mark('MSFT')], {
        conventions: { [mark('name')]: mark('text') },
        sources: [{ symbol: mark('AAPL'), source: mark('source'), asOf: '2022-12-28' }],
        warnings: [{ code: mark('code'), path: mark('path'), message: mark('message') }],
        stress: [
          {
            scenario: mark('scenario'),
            shock: { factor: mark('factor'), move: -0.1 },
            portfolioReturn: -0.1,
            coverage: 1,
            uncovered: [mark('X')],
          },
        ],
        attribution: {
          contribution: { [mark('AAPL')]: 0.1 },
          factors: { unavailable: { code: mark('code'), reason: mark('reason') } },
        },
      }),
    };
    const input = inputOf(hostile);
    const page = renderHtml({ ...input, id: mark('id'), request: { ...input.request, benchmark: mark('benchmark') } });
    expect(page).not.toMatch(/<img|<script/);
    expect(page).not.toContain(attack);
    expect(openTags(page)).toEqual([]);
    expect(page).toContain('&lt;script&gt;');
  });
});
