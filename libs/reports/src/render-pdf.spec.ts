import { renderHtml, renderPdf } from '.';
import { textsOf } from './pdf/pdf-text.fixture';
import { printable } from './pdf/text';
import { fullResult, inputOf, resultOf } from './report.fixture';

const raw = (pdf: Uint8Array): string => Buffer.from(pdf).toString('latin1');
const pagesOf = (pdf: Uint8Array): number => raw(pdf).match(/\/Type \/Page\b(?!s)/g)!.length;

describe('renderPdf', () => {
  const input = inputOf(fullResult(['AAPL', 'MSFT', 'JNJ']));
  let pdf: Uint8Array;
  let texts: string[];
  beforeAll(async () => {
    pdf = await renderPdf(input);
    texts = textsOf(pdf);
  });

  it('is a PDF of several numbered A4 pages', () => {
    const file = raw(pdf);
    expect(file.startsWith('%PDF-1.7')).toBe(true);
    expect(file.trimEnd().endsWith('%%EOF')).toBe(true);
    const pages = pagesOf(pdf);
    expect(pages).toBeGreaterThan(5);
    expect(file.match(/\/MediaBox \[0 0 595\.28 841\.89\]/g)).toHaveLength(pages);
    for (let page = 1; page <= pages; page++) expect(texts).toContain(`Page ${page} of ${pages}`);
  });

  it('shows as text that can be selected what the page shows: headings, figures, definitions', () => {
    const html = renderHtml(input);
    const plain = (text: string) =>
      printable(text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>'));
    const shown = texts.join(' ').replace(/\s+/g, ' ');
    const figures = [...html.matchAll(/<td[^>]*>(?:<abbr[^>]*>)?([^<]+)/g)].map(([, text]) => plain(text!));
    expect(figures.length).toBeGreaterThan(250);
    for (const figure of figures) expect(shown).toContain(figure);
    const headings = [...html.matchAll(/<h2[^>]*>([^<]+)/g)].map(([, text]) => plain(text!));
    for (const heading of headings) expect(texts).toContain(heading);
    const labels = [...html.matchAll(/<text[^>]*>([^<]+)/g)].map(([, text]) => plain(text!));
    expect(labels.filter((label) => !shown.includes(label)).length).toBeLessThan(labels.length * 0.02); // ticks of narrow drawings
  });

  it('has bookmarks, a title, a language, a structure and descriptions of its charts', () => {
    const missing = [
      ...['/Outlines', '/StructTreeRoot', '/Marked true', '/Lang (en)', '/S /Table', '/S /TD', '/S /H2', '/S /Figure'],
      'Portfolio analysis: AAPL 33.33%',
      'Growth of 1 in the portfolio and in',
    ].filter((part) => !raw(pdf).includes(part));
    expect(missing).toEqual([]);
  });

  it('has the date of the analysis and the same bytes each time', async () => {
    expect(raw(pdf).includes('<xmp:CreateDate>2026-01-05T14:30:01Z')).toBe(true);
    expect(Buffer.compare(pdf, await renderPdf(input))).toBe(0);
  });

  it('stays small with 200 holdings and every part', async () => {
    expect(pdf.length).toBeLessThan(300_000);
    const symbols = Array.from({ length: 200 }, (_, i) => `S${i}`);
    const large = await renderPdf(inputOf(fullResult(symbols)));
    expect(large.length).toBeLessThan(1_000_000);
    expect(textsOf(large)).toContain('S199');
  });

  it('works with nothing but what every result has', async () => {
    const { correlation: _, ...rest } = resultOf(['AAPL']);
    const asset = { symbol: 'AAPL', weight: 1, riskContribution: null };
    const bare = await renderPdf(inputOf({ ...rest, portfolio: {}, assets: [asset] }));
    expect(textsOf(bare).join(' ')).not.toMatch(/NaN|undefined(?! for these data)|Infinity/);
  });

  it('writes hostile names as they are: nothing in them becomes an action', async () => {
    const attack = `)/OpenAction<</S/JavaScript/JS(app.alert(1))>>endstream endobj\u202e\u0000`;
    const hostile = resultOf(['AAPL'], {
      conventions: { cagr: attack },
      warnings: [{ code: attack, path: attack, message: attack }],
      stress: [{ scenario: attack, portfolioReturn: -0.1, coverage: 1, uncovered: [] }],
    });
    const made = await renderPdf(inputOf(hostile));
    expect(textsOf(made).join('')).toContain('/OpenAction<</S/JavaScript');
    expect(raw(made).replace(/\((?:\\.|[^\\)])*\)/gs, '')).not.toMatch(/JavaScript|OpenAction|\/URI|\/Launch/);
  });
});

describe('printable', () => {
  it.each([
    ['\u22123.12%', '\u20133.12%'],
    ['Énergie, 5 €', 'Énergie, 5 €'],
    ['Łódź, Škoda', 'Lódz, Škoda'],
    ['日本 株', '?? ?'],
    ['a\u202eb\u0007c\u00a0d\te', 'abc\u00a0d e'],
  ])('%j is written %j', (text, written) => expect(printable(text)).toBe(written));
});
