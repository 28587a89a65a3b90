import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { builtInPassages, readBuiltInPage } from '../reading/built-in-page';
import { BuiltInPages } from './built-in';
import { searchSegments } from './search-segments';
import { encodeSegment, Segment } from './segment';

const dataDir = path.resolve(import.meta.dirname, '../../../../data');
const directory = path.join(dataDir, 'knowledge');
const files = (await readdir(directory)).filter((name) => name.endsWith('.md'));
const sources = new Map(
  await Promise.all(
    files.map(async (name) => [name.replace('.md', ''), await readFile(path.join(directory, name), 'utf8')] as const),
  ),
);
const builtIn = await (await BuiltInPages.open(dataDir)).segments();
const search = (query: string, k: number) => searchSegments(builtIn, query, k);

describe('the built-in pages', () => {
  it('carry their file name as id and a title each', () => {
    const documents = [...sources].map(([name, text]) => ({ name, ...readBuiltInPage(text, name) }));
    expect(documents.map(({ id }) => id)).toEqual(documents.map(({ name }) => name));
    expect(new Set(documents.map(({ title }) => title)).size).toBe(documents.length);
  });

  it('are cut into passages that stand in the file word for word, without loss', () => {
    for (const [name, text] of sources) {
      const document = readBuiltInPage(text, name);
      const chunks = builtInPassages(document);
      for (const chunk of chunks) expect(text).toContain(chunk.text);
      const words = (part: string) => part.split(/\s+/).filter((word) => word !== '').length;
      const headings = document.body
        .split('\n')
        .filter((line) => line.startsWith('#'))
        .join('\n');
      expect(chunks.reduce((sum, chunk) => sum + words(chunk.text), 0)).toBe(words(document.body) - words(headings));
    }
  });
});

describe('a search', () => {
  it.each([
    ['What is the Sharpe ratio?', 'sharpe-ratio'],
    ['how is the sortino ratio computed', 'sortino-calmar-omega'],
    ['calmar ratio', 'sortino-calmar-omega'],
    ['What does value at risk mean?', 'value-at-risk'],
    ['Explain CVaR and expected shortfall', 'value-at-risk'],
    ['Is VaR the most I can lose?', 'limits-of-value-at-risk'],
    ['Kupiec test', 'limits-of-value-at-risk'],
    ['what is a maximum drawdown', 'drawdown'],
    ['How long did recoveries from crashes take?', 'drawdown'],
    ['beta of a stock', 'beta-and-alpha'],
    ["Jensen's alpha", 'beta-and-alpha'],
    ['tracking error', 'tracking-error-and-information-ratio'],
    ['information ratio annualised', 'tracking-error-and-information-ratio'],
    ['why do correlations rise in a crisis?', 'correlation'],
    ['fat tails and kurtosis', 'skewness-and-kurtosis'],
    ['How many stocks do I need to be diversified?', 'diversification'],
    ['concentration risk', 'diversification'],
    ['how often should a portfolio be rebalanced', 'rebalancing'],
    ['risk parity weights', 'weighting-schemes'],
    ['hierarchical risk parity', 'weighting-schemes'],
    ['efficient frontier', 'portfolio-optimisation'],
    ['Black-Litterman', 'portfolio-optimisation'],
    ['monte carlo simulation seed', 'monte-carlo-and-stress-tests'],
    ['stress test scenario coverage', 'monte-carlo-and-stress-tests'],
    ['contribution of each holding to the total', 'attribution'],
    ['Brinson allocation and selection effect', 'attribution'],
    ['factor regression t-statistic', 'attribution'],
    ['what is a bond duration', 'asset-classes'],
    ['gold and commodities', 'asset-classes'],
    ['liquidity risk', 'types-of-risk'],
    ['credit risk default', 'types-of-risk'],
    ['what happens to my savings with inflation', 'currency-and-inflation-risk'],
    ['should foreign currency be hedged', 'currency-and-inflation-risk'],
    ['survivorship bias', 'model-risk'],
    ['overfitting a backtest', 'model-risk'],
    ['How do I read the report?', 'reading-a-report'],
    ['money-weighted return XIRR', 'returns-of-an-account'],
    ['difference between arithmetic and geometric mean return', 'returns'],
    ['adjusted close versus close', 'price-data'],
    ['upload my own price series csv', 'price-data'],
    ['Do you give investment advice?', 'costs-taxes-and-advice'],
    ['taxes on dividends', 'costs-taxes-and-advice'],
    ['why does volatility cluster', 'volatility'],
  ])('answers %j from %s among the first three', (question, documentId) => {
    expect(search(question, 3).map((hit) => hit.documentId)).toContain(documentId);
  });

  it.each([
    ['What is value at risk?', 'Value at risk and CVaR'],
    ['What is volatility?', 'Volatility'],
    ['what is a drawdown', 'Drawdowns'],
    ['the sharpe ratio', 'The Sharpe ratio'],
    ['Explain beta', 'Beta, alpha and R-squared › Beta'],
    ['What is diversification?', 'Diversification and concentration risk'],
  ])('of a name gives the passage that bears it first: %j', (query, title) => {
    expect(search(query, 3)[0]!.title).toBe(title);
  });

  it('knows nothing of what is not there', () => {
    expect(search('xylophone zebra', 5)).toEqual([]);
    expect(search('what is the and of', 5)).toEqual([]);
    expect(search('   ', 5)).toEqual([]);
  });

  it('orders by score, and gives half of the places to one document at most, while others say something too', () => {
    const hits = search('value at risk confidence quantile', 10);
    expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
    const ids = hits.map(({ documentId }) => documentId);
    expect(ids).toHaveLength(10);
    expect(ids.every((id) => ids.filter((other) => other === id).length <= 5)).toBe(true);
  });

  it('gives all places to the only document that has an answer', () => {
    const passages = Array.from({ length: 6 }, (_, i) => ({ headings: [], text: `Marmalade ${i}.`, page: i + 1 }));
    const own = new Segment(encodeSegment({ documentId: 'a', title: 'Annual report', passages }));
    expect(searchSegments([...builtIn, own], 'marmalade', 6)).toHaveLength(6);
  });

  it('quotes a passage that is in the document, at most 300 characters, for any words of it', () => {
    const words = [...new Set([...sources.values()].join(' ').match(/[A-Za-z]{4,}/g))];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 }), (query) => {
        for (const { documentId, snippet } of search(query.join(' '), 20)) {
          expect(sources.get(documentId)).toContain(snippet);
          expect(snippet.length).toBeLessThanOrEqual(300);
          expect(snippet.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('quotes the sentence that answers', () => {
    const [hit] = search('how is the Sharpe ratio computed: mean excess returns standard deviation', 1);
    expect(hit!.snippet).toContain('mean of the excess returns');
    expect(hit!.title).toMatch(/^The Sharpe ratio › /);
  });

  it('keeps the page of a document that has pages', () => {
    const passages = [{ headings: [], text: 'Marmalade sales grew.', page: 7 }];
    const own = new Segment(encodeSegment({ documentId: 'a', title: 'Annual report', passages }));
    expect(searchSegments([own], 'marmalade', 5)).toMatchObject([
      { documentId: 'a', title: 'Annual report', page: 7, snippet: 'Marmalade sales grew.' },
    ]);
  });

  it('refuses a page without front matter', () => {
    expect(() => readBuiltInPage('# Title', 'page.md')).toThrow('page.md does not begin with id and title');
  });
});
